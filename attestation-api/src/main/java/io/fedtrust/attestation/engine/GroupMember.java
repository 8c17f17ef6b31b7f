// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.GroupRound;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * This site's part in the rounds of jobs (trust protocol, section 4): gives a nonce, checks the
 * list, answers its challenge, and from then on judges the answers of the others to it.
 */
final class GroupMember {
  private final SiteIdentity self;
  private final GroupNonces nonces;
  private final OpenChallenges challenges;
  private final Prover prover;

  GroupMember(SiteIdentity self, GroupNonces nonces, OpenChallenges challenges, Prover prover) {
    this.self = self;
    this.nonces = nonces;
    this.challenges = challenges;
    this.prover = prover;
  }

  Bytes offer(String job, Instant now) {
    return nonces.fresh(job, now).value();
  }

  /**
   * Answers a list that the server signed for this client.
   *
   * @param signed as received
   * @param membership whom this site expects
   * @throws MalformedEvidenceException if the list is not the server's, or not one to answer
   */
  List<CCToken> answer(SignedAsk signed, Membership membership, Instant now, Deadline deadline)
      throws MalformedEvidenceException {
    String asker = prover.verified(signed, Ask.Mode.GROUP, now);
    Membership.check("asker", asker.equals(membership.server()), membership.server(), asker);
    GroupRound round = signed.round().orElseThrow();
    Membership.check(
        "job", signed.ask().job().filter(round.job()::equals).isPresent(), round.job(), "another");
    return answer(round, membership, now, deadline);
  }

  /**
   * Answers a list.
   *
   * @param round as the server sent it
   * @param membership whom this site expects
   * @throws MalformedEvidenceException if the list is not one to answer; the nonce is spent if it
   *     was in it
   */
  List<CCToken> answer(GroupRound round, Membership membership, Instant now, Deadline deadline)
      throws MalformedEvidenceException {
    Optional<GroupNonces.Nonce> nonce = nonces.spend(round, self.name());
    Membership.check(
        "own nonce", nonce.isPresent(), "the nonce that this site gave last", "another");
    membership.require(round, now);
    Ask ask =
        new Ask(
            Ask.Mode.GROUP,
            membership.server(),
            self.name(),
            Optional.of(round.job()),
            round.challenge(self.project()),
            deadline.remaining());
    List<CCToken> entries = prover.answer(ask, deadline);
    challenges.join(round, self.project(), nonce.orElseThrow().issuedAt(), now);
    return entries;
  }
}
