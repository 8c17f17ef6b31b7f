// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.protocol.KeySignatures;
import java.util.Optional;

/**
 * The keys by which a participant of a job signs: those of the entries in the set
 * (docs/protocol/jobs.md#answer).
 *
 * @param certificate who it is, and the key of its certificate
 * @param session SPKI in DER of its process; empty for a site without evidence
 */
record PeerKeys(SiteCertificates.Proven certificate, Optional<Bytes> session) {
  /** DER of the root certificate at which its chain ends. */
  Bytes root() {
    return certificate.site().root();
  }

  /** True if the key of its certificate signed. */
  boolean signedBySite(KeySignatures signatures, byte[] message) {
    return SiteSignatures.verifies(certificate.key(), message, signatures.site().bytes());
  }

  /** True if both keys signed, or the one that there is; a signature too many is wrong, too. */
  boolean signed(KeySignatures signatures, byte[] message, SessionKeys verifier) {
    return session.isPresent() == signatures.session().isPresent()
        && signedBySite(signatures, message)
        && (session.isEmpty()
            || verifier.verifies(
                session.get(), message, signatures.session().orElseThrow().bytes()));
  }
}
