// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Appraises answers in the work pool, of each site one at a time. A verifier may hang: nobody waits
 * for it for longer than a limit, and it keeps one thread for each site at most.
 */
final class SiteJudging {
  private final Settings settings;
  private final Duration limit;
  private final Set<String> judged = ConcurrentHashMap.newKeySet();

  SiteJudging(Settings settings) {
    this.settings = settings;
    this.limit = settings.timing().decisionTimeout();
  }

  Duration limit() {
    return limit;
  }

  /** Whether an answer of a site is being appraised, however long ago that began. */
  boolean isUnderWay(String site) {
    return judged.contains(site);
  }

  /**
   * Appraises an answer.
   *
   * @param site who answered
   * @param judging what is done; what it finds after the limit still counts, where it counts
   * @return what it returns; empty if it is not over in time, or if a former answer of the site is
   *     still being appraised
   */
  <T> CompletableFuture<Optional<T>> judge(String site, Callable<T> judging) {
    CompletableFuture<Optional<T>> result = new CompletableFuture<>();
    if (!judged.add(site)) {
      result.complete(Optional.empty());
      return result;
    }
    try {
      ScheduledFuture<?> alarm =
          settings
              .timers()
              .schedule(
                  () -> settings.work().execute(() -> result.complete(Optional.empty())),
                  limit.toNanos(),
                  TimeUnit.NANOSECONDS);
      CompletableFuture<?> unused = result.whenComplete((value, failure) -> alarm.cancel(false));
      settings.work().execute(() -> run(site, judging, result));
    } catch (RejectedExecutionException e) {
      // The host has stopped its threads.
      judged.remove(site);
      result.completeExceptionally(Failures.closed());
    }
    return result;
  }

  private <T> void run(String site, Callable<T> judging, CompletableFuture<Optional<T>> result) {
    Optional<T> value;
    try {
      value = Optional.of(judging.call());
    } catch (Throwable e) {
      judged.remove(site);
      result.completeExceptionally(new CompletionException(e));
      return;
    }
    judged.remove(site);
    result.complete(value);
  }
}
