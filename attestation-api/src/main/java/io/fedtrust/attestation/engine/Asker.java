// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.GroupRound;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteIdentity;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Asks other sites for evidence, and remembers what it asked
 * (docs/protocol/requests-and-refusals.md#evidence-requests).
 */
final class Asker {
  private final Identities identities;
  private final OpenChallenges challenges;
  private final SecureRandom random;

  Asker(Identities identities, OpenChallenges challenges, SecureRandom random) {
    this.identities = identities;
    this.challenges = challenges;
    this.random = random;
  }

  SignedAsk ask(
      Ask.Mode mode,
      Ask.Purpose purpose,
      String subject,
      Optional<String> job,
      Duration life,
      Instant now) {
    SiteIdentity self = identities.current();
    Ask ask =
        new Ask(mode, purpose, self.name(), subject, job, Challenge.random(random), life, now);
    challenges.issue(ask, now);
    return signed(self, ask, Optional.empty());
  }

  /** Sends a list to one of its members; the round itself is joined, not asked. */
  SignedAsk list(GroupRound round, String subject, Duration life, Instant now) {
    SiteIdentity self = identities.current();
    Ask ask =
        new Ask(
            Ask.Mode.GROUP,
            Ask.Purpose.JOB,
            self.name(),
            subject,
            Optional.of(round.job()),
            round.challenge(self.project()),
            life,
            now);
    return signed(self, ask, Optional.of(round));
  }

  private static SignedAsk signed(SiteIdentity self, Ask ask, Optional<GroupRound> round) {
    return new SignedAsk(
        ask,
        round,
        self.chain(),
        Bytes.of(
            SiteSignatures.sign(
                self.privateKey(), ask.signatureInput(self.certificate().root().bytes()))));
  }
}
