// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers of attempts that have ended: each is repeated until its set expires, as long as there is
 * room (docs/protocol/jobs.md#states-at-a-client).
 */
final class RepeatedAnswers {
  private static final long MAX_BYTES = 64L * 1024 * 1024;

  private final LongSupplier nanoTime;
  private final Map<Challenge, Kept> byRound = new LinkedHashMap<>();
  private final Map<Bytes, Kept> bySet = new HashMap<>();
  private long bytes;

  RepeatedAnswers(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** An answer, and what it costs to keep it. */
  private record Kept(Answered answered, long bytes) {}

  /** Keeps an answer; the oldest make space for it. */
  void keep(Answered answered) {
    // Measuring writes the whole answer once, and holds no lock.
    keep(new Kept(answered, answered.bytes()));
  }

  private synchronized void keep(Kept kept) {
    for (Kept former : List.copyOf(byRound.values())) {
      if (bytes + kept.bytes() > MAX_BYTES
          || expired(former.answered())
          || former.answered().challenge().equals(kept.answered().challenge())) {
        drop(former);
      }
    }
    bytes += kept.bytes();
    byRound.put(kept.answered().challenge(), kept);
    bySet.put(kept.answered().set(), kept);
  }

  private void drop(Kept kept) {
    bytes -= kept.bytes();
    byRound.remove(kept.answered().challenge());
    bySet.remove(kept.answered().set(), kept);
  }

  private boolean expired(Answered answered) {
    return nanoTime.getAsLong() - answered.endNanos() >= 0;
  }

  synchronized Optional<Answered> ofRound(Challenge challenge) {
    return current(byRound.get(challenge));
  }

  synchronized Optional<Answered> ofSet(Bytes digest) {
    return current(bySet.get(digest));
  }

  private Optional<Answered> current(@Nullable Kept kept) {
    return Optional.ofNullable(kept).map(Kept::answered).filter(answered -> !expired(answered));
  }
}
