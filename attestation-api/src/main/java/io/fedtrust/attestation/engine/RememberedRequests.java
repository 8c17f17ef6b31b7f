// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Asks that came, by (verifier, challenge), until they are refused for their age: whoever recorded
 * one cannot use up another's allowance with it
 * (docs/protocol/requests-and-refusals.md#repeated-requests).
 */
final class RememberedRequests {
  /** Of 10,000 sites six each; what is forgotten early costs a report if it is repeated. */
  private static final int MAX = 65_536;

  private final Map<Key, Remembered> known = new LinkedHashMap<>();

  private record Key(String verifier, Challenge challenge) {
    static Key of(EvidenceRequest request) {
      return new Key(request.verifier(), request.challenge());
    }
  }

  /**
   * An evidence request.
   *
   * @param end when it is refused anyway
   * @param open true if it was counted, and {@code BUSY} was all that came of it
   * @param answer in progress
   */
  private record Remembered(
      Instant end, boolean open, Optional<CompletableFuture<List<CCToken>>> answer) {}

  /**
   * Takes note of an evidence request.
   *
   * @param until when it is refused anyway
   * @return true if it is new
   */
  synchronized boolean note(EvidenceRequest request, Instant until, Instant now) {
    Iterator<Remembered> eldest = known.values().iterator();
    while (eldest.hasNext()) {
      boolean ended = !eldest.next().end().isAfter(now);
      if (!ended && known.size() < MAX) {
        break;
      }
      eldest.remove();
    }
    return known.putIfAbsent(Key.of(request), new Remembered(until, false, Optional.empty()))
        == null;
  }

  /**
   * An evidence request that was not answered because its sender requests too often may come again.
   */
  synchronized void forget(EvidenceRequest request) {
    known.remove(Key.of(request));
  }

  /**
   * An evidence request that was counted, and heard {@code BUSY}, may come again: it is not counted
   * twice.
   */
  synchronized void reopen(EvidenceRequest request) {
    known.computeIfPresent(
        Key.of(request),
        (key, remembered) -> new Remembered(remembered.end(), true, Optional.empty()));
  }

  /** True if an answer is in progress, or was put off. */
  synchronized boolean isUnanswered(EvidenceRequest request) {
    Remembered remembered = known.get(Key.of(request));
    return remembered != null
        && (remembered.open()
            || remembered.answer().filter(answer -> !answer.isDone()).isPresent());
  }

  /** The answer in progress, or else a new one. */
  CompletableFuture<List<CCToken>> once(
      EvidenceRequest request, Supplier<CompletableFuture<List<CCToken>>> answering) {
    CompletableFuture<List<CCToken>> mine = new CompletableFuture<>();
    synchronized (this) {
      Remembered remembered = known.get(Key.of(request));
      if (remembered != null) {
        Optional<CompletableFuture<List<CCToken>>> other =
            remembered.answer().filter(answer -> !answer.isDone());
        if (other.isPresent()) {
          return other.get();
        }
        known.put(Key.of(request), new Remembered(remembered.end(), false, Optional.of(mine)));
      }
    }
    CompletableFuture<List<CCToken>> unused =
        answering
            .get()
            .whenComplete(
                (entries, failure) -> {
                  if (Failures.cause(failure) instanceof RefusedException) {
                    reopen(request);
                  } else {
                    done(request);
                  }
                  if (failure == null) {
                    mine.complete(entries);
                  } else {
                    mine.completeExceptionally(failure);
                  }
                });
    return mine;
  }

  /** Entries are large: of an evidence request that was answered only its challenge is kept. */
  private synchronized void done(EvidenceRequest request) {
    known.computeIfPresent(
        Key.of(request),
        (key, remembered) -> new Remembered(remembered.end(), false, Optional.empty()));
  }

  synchronized int size() {
    return known.size();
  }
}
