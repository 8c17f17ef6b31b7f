// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Asks other sites for evidence, and remembers what it asked
 * (docs/protocol/requests-and-refusals.md#evidence-requests).
 */
final class Challenger {
  private final Identities identities;
  private final PendingChallenges challenges;
  private final SecureRandom random;

  Challenger(Identities identities, PendingChallenges challenges, SecureRandom random) {
    this.identities = identities;
    this.challenges = challenges;
    this.random = random;
  }

  SignedEvidenceRequest request(
      EvidenceRequest.Mode mode,
      EvidencePurpose purpose,
      String subject,
      Optional<String> job,
      Duration life,
      Instant now) {
    SiteIdentity self = identities.current();
    EvidenceRequest request =
        new EvidenceRequest(
            mode, purpose, self.name(), subject, job, Challenge.random(random), life, now);
    challenges.issue(request, now);
    return signed(self, request, Optional.empty());
  }

  /** Sends a list to one of its members; the round itself is joined, not asked. */
  SignedEvidenceRequest list(GroupRound round, String subject, Duration life, Instant now) {
    SiteIdentity self = identities.current();
    EvidenceRequest request =
        new EvidenceRequest(
            EvidenceRequest.Mode.GROUP,
            EvidencePurpose.JOB,
            self.name(),
            subject,
            Optional.of(round.job()),
            round.challenge(self.project()),
            life,
            now);
    return signed(self, request, Optional.of(round));
  }

  private static SignedEvidenceRequest signed(
      SiteIdentity self, EvidenceRequest request, Optional<GroupRound> round) {
    return new SignedEvidenceRequest(
        request,
        round,
        self.chain(),
        Bytes.of(
            SiteSignatures.sign(
                self.privateKey(), request.signatureInput(self.certificate().root().bytes()))));
  }
}
