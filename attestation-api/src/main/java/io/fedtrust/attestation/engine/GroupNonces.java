// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.protocol.GroupRound;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The nonces that this site gave to rounds, one for each job. Each is spent on the first list that
 * is answered with it, so that one nonce never vouches for two lists, and forgotten after ten
 * minutes (docs/protocol/jobs.md#roll-call).
 */
final class GroupNonces {
  private static final int MAX_JOBS = 1024;

  private static final Duration LIFE = Duration.ofMinutes(10);

  private final SecureRandom random;
  private final LongSupplier nanoTime;
  private final Map<String, Nonce> open = new LinkedHashMap<>();

  /**
   * Has given none yet.
   *
   * @param random a strong source
   * @param nanoTime a monotonic clock
   */
  GroupNonces(SecureRandom random, LongSupplier nanoTime) {
    this.random = random;
    this.nanoTime = nanoTime;
  }

  /**
   * A nonce and when it was given: the age of evidence in its round counts from there.
   *
   * @param value 32 bytes
   * @param issuedAt by the wall clock
   * @param endNanos when it is forgotten, by the monotonic clock
   */
  record Nonce(Bytes value, Instant issuedAt, long endNanos) {}

  /** Gives a fresh nonce for a job; a former one of the same job is worth nothing from now on. */
  synchronized Nonce fresh(String job, Instant now) {
    Nonce nonce =
        new Nonce(
            Bytes.of(Challenge.random(random).value()), now, nanoTime.getAsLong() + LIFE.toNanos());
    open.remove(job);
    if (open.size() == MAX_JOBS) {
      open.remove(open.keySet().iterator().next());
    }
    open.put(job, nonce);
    return nonce;
  }

  /** Takes a nonce back that was spent on nothing, unless the job has a later one. */
  synchronized void restore(String job, Nonce nonce) {
    if (open.size() < MAX_JOBS) {
      open.putIfAbsent(job, nonce);
    }
  }

  /** Takes this site's nonce if a list contains it: once, whatever then becomes of the list. */
  synchronized Optional<Nonce> spend(GroupRound round, String self) {
    Nonce nonce = open.get(round.job());
    if (nonce == null || !nonce.value().equals(round.nonces().get(self))) {
      return Optional.empty();
    }
    open.remove(round.job());
    return Optional.of(nonce).filter(mine -> nanoTime.getAsLong() - mine.endNanos() < 0);
  }
}
