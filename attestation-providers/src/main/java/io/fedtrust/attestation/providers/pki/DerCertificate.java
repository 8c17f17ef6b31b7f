// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import java.security.cert.X509Certificate;

/**
 * A certificate, parsed but unverified, and the bytes it comes from.
 *
 * @param signed its outer shape, known to be DER
 * @param certificate what it says
 */
public record DerCertificate(SignedAsn1 signed, X509Certificate certificate) {
  /**
   * Reads a certificate.
   *
   * @param der at most 16 KiB
   * @return both
   * @throws MalformedEvidenceException if it is not exactly one certificate in DER
   */
  public static DerCertificate parse(byte[] der) throws MalformedEvidenceException {
    SignedAsn1 signed = SignedAsn1.parse(der);
    return new DerCertificate(signed, Certificates.parse(signed));
  }

  /** Its bytes. */
  public byte[] der() {
    return signed.der();
  }
}
