// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.KeySignatures;
import java.security.PublicKey;
import java.util.Optional;

/**
 * The keys by which a participant of a job signs: those of the entries in the set (trust protocol,
 * second part, section 4c).
 *
 * @param root DER of the root certificate at which its chain ends
 * @param site key of its certificate
 * @param session SPKI in DER of its process; empty for a site without evidence
 */
record PeerKeys(Bytes root, PublicKey site, Optional<Bytes> session) {
  /** True if both keys signed, or the one that there is; a signature too many is wrong, too. */
  boolean signed(KeySignatures signatures, byte[] message, SessionKeys verifier) {
    return session.isPresent() == signatures.session().isPresent()
        && SiteSignatures.verifies(site, message, signatures.site().bytes())
        && (session.isEmpty()
            || verifier.verifies(
                session.get(), message, signatures.session().orElseThrow().bytes()));
  }
}
