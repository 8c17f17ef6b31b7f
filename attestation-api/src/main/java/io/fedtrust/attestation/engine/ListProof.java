// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.spi.Deadline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * At a client: compares a list with the job as this site knows it, and answers with this site's
 * evidence or presence (docs/protocol/jobs.md#list). Keeps no state of the attempt.
 */
final class ListProof {
  private final ClientServices services;
  private final GroupRound round;

  ListProof(ClientServices services, GroupRound round) {
    this.services = services;
    this.round = round;
  }

  /** What became of a list. */
  sealed interface Outcome {}

  /**
   * This site takes part.
   *
   * @param membership whom this site expects
   * @param own what a set must say of this site
   * @param keys with which this site signs in this attempt
   * @param reply to the server
   */
  record Proven(
      Membership membership, JobSet.Participant own, ProcessKeys keys, Map<String, Object> reply)
      implements Outcome {}

  /**
   * This site does not take part.
   *
   * @param code for the server
   * @param why for this site's listeners
   */
  record Declined(ReasonCode code, String why) implements Outcome {}

  /**
   * Answers a list.
   *
   * @return completes exceptionally if there is no evidence; a refusal gives the nonce back
   */
  CompletableFuture<Outcome> prove(GroupNonces.Nonce nonce, Deadline deadline) {
    return services
        .host()
        .call(
            "definition of a job",
            () -> Optional.of(services.settings().hooks().definition(round.job())),
            Optional.<Optional<JobRequirements>>empty())
        .thenCompose(
            found ->
                found
                    .map(definition -> entered(definition, nonce, deadline))
                    .orElseGet(() -> declined(ReasonCode.INTERNAL_ERROR, ClientAttempt.UNDECIDED)));
  }

  private static CompletableFuture<Outcome> declined(ReasonCode code, String why) {
    return CompletableFuture.completedFuture(new Declined(code, why));
  }

  private CompletableFuture<Outcome> entered(
      Optional<JobRequirements> definition, GroupNonces.Nonce nonce, Deadline deadline) {
    Membership membership = Membership.of(services.server(), definition);
    EvidenceRequest request;
    try {
      request =
          services
              .member()
              .enter(
                  round,
                  nonce,
                  membership.withoutRounds(services.settings().nvflarePeers()),
                  services.settings().clock().instant());
    } catch (MalformedEvidenceException e) {
      return declined(ReasonCode.GROUP_REFUSED, JobDecision.VERIFY_ERROR + e.check());
    }
    if (services.member().isUnattested()) {
      Presence here = services.member().here(round);
      return CompletableFuture.completedFuture(
          proven(membership, List.of(), Optional.of(here), Map.of(Topics.HERE, here.toMap())));
    }
    return services
        .member()
        .answer(request, deadline)
        .whenComplete(
            (entries, failure) -> {
              if (failure != null && Failures.cause(failure) instanceof RefusedException) {
                services.member().restore(round, nonce);
              }
            })
        .thenApply(
            entries ->
                proven(
                    membership,
                    entries,
                    Optional.empty(),
                    Map.of(CCInfo.KEY, CCInfo.toMap(services.self(), entries))));
  }

  private Proven proven(
      Membership membership,
      List<CCToken> entries,
      Optional<Presence> presence,
      Map<String, Object> reply) {
    ProcessKeys keys = services.keys().of(entries, presence);
    return new Proven(
        membership,
        new JobSet.Participant(
            entries.isEmpty() ? JobSet.Kind.UNATTESTED : JobSet.Kind.ATTESTED,
            CCToken.entriesDigest(entries),
            entries.isEmpty() ? Optional.empty() : Optional.of(keys.sessionKey().sha256())),
        keys,
        reply);
  }
}
