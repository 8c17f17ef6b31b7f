// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.KeySignatures;
import java.util.Optional;

/**
 * Signs with the key of this site and with the key of this process
 * (docs/protocol/README.md#signatures).
 *
 * @param identity of this site
 * @param session key of this process
 * @param attested whether this site has evidence; one without signs with its site key alone
 */
record ProcessKeys(SiteIdentity identity, SessionKey session, boolean attested) {
  Bytes siteSignature(byte[] message) {
    return Bytes.of(SiteSignatures.sign(identity.privateKey(), message));
  }

  Bytes sessionSignature(byte[] message) {
    return Bytes.of(session.sign(message));
  }

  /** DER SubjectPublicKeyInfo. */
  Bytes sessionKey() {
    return session.publicKey();
  }

  /** Both signatures, of a site without evidence the first alone. */
  KeySignatures sign(byte[] message) {
    return new KeySignatures(
        siteSignature(message),
        attested ? Optional.of(sessionSignature(message)) : Optional.empty());
  }

  /** In which this site signs. */
  JobContext context(String server, String job) {
    return new JobContext(identity.certificate().root(), identity.project(), server, job);
  }
}
