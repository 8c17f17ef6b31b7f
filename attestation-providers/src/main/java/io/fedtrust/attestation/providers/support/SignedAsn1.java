// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** The algorithm identifiers of certificates and revocation lists. */
public final class SignedAsn1 {
  private static final int SALT_BYTES = 48;
  private static final int TRAILER = 1;

  private SignedAsn1() {}

  /**
   * Tells whether a signed structure names RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of
   * 48 bytes, inside and outside of what is signed, in the same bytes. The trailer field may be
   * written out although it is the default: AMD's older certificates do so.
   *
   * @param der a certificate or revocation list in DER
   * @param inner index of the algorithm within what is signed
   */
  public static boolean isPssSha384(byte[] der, int inner) {
    try {
      ASN1Sequence signed = ASN1Sequence.getInstance(der);
      if (signed.size() != 3) {
        return false;
      }
      ASN1Sequence content = ASN1Sequence.getInstance(signed.getObjectAt(0));
      if (content.size() <= inner) {
        return false;
      }
      AlgorithmIdentifier outside = AlgorithmIdentifier.getInstance(signed.getObjectAt(1));
      AlgorithmIdentifier inside = AlgorithmIdentifier.getInstance(content.getObjectAt(inner));
      return Arrays.equals(outside.getEncoded(), inside.getEncoded()) && isPssSha384(outside);
    } catch (java.io.IOException | IllegalArgumentException | IllegalStateException e) {
      return false;
    }
  }

  private static boolean isPssSha384(AlgorithmIdentifier algorithm) {
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
}
