// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.KeySignatures;
import io.fedtrust.attestation.protocol.Presence;
import java.util.List;
import java.util.Optional;

/**
 * A participant as it showed itself in a round: from then on its signatures count under these keys
 * alone (docs/protocol/jobs.md#answer).
 *
 * @param kind how it shows itself
 * @param entries none unless the site is attested or an NVFlare peer
 * @param presence of one that is unattested
 * @param leaf of its certificates; empty for a peer that speaks NVFlare's own exchange
 * @param sessionKey SPKI in DER, if its entries name one
 */
record JobMember(
    JobSet.Kind kind,
    List<CCToken> entries,
    Optional<Presence> presence,
    Optional<SiteCertificates.Proven> leaf,
    Optional<Bytes> sessionKey) {
  JobMember {
    entries = List.copyOf(entries);
  }

  boolean isNvflarePeer() {
    return kind == JobSet.Kind.COMPAT;
  }

  JobSet.Participant participant() {
    return new JobSet.Participant(
        kind, CCToken.entriesDigest(entries), sessionKey.map(Bytes::sha256));
  }

  /** In which this member signs; only of one with certificates. */
  JobContext context(String project, String server, String job) {
    return new JobContext(leaf.orElseThrow().site().root(), project, server, job);
  }

  /** True if both of its keys signed; of one without evidence the site's key, and no other. */
  boolean signed(byte[] input, KeySignatures signatures, SessionKeys keys) {
    return leaf.map(proven -> new PeerKeys(proven, sessionKey))
        .filter(own -> own.signed(signatures, input, keys))
        .isPresent();
  }

  /** True if the key of its process signed; of one without evidence the site's key. */
  boolean signed(byte[] input, Bytes signature, SessionKeys keys) {
    return sessionKey
        .map(key -> keys.verifies(key, input, signature.bytes()))
        .orElseGet(
            () ->
                leaf.isPresent()
                    && SiteSignatures.verifies(leaf.get().key(), input, signature.bytes()));
  }

  /** SHA-256 of the key of its process, hex; empty of one without. */
  Optional<String> session() {
    return sessionKey.map(Bytes::sha256).map(Bytes::hex);
  }

  /**
   * True if an admission is that of the process which showed itself here; of a site that needs no
   * evidence to be admitted, the process does not count.
   */
  boolean isAdmittedBy(Admissions.Admission admission, boolean unattested) {
    return admission.isOf(session(), unattested);
  }
}
