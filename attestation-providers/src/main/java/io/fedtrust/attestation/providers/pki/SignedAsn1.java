// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * A certificate or revocation list as ASN.1: what is signed, the algorithm, the signature. DER that
 * encodes to itself again (docs/protocol/README.md#one-spelling).
 *
 * @param der its bytes
 * @param content its three parts
 */
public record SignedAsn1(byte[] der, ASN1Sequence content) {
  /** Largest certificate, in bytes. */
  public static final int MAX_BYTES = EvidenceAttachments.MAX_CERTIFICATE_BYTES;

  private static final int PARTS = 3;

  /**
   * Reads a certificate's structure.
   *
   * @param der at most 16 KiB
   * @return its parts
   * @throws MalformedEvidenceException if it is not exactly one such structure in DER
   */
  public static SignedAsn1 parse(byte[] der) throws MalformedEvidenceException {
    return parse(der, MAX_BYTES);
  }

  /**
   * Reads a signed structure.
   *
   * @param der at most so many bytes
   * @param maxBytes the bound
   * @return its parts
   * @throws MalformedEvidenceException if it is not exactly one such structure in DER
   */
  public static SignedAsn1 parse(byte[] der, int maxBytes) throws MalformedEvidenceException {
    if (der.length == 0 || der.length > maxBytes) {
      throw malformed("1 to " + maxBytes + " bytes", der.length);
    }
    try {
      if (ASN1Primitive.fromByteArray(der) instanceof ASN1Sequence content
          && content.size() == PARTS
          && isWholeBytes(content.getObjectAt(2))
          && Arrays.equals(content.getEncoded(ASN1Encoding.DER), der)) {
        return new SignedAsn1(der, content);
      }
    } catch (IOException | RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw malformed("one signed structure in DER", "bytes that are none");
    }
    throw malformed("one signed structure in DER", "another structure or encoding");
  }

  /**
   * A signature is a whole number of bytes. A count of unused bits would be DER where those bits
   * are zero, and the JDK does not look at it: a second spelling of the same signature.
   */
  private static boolean isWholeBytes(ASN1Encodable signature) {
    return signature instanceof ASN1BitString bits && bits.getPadBits() == 0;
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        "certificate.encoding",
        ReasonCode.ENDORSEMENT_INVALID,
        expected,
        actual,
        "RFC 5280 section 4.1; docs/protocol/README.md#one-spelling");
  }

  /**
   * Tells whether a scheme is named, inside and outside of what is signed, in the same bytes.
   * Parameters that are written out although they are the default may be: AMD's older certificates
   * do so.
   *
   * @param scheme the only one that is accepted
   * @param inner index of the algorithm within what is signed
   * @return true if both are exactly that
   */
  public boolean names(SignatureScheme scheme, int inner) {
    try {
      ASN1Sequence signed = ASN1Sequence.getInstance(content.getObjectAt(0));
      if (signed.size() <= inner) {
        return false;
      }
      AlgorithmIdentifier outside = AlgorithmIdentifier.getInstance(content.getObjectAt(1));
      AlgorithmIdentifier inside = AlgorithmIdentifier.getInstance(signed.getObjectAt(inner));
      return Arrays.equals(outside.getEncoded(), inside.getEncoded()) && scheme.isNamed(outside);
    } catch (IOException | RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      return false;
    }
  }
}
