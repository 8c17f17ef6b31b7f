// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What this site has asked and nobody has answered. One ask for each subject, mode and job: a later
 * one takes the place of the former. Lives on a monotonic clock and in memory alone, so that a
 * restart refuses whatever was asked before (trust protocol, section 4).
 */
final class OpenChallenges {
  private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanoTime;
  private final Map<String, Open> byId = new HashMap<>();
  private final Map<Key, Open> latest = new HashMap<>();
  private long lastSweep;

  OpenChallenges(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastSweep = nanoTime.getAsLong();
  }

  private record Key(String subject, Ask.Mode mode, Optional<String> job) {
    static Key of(Ask ask) {
      return new Key(ask.subject(), ask.mode(), ask.job());
    }
  }

  /**
   * An ask that may still be answered.
   *
   * @param ask what was asked of whom
   * @param issuedAt when, by the wall clock: the age of evidence counts from here
   * @param endNanos when it ends, by the monotonic clock
   * @param answered namespaces whose answer was accepted
   */
  record Open(Ask ask, Instant issuedAt, long endNanos, Set<String> answered) {
    private String id() {
      return ask.challenge().id();
    }
  }

  synchronized Open issue(Ask ask, Instant now) {
    sweep();
    long end = nanoTime.getAsLong() + ask.life().toNanos();
    Open open = new Open(ask, now, end, new HashSet<>());
    Open former = latest.put(Key.of(ask), open);
    if (former != null) {
      byId.remove(former.id());
    }
    byId.put(open.id(), open);
    return open;
  }

  synchronized Optional<Open> find(String challengeId) {
    return Optional.ofNullable(byId.get(challengeId)).filter(open -> !ended(open));
  }

  /** True for the first answer in this namespace, and for no other. */
  synchronized boolean consume(Open open, String namespace) {
    return find(open.id()).filter(open::equals).isPresent() && open.answered().add(namespace);
  }

  synchronized int size() {
    return byId.size();
  }

  private boolean ended(Open open) {
    return nanoTime.getAsLong() - open.endNanos() >= 0;
  }

  /** Now and then, so that many asks do not look through all others each. */
  private void sweep() {
    long now = nanoTime.getAsLong();
    if (now - lastSweep >= SWEEP_NANOS) {
      lastSweep = now;
      byId.values().removeIf(this::ended);
      latest.values().removeIf(this::ended);
    }
  }
}
