// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.protocol.BatchTree;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Asks that wait for the hardware, which makes one report at a time
 * (docs/protocol/requests-and-refusals.md#sharing-a-report). Purposes take turns. Those in batch
 * mode wait a short time for others and share a report; while the hardware is busy the next batch
 * fills. No thread waits here.
 */
final class ReportQueue implements AutoCloseable {
  private static final int MAX_WAITING = 16 * BatchTree.MAX_LEAVES;

  /** How many times as long as usual a report may take before an evidence request in it ends. */
  private static final int MARGIN = 4;

  /** Makes reports. */
  @FunctionalInterface
  interface Hardware {
    /** One report for one request, or for several in batch mode: an answer for each. */
    CompletableFuture<List<List<CCToken>>> answers(
        List<EvidenceRequest> requests, Deadline deadline);
  }

  private final Hardware hardware;
  private final Duration window;
  private final Duration collectionTimeout;
  private final Alarms alarms;
  private final LongSupplier nanoTime;
  private final Map<EvidencePurpose, ArrayDeque<Waiting>> ready =
      new EnumMap<>(EvidencePurpose.class);
  private final ArrayDeque<Waiting> gathering = new ArrayDeque<>();
  private final ArrayDeque<EvidencePurpose> turns = new ArrayDeque<>();
  private boolean busy;
  private boolean closed;
  private long usualNanos;

  /**
   * Nothing waits yet.
   *
   * @param hardware makes the reports
   * @param window how long the first request in batch mode waits for others
   * @param collectionTimeout the longest that any request waits
   * @param alarms ends waiting
   * @param nanoTime a monotonic clock
   */
  ReportQueue(
      Hardware hardware,
      Duration window,
      Duration collectionTimeout,
      Alarms alarms,
      LongSupplier nanoTime) {
    this.hardware = hardware;
    this.window = window;
    this.collectionTimeout = collectionTimeout;
    this.alarms = alarms;
    this.nanoTime = nanoTime;
    for (EvidencePurpose purpose : EvidencePurpose.values()) {
      ready.put(purpose, new ArrayDeque<>());
      turns.add(purpose);
    }
  }

  private static final class Waiting {
    private final EvidenceRequest request;
    private final Deadline deadline;
    private final CompletableFuture<List<CCToken>> answer = new CompletableFuture<>();

    Waiting(EvidenceRequest request, Deadline deadline) {
      this.request = request;
      this.deadline = deadline;
    }
  }

  /**
   * Adds an evidence request.
   *
   * @param request to be answered in its own mode
   * @param deadline after which no answer counts
   * @return the entries; completes with {@link RefusedException} {@code BUSY} if it cannot wait so
   *     long, with {@code COLLECTION_TIMED_OUT} or as the collector failed
   */
  CompletableFuture<List<CCToken>> add(EvidenceRequest request, Deadline deadline) {
    Waiting waiting = new Waiting(request, deadline);
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(Failures.closed());
      }
      if (waiting() >= MAX_WAITING || cannotWait(waiting)) {
        return CompletableFuture.failedFuture(busy());
      }
      if (request.mode() == EvidenceRequest.Mode.BATCH && !window.isZero()) {
        gathering.add(waiting);
        if (gathering.size() == 1) {
          alarms.after(window, this::gathered);
        }
      } else {
        ready.get(request.purpose()).add(waiting);
      }
    }
    if (!deadline.passed()) {
      Alarms.Alarm alarm = alarms.after(deadline.remaining(), () -> expire(waiting));
      CompletableFuture<List<CCToken>> unused =
          waiting.answer.whenComplete((entries, failure) -> alarm.cancel());
    }
    next();
    return waiting.answer;
  }

  private int waiting() {
    return gathering.size() + ready.values().stream().mapToInt(ArrayDeque::size).sum();
  }

  /** The shortest time in a report is everyone's: one that may be too short does not join. */
  private boolean cannotWait(Waiting waiting) {
    long needed =
        waiting.request.mode() == EvidenceRequest.Mode.BATCH
            ? Math.min(MARGIN * usualNanos, collectionTimeout.toNanos() / 2)
            : 0;
    return waiting.deadline.passed() || waiting.deadline.remaining().toNanos() < needed;
  }

  private RefusedException busy() {
    return new RefusedException(
        Refusal.busy(Refusal.wholeSeconds(Duration.ofNanos(2 * usualNanos))));
  }

  private void gathered() {
    synchronized (this) {
      gathering.forEach(waiting -> ready.get(waiting.request.purpose()).add(waiting));
      gathering.clear();
    }
    next();
  }

  private void expire(Waiting waiting) {
    synchronized (this) {
      boolean removed =
          gathering.remove(waiting) || ready.get(waiting.request.purpose()).remove(waiting);
      if (!removed) {
        return;
      }
    }
    waiting.answer.completeExceptionally(busy());
  }

  private void next() {
    List<Waiting> late = new ArrayList<>();
    List<Waiting> taken;
    synchronized (this) {
      taken = busy || closed ? List.of() : take(late);
      busy = busy || !taken.isEmpty();
    }
    late.forEach(waiting -> waiting.answer.completeExceptionally(busy()));
    if (!taken.isEmpty()) {
      report(taken);
    }
  }

  /** The oldest request of the purpose whose turn it is, with all that may share its report. */
  private List<Waiting> take(List<Waiting> late) {
    ready.values().forEach(queue -> removeLate(queue, late));
    for (EvidencePurpose purpose : List.copyOf(turns)) {
      Waiting first = ready.get(purpose).poll();
      if (first != null) {
        turns.remove(purpose);
        turns.add(purpose);
        List<Waiting> taken = new ArrayList<>(List.of(first));
        if (first.request.mode() == EvidenceRequest.Mode.BATCH) {
          share(ready.get(purpose), taken);
          ready.values().forEach(queue -> share(queue, taken));
          removeLate(gathering, late);
          share(gathering, taken);
        }
        return taken;
      }
    }
    return List.of();
  }

  private void removeLate(ArrayDeque<Waiting> queue, List<Waiting> late) {
    queue.removeIf(waiting -> cannotWait(waiting) && late.add(waiting));
  }

  private static void share(ArrayDeque<Waiting> queue, List<Waiting> taken) {
    Iterator<Waiting> all = queue.iterator();
    while (all.hasNext() && taken.size() < BatchTree.MAX_LEAVES) {
      Waiting waiting = all.next();
      if (waiting.request.mode() == EvidenceRequest.Mode.BATCH) {
        taken.add(waiting);
        all.remove();
      }
    }
  }

  private void report(List<Waiting> taken) {
    long began = nanoTime.getAsLong();
    Duration shortest =
        taken.stream()
            .map(waiting -> waiting.deadline.remaining())
            .min(Duration::compareTo)
            .orElseThrow();
    CompletableFuture<List<List<CCToken>>> report =
        begun(
            taken.stream().map(waiting -> waiting.request).toList(),
            Deadline.in(shortest, nanoTime));
    // Hardware that hangs is left to itself when the time is over.
    Alarms.Alarm alarm = alarms.after(shortest, () -> report.completeExceptionally(timedOut()));
    CompletableFuture<List<List<CCToken>>> unused =
        report.whenComplete(
            (answers, failure) -> {
              alarm.cancel();
              finished(failure == null ? nanoTime.getAsLong() - began : -1);
              for (int i = 0; i < taken.size(); i++) {
                if (failure == null) {
                  taken.get(i).answer.complete(answers.get(i));
                } else {
                  taken.get(i).answer.completeExceptionally(Failures.cause(failure));
                }
              }
            });
  }

  private CompletableFuture<List<List<CCToken>>> begun(
      List<EvidenceRequest> requests, Deadline deadline) {
    try {
      return hardware.answers(requests, deadline);
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static AttestationException timedOut() {
    return AttestationException.of(
        ErrorCode.COLLECTION_TIMED_OUT, "evidence", "the platform returned none in time");
  }

  private void finished(long tookNanos) {
    synchronized (this) {
      busy = false;
      if (tookNanos >= 0) {
        usualNanos = usualNanos == 0 ? tookNanos : (3 * usualNanos + tookNanos) / 4;
      }
    }
    next();
  }

  /** What waits ends with {@code CLOSED}. */
  @Override
  public void close() {
    List<Waiting> all = new ArrayList<>();
    synchronized (this) {
      closed = true;
      all.addAll(gathering);
      ready.values().forEach(all::addAll);
      gathering.clear();
      ready.values().forEach(ArrayDeque::clear);
    }
    all.forEach(waiting -> waiting.answer.completeExceptionally(Failures.closed()));
  }
}
