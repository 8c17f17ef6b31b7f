// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * A PKCS#10 certification request (RFC 2986) that proved possession of its key.
 *
 * @param subject who asks
 * @param subjectPublicKeyInfo the DER form of the key, exactly as received
 * @param publicKey the key
 */
public record SigningRequest(X500Name subject, byte[] subjectPublicKeyInfo, PublicKey publicKey) {
  /** SHA-256 with RSA: how everything made here is signed. */
  static final AlgorithmIdentifier SHA256_RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

  private static final Map<ASN1ObjectIdentifier, String> SIGNATURES =
      Map.of(
          PKCSObjectIdentifiers.sha256WithRSAEncryption, "SHA256withRSA",
          PKCSObjectIdentifiers.sha384WithRSAEncryption, "SHA384withRSA",
          PKCSObjectIdentifiers.sha512WithRSAEncryption, "SHA512withRSA");

  /** Makes a request in PEM: CN, O, unstructuredName; no attributes; SHA-256 with RSA. */
  public static byte[] create(
      String commonName, String organization, String certType, KeyPair keys, Jca jca)
      throws GeneralSecurityException, IOException {
    CertificationRequestInfo info =
        new CertificationRequestInfo(
            Subject.of(commonName, Optional.of(organization), Optional.of(certType)),
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
            new DERSet());
    byte[] value = jca.signPkcs1(keys.getPrivate(), info.getEncoded(ASN1Encoding.DER));
    CertificationRequest request =
        new CertificationRequest(info, SHA256_RSA, new DERBitString(value));
    return Pem.encode(Pem.CERTIFICATE_REQUEST, request.getEncoded(ASN1Encoding.DER));
  }

  /**
   * Reads a request and checks its key and self-signature.
   *
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_CSR}
   */
  public static SigningRequest read(byte[] pem, Jca jca) {
    CertificationRequest request = parse(pem);
    CertificationRequestInfo info = request.getCertificationRequestInfo();
    SubjectPublicKeyInfo keyInfo = info.getSubjectPublicKeyInfo();
    if (!keyInfo.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
      throw refuse(ErrorCode.INVALID_CSR, "CSR key")
          .expected("RSA")
          .actual(keyInfo.getAlgorithm().getAlgorithm().getId())
          .hint("NVFlare signs its login with RSA-PSS; other keys crash there.")
          .build();
    }
    try {
      requireSound(keyInfo, jca);
      byte[] spki = keyInfo.getEncoded(ASN1Encoding.DER);
      PublicKey key = jca.publicKey(spki);
      String algorithm = SIGNATURES.get(request.getSignatureAlgorithm().getAlgorithm());
      if (algorithm == null
          || !jca.verify(algorithm, key, info.getEncoded(), request.getSignature().getBytes())) {
        throw refuse(ErrorCode.INVALID_CSR, "CSR signature")
            .problem(
                "is no signature with SHA-256, SHA-384 or SHA-512 and RSA by the key in the request")
            .build();
      }
      if (Subject.hasRepeats(info.getSubject())) {
        throw refuse(ErrorCode.CERT_SIGNING_FAILED, "CSR subject")
            .expected("each attribute at most once")
            .actual(info.getSubject())
            .build();
      }
      return new SigningRequest(info.getSubject(), spki, key);
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw invalid(e);
    }
  }

  private static void requireSound(SubjectPublicKeyInfo key, Jca jca) throws IOException {
    try {
      jca.keyCheck().requireRequested(RSAPublicKey.getInstance(key.parsePublicKey()));
    } catch (InvalidKeyException e) {
      throw refuse(ErrorCode.INVALID_CSR, "CSR key")
          .problem(
              "is not an RSA key of 2048 to 4096 bits with an exponent of 65537 or more and no known weakness: "
                  + e.getMessage())
          .hint("Ask the site for a new request with a new key pair.")
          .cause(e)
          .build();
    }
  }

  /**
   * Reads a key from its DER SubjectPublicKeyInfo, by the rules for keys that ask for a
   * certificate.
   *
   * @throws IOException if it is none, or refused; its message says which
   */
  public static PublicKey publicKey(byte[] subjectPublicKeyInfo, Jca jca) throws IOException {
    try {
      SubjectPublicKeyInfo keyInfo = SubjectPublicKeyInfo.getInstance(subjectPublicKeyInfo);
      if (!keyInfo.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
        throw new IOException("not an RSA key");
      }
      jca.keyCheck().requireRequested(RSAPublicKey.getInstance(keyInfo.parsePublicKey()));
      return jca.publicKey(keyInfo.getEncoded(ASN1Encoding.DER));
    } catch (InvalidKeyException e) {
      throw new IOException(e.getMessage(), e);
    } catch (GeneralSecurityException | RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw new IOException("not an RSA key", e);
    }
  }

  /** Returns the hash that request.json and signed.json carry. */
  public String publicKeySha256() {
    return Jca.sha256(subjectPublicKeyInfo);
  }

  private static CertificationRequest parse(byte[] pem) {
    try {
      PemObject block =
          Pem.first(pem, Pem.CERTIFICATE_REQUEST, "NEW CERTIFICATE REQUEST")
              .orElseThrow(() -> new IOException("no CERTIFICATE REQUEST in PEM form"));
      return CertificationRequest.getInstance(block.getContent());
    } catch (IOException | RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw invalid(e);
    }
  }

  private static RuntimeException invalid(Exception cause) {
    return refuse(ErrorCode.INVALID_CSR, "CSR")
        .malformed("a PKCS#10 request in PEM form")
        .cause(cause)
        .build();
  }
}
