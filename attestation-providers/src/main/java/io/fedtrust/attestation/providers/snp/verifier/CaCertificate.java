// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.support.Certificates;
import java.security.cert.X509Certificate;

/**
 * A certificate that may be AMD's.
 *
 * @param der its bytes, known to be DER
 * @param certificate parsed, unverified
 */
record CaCertificate(byte[] der, X509Certificate certificate) {
  static CaCertificate parse(byte[] der) throws MalformedEvidenceException {
    return new CaCertificate(der, Certificates.parse(der));
  }
}
