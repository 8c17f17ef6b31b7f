// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Certificates from outside, each in exactly one encoding: DER that encodes to itself again
 * (docs/protocol/README.md#one-spelling).
 */
public final class Certificates {
  private static final String CHECK = "certificate.encoding";
  private static final String SOURCE = "RFC 5280 section 4.1; docs/protocol/README.md#one-spelling";

  private Certificates() {}

  /**
   * Reads a certificate.
   *
   * @param der at most 16 KiB
   * @throws MalformedEvidenceException if it is not exactly one certificate in DER
   */
  public static X509Certificate parse(byte[] der) throws MalformedEvidenceException {
    return parse(SignedAsn1.parse(der));
  }

  /**
   * Reads a certificate whose outer shape is known.
   *
   * @throws MalformedEvidenceException if it is none
   */
  public static X509Certificate parse(SignedAsn1 signed) throws MalformedEvidenceException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(signed.der()));
    } catch (CertificateException e) {
      throw malformed("an X.509 certificate", "bytes that are none");
    }
  }

  /**
   * Reads the certificates of a PEM file.
   *
   * @param pem as {@link CertificatePem} has it
   * @return their bytes, in order
   * @throws MalformedEvidenceException if any other byte is there
   */
  public static List<byte[]> parsePem(byte[] pem) throws MalformedEvidenceException {
    return CertificatePem.read(pem);
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.ENDORSEMENT_INVALID, expected, actual, SOURCE);
  }
}
