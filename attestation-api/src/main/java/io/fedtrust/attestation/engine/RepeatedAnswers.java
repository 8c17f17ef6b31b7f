// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Answers of attempts that have ended: each is repeated until its set expires, as long as there is
 * room (trust protocol, second part, section 4c, state ENDED).
 */
final class RepeatedAnswers {
  private static final long MAX_BYTES = 64L * 1024 * 1024;

  private final LongSupplier nanoTime;
  private final Map<Challenge, Answered> kept = new LinkedHashMap<>();
  private long bytes;

  RepeatedAnswers(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Keeps an answer; the oldest make room for it. */
  synchronized void keep(Answered answered) {
    Iterator<Answered> all = kept.values().iterator();
    while (all.hasNext()) {
      Answered former = all.next();
      if (bytes + answered.bytes() > MAX_BYTES || expired(former)) {
        bytes -= former.bytes();
        all.remove();
      }
    }
    bytes += answered.bytes();
    kept.put(answered.challenge(), answered);
  }

  private boolean expired(Answered answered) {
    return nanoTime.getAsLong() - answered.endNanos() >= 0;
  }

  synchronized Optional<Answered> ofRound(Challenge challenge) {
    return Optional.ofNullable(kept.get(challenge)).filter(answered -> !expired(answered));
  }

  synchronized Optional<Answered> ofSet(Bytes digest) {
    return kept.values().stream()
        .filter(answered -> answered.set().equals(digest) && !expired(answered))
        .findFirst();
  }
}
