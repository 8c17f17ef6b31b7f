// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * This site's part in the rounds of jobs (docs/protocol/jobs.md#list): gives a nonce, checks the
 * list, answers its challenge, and from then on appraises the answers of the others to it.
 */
final class GroupMember {
  private final SiteIdentity self;
  private final GroupNonces nonces;
  private final PendingChallenges challenges;
  private final Attester attester;

  GroupMember(
      SiteIdentity self, GroupNonces nonces, PendingChallenges challenges, Attester attester) {
    this.self = self;
    this.nonces = nonces;
    this.challenges = challenges;
    this.attester = attester;
  }

  Bytes offer(String job, Instant now) {
    return nonces.fresh(job, now).value();
  }

  /**
   * Demands that a list is the server's, for this client and for one job.
   *
   * @param signed as received
   * @param server the server's name
   * @return the list; it has not been held against the job yet
   * @throws MalformedEvidenceException if it is not
   * @throws RefusedException if the server requests too often
   */
  GroupRound verified(SignedEvidenceRequest signed, String server, Instant now)
      throws MalformedEvidenceException, RefusedException {
    String challenger =
        attester.verified(signed, EvidenceRequest.Mode.GROUP, EvidencePurpose.JOB, now).name();
    Membership.check("challenger", challenger.equals(server), server, challenger);
    GroupRound round = signed.round().orElseThrow();
    Membership.check(
        "job",
        signed.request().job().filter(round.job()::equals).isPresent(),
        round.job(),
        "another");
    return round;
  }

  /**
   * Spends this site's nonce on a list, whatever then becomes of the list; only one that hears
   * {@code BUSY} gives it back.
   *
   * @throws MalformedEvidenceException if it is not the list's: it was spent, replaced, forgotten
   */
  GroupNonces.Nonce spend(GroupRound round) throws MalformedEvidenceException {
    Optional<GroupNonces.Nonce> nonce = nonces.spend(round, self.name());
    Membership.check(
        "own nonce", nonce.isPresent(), "the nonce that this site gave last", "another");
    return nonce.orElseThrow();
  }

  /**
   * Enters a round: its challenge may be answered from now on, by this site and by the others.
   *
   * @param round as the server made it
   * @param membership whom this site expects
   * @return what to answer
   * @throws MalformedEvidenceException if the list is not one to answer; the nonce is spent if it
   *     was in it
   */
  EvidenceRequest enter(GroupRound round, Membership membership, Instant now)
      throws MalformedEvidenceException {
    return enter(round, spend(round), membership, now);
  }

  /** The server hears {@code BUSY} to a list: the same list may come again. */
  void postpone(SignedEvidenceRequest signed) {
    attester.postpone(signed.request());
  }

  /** Takes a spent nonce back, for a list that heard {@code BUSY}. */
  void restore(GroupRound round, GroupNonces.Nonce nonce) {
    nonces.restore(round.job(), nonce);
  }

  /** The same with a nonce that was spent before. */
  EvidenceRequest enter(
      GroupRound round, GroupNonces.Nonce nonce, Membership membership, Instant now)
      throws MalformedEvidenceException {
    membership.require(round, now);
    challenges.join(round, self.project(), nonce.issuedAt(), now);
    return new EvidenceRequest(
        EvidenceRequest.Mode.GROUP,
        EvidencePurpose.JOB,
        membership.server(),
        self.name(),
        Optional.of(round.job()),
        round.challenge(self.project()),
        Duration.between(now, round.expiry()),
        now);
  }

  /**
   * Answers what a round asks for.
   *
   * @return the entries; completes exceptionally if they are more than others take of one site
   */
  CompletableFuture<List<CCToken>> answer(EvidenceRequest request, Deadline deadline) {
    return attester
        .answer(request, deadline)
        .thenApply(
            entries -> {
              if (CCInfo.siteBytes(entries) > CCInfo.MAX_SITE_BYTES) {
                throw new IllegalStateException(
                    "this site's evidence has more than " + CCInfo.MAX_SITE_BYTES + " bytes");
              }
              return entries;
            });
  }

  /** True for a site without evidence: it answers with its presence. */
  boolean isUnattested() {
    return attester.isUnattested();
  }

  /** The presence of a site without evidence in a round. */
  Presence here(GroupRound round) {
    return attester.here(Binding.GROUP, Optional.of(round.job()), round.challenge(self.project()));
  }
}
