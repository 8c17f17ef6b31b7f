// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** The ways in which vendors sign certificates, lists and evidence; there are no others here. */
public enum SignatureScheme {
  /** RSASSA-PSS as AMD signs: SHA-384 throughout and a salt of 48 bytes (RFC 4055). */
  PSS_SHA384("RSASSA-PSS") {
    @Override
    public boolean isNamed(AlgorithmIdentifier algorithm) {
      ASN1Encodable parameters = algorithm.getParameters();
      if (!PKCSObjectIdentifiers.id_RSASSA_PSS.equals(algorithm.getAlgorithm())
          || parameters == null) {
        return false;
      }
      RSASSAPSSparams pss = RSASSAPSSparams.getInstance(parameters);
      AlgorithmIdentifier mask = pss.getMaskGenAlgorithm();
      return NISTObjectIdentifiers.id_sha384.equals(pss.getHashAlgorithm().getAlgorithm())
          && PKCSObjectIdentifiers.id_mgf1.equals(mask.getAlgorithm())
          && NISTObjectIdentifiers.id_sha384.equals(
              AlgorithmIdentifier.getInstance(mask.getParameters()).getAlgorithm())
          && pss.getSaltLength().intValueExact() == SALT_BYTES
          && pss.getTrailerField().intValueExact() == TRAILER;
    }
  },
  /** RSASSA-PKCS1-v1_5 with SHA-256, as TPMs sign (RFC 4055 section 5). */
  RSA_SHA256("SHA256withRSA") {
    @Override
    public boolean isNamed(AlgorithmIdentifier algorithm) {
      return isWithNull(algorithm, PKCSObjectIdentifiers.sha256WithRSAEncryption);
    }
  },
  /** RSASSA-PKCS1-v1_5 with SHA-384, as Microsoft signs certificates (RFC 4055 section 5). */
  RSA_SHA384("SHA384withRSA") {
    @Override
    public boolean isNamed(AlgorithmIdentifier algorithm) {
      return isWithNull(algorithm, PKCSObjectIdentifiers.sha384WithRSAEncryption);
    }
  },
  /** ECDSA with SHA-256, as Intel signs (RFC 5758 section 3.2). */
  ECDSA_SHA256("SHA256withECDSA") {
    @Override
    public boolean isNamed(AlgorithmIdentifier algorithm) {
      return isBare(algorithm, X9ObjectIdentifiers.ecdsa_with_SHA256);
    }
  },
  /** ECDSA with SHA-384 (RFC 5758 section 3.2). */
  ECDSA_SHA384("SHA384withECDSA") {
    @Override
    public boolean isNamed(AlgorithmIdentifier algorithm) {
      return isBare(algorithm, X9ObjectIdentifiers.ecdsa_with_SHA384);
    }
  };

  private static final int SALT_BYTES = 48;
  private static final int TRAILER = 1;

  private final String jcaName;

  SignatureScheme(String jcaName) {
    this.jcaName = jcaName;
  }

  /** Returns the name of the {@link java.security.Signature}. */
  String jcaName() {
    return jcaName;
  }

  /** Tells whether a certificate's algorithm is exactly this one. */
  public abstract boolean isNamed(AlgorithmIdentifier algorithm);

  private static boolean isWithNull(AlgorithmIdentifier algorithm, ASN1ObjectIdentifier id) {
    return id.equals(algorithm.getAlgorithm())
        && DERNull.INSTANCE.equals(algorithm.getParameters());
  }

  private static boolean isBare(AlgorithmIdentifier algorithm, ASN1ObjectIdentifier id) {
    return id.equals(algorithm.getAlgorithm()) && algorithm.getParameters() == null;
  }
}
