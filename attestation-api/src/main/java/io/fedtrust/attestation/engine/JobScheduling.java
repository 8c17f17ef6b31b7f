// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.spi.OnBadClient;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an attempt to schedule a job comes to: from the server's own verdicts to the clients'
 * answers (specification of the trust flow, section 4.4). Who says nothing declines.
 */
final class JobScheduling {
  private static final String NO_VERDICT = "no verdict";

  private JobScheduling() {}

  /**
   * Clients to which the server sends the set.
   *
   * @param clients trusted by the server
   * @param left the others, and why
   * @param decision already known, and then nothing is sent
   */
  record Verified(
      SortedSet<String> clients, SortedMap<String, String> left, Optional<JobDecision> decision) {}

  /** Clients of the deploy map that are there. */
  static SortedSet<String> candidates(JobRequirements job, Set<String> online) {
    SortedSet<String> candidates = new TreeSet<>(job.deployMap().orElse(online));
    candidates.retainAll(online);
    return candidates;
  }

  /**
   * Decides after the server has judged exactly the {@link #candidates}.
   *
   * @param verdicts of this attempt; a candidate without one is not trusted
   * @param silent why there is none
   */
  static Verified afterServer(
      JobRequirements job,
      SortedSet<String> candidates,
      Map<String, SiteVerdict> verdicts,
      Map<String, String> silent,
      OnBadClient onBadClient,
      Instant at) {
    SortedSet<String> trusted = new TreeSet<>();
    SortedMap<String, String> left = new TreeMap<>();
    for (String client : candidates) {
      SiteVerdict verdict = verdicts.get(client);
      if (verdict != null && verdict.site().equals(client) && verdict.admits(at)) {
        trusted.add(client);
      } else {
        left.put(
            client, verdict == null ? silent.getOrDefault(client, NO_VERDICT) : reason(verdict));
      }
    }
    Optional<JobDecision> decision =
        !left.isEmpty() && onBadClient == OnBadClient.BLOCK
            ? Optional.of(JobDecision.Retry.because(JobDecision.VERIFY_ERROR, left))
            : enough(job, trusted, left);
    return new Verified(trusted, left, decision);
  }

  private static String reason(SiteVerdict verdict) {
    return verdict.reason().map(Enum::name).orElse("ended at " + verdict.expiresAt());
  }

  /**
   * Decides after the clients have judged each other.
   *
   * @param accepted by client: empty accepts, a text declines; who is missing did not answer
   */
  static JobDecision afterClients(
      JobRequirements job, Verified verified, Map<String, Optional<String>> accepted) {
    SortedSet<String> participants = new TreeSet<>();
    SortedMap<String, String> left = new TreeMap<>(verified.left());
    for (String client : verified.clients()) {
      Optional<String> declined = accepted.getOrDefault(client, Optional.of("no answer"));
      if (declined.isEmpty()) {
        participants.add(client);
      } else {
        left.put(client, declined.get());
      }
    }
    return enough(job, participants, left)
        .orElseGet(() -> new JobDecision.Dispatch(participants, left));
  }

  /** Empty if those who are there suffice. */
  static Optional<JobDecision> enough(
      JobRequirements job, Set<String> clients, Map<String, String> left) {
    SortedSet<String> absent = new TreeSet<>(job.mandatoryClients());
    absent.removeAll(clients);
    if (!absent.isEmpty()) {
      return Optional.of(JobDecision.Retry.because("mandatory clients missing: " + absent, left));
    }
    return clients.size() < job.minimumClients()
        ? Optional.of(
            JobDecision.Retry.because(
                clients.size() + " of at least " + job.minimumClients() + " clients", left))
        : Optional.empty();
  }
}
