// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.GroupRound;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * What this site has asked and nobody has answered. One ask for each subject, mode, purpose and
 * job: a later one takes the place of the former. Lives on a monotonic clock and in memory alone,
 * so that a restart refuses whatever was asked before (docs/protocol/exchange.md#challenges).
 */
final class PendingChallenges {
  private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanoTime;
  private final Map<String, Open> byId = new HashMap<>();
  private final Map<Key, Open> latest = new HashMap<>();
  private long lastSweep;

  PendingChallenges(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastSweep = nanoTime.getAsLong();
  }

  private record Key(
      Set<String> subjects,
      EvidenceRequest.Mode mode,
      EvidencePurpose purpose,
      Optional<String> job) {
    static Key of(Open open) {
      return new Key(
          open.mode() == EvidenceRequest.Mode.GROUP ? Set.of() : open.subjects(),
          open.mode(),
          open.purpose(),
          open.job());
    }
  }

  /**
   * A challenge that may still be answered.
   *
   * @param mode how it came about
   * @param purpose on which occasion
   * @param subjects who may answer: one, or everybody in a group
   * @param job the job it is for
   * @param challenge of this site; in a group the group challenge
   * @param issuedAt when this site gave its challenge or nonce, by the wall clock: the age of
   *     evidence counts from here
   * @param endNanos when it ends, by the monotonic clock
   * @param answered subjects and namespaces whose answer was accepted
   */
  record Open(
      EvidenceRequest.Mode mode,
      EvidencePurpose purpose,
      Set<String> subjects,
      Optional<String> job,
      Challenge challenge,
      Instant issuedAt,
      long endNanos,
      Set<Answer> answered) {}

  /** Whose answer in which family. */
  record Answer(String subject, String namespace) {}

  void issue(EvidenceRequest request, Instant now) {
    open(
        request.mode(),
        request.purpose(),
        Set.of(request.subject()),
        request.job(),
        request.challenge(),
        now,
        request.life());
  }

  /** A round of which this site is the server or a member; a later one of the job replaces it. */
  void join(GroupRound round, String project, Instant nonceIssuedAt, Instant now) {
    open(
        EvidenceRequest.Mode.GROUP,
        EvidencePurpose.JOB,
        round.nonces().keySet(),
        Optional.of(round.job()),
        round.challenge(project),
        nonceIssuedAt,
        Duration.between(now, round.expiry()));
  }

  private synchronized void open(
      EvidenceRequest.Mode mode,
      EvidencePurpose purpose,
      Set<String> subjects,
      Optional<String> job,
      Challenge challenge,
      Instant issuedAt,
      Duration life) {
    sweep();
    long end = nanoTime.getAsLong() + life.toNanos();
    Open open =
        new Open(
            mode, purpose, Set.copyOf(subjects), job, challenge, issuedAt, end, new HashSet<>());
    Open former = latest.put(Key.of(open), open);
    if (former != null) {
      byId.remove(former.challenge().id());
    }
    byId.put(challenge.id(), open);
  }

  synchronized Optional<Open> find(String challengeId) {
    return Optional.ofNullable(byId.get(challengeId)).filter(open -> !ended(open));
  }

  /** What one site was asked for a purpose other than a job: by its latest request of each mode. */
  synchronized List<Open> asked(String subject, EvidencePurpose purpose) {
    return Stream.of(EvidenceRequest.Mode.PAIRWISE, EvidenceRequest.Mode.BATCH)
        .map(mode -> latest.get(new Key(Set.of(subject), mode, purpose, Optional.empty())))
        .filter(open -> open != null && !ended(open))
        .toList();
  }

  /** True for the first answer of this subject in this namespace, and for no other. */
  synchronized boolean consume(Open open, String subject, String namespace) {
    return find(open.challenge().id()).filter(open::equals).isPresent()
        && open.answered().add(new Answer(subject, namespace));
  }

  synchronized int size() {
    return byId.size();
  }

  private boolean ended(Open open) {
    return nanoTime.getAsLong() - open.endNanos() >= 0;
  }

  /** Now and then, so that many requests do not look through all others each. */
  private void sweep() {
    long now = nanoTime.getAsLong();
    if (now - lastSweep >= SWEEP_NANOS) {
      lastSweep = now;
      byId.values().removeIf(this::ended);
      latest.values().removeIf(this::ended);
    }
  }
}
