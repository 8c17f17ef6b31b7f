// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * For whom one job still waits (docs/protocol/jobs.md#clients-that-do-not-take-part): a client that
 * does not answer makes it wait in two attempts in a row, any client for {@code forgetAfter} in
 * all. So one site delays a job by at most that.
 */
final class JobPatience {
  private static final int SILENT_ATTEMPTS = 2;

  private final Duration most;
  private final LongSupplier nanoTime;
  private final Map<String, Integer> unavailable = new HashMap<>();
  private final Map<String, Duration> waited = new HashMap<>();
  private final Map<String, Long> waitingSince = new HashMap<>();

  JobPatience(Duration most, LongSupplier nanoTime) {
    this.most = most;
    this.nanoTime = nanoTime;
  }

  /** True if this job no longer waits for a site. */
  synchronized boolean exhausted(String site) {
    return waitedFor(site).compareTo(most) >= 0;
  }

  private Duration waitedFor(String site) {
    Duration before = waited.getOrDefault(site, Duration.ZERO);
    Long since = waitingSince.get(site);
    return since == null ? before : before.plusNanos(nanoTime.getAsLong() - since);
  }

  /** Those whose problem makes the job wait; changes nothing. */
  synchronized Set<String> waitsFor(Map<String, ClientProblem> problems) {
    Set<String> sites = new TreeSet<>();
    problems.forEach(
        (site, problem) -> {
          boolean waits =
              problem.kind().untrusted()
                  || (problem.kind().unavailable()
                      && unavailable.getOrDefault(site, 0) < SILENT_ATTEMPTS);
          if (waits && !exhausted(site)) {
            sites.add(site);
          }
        });
    return sites;
  }

  /**
   * Takes note of an attempt that made the job wait.
   *
   * @param problems of its clients
   * @param waiting those because of whom the job waits
   * @param complete whether the clients were asked for everything, so that one without a problem
   *     has answered
   */
  synchronized void record(
      Map<String, ClientProblem> problems, Set<String> waiting, boolean complete) {
    Set<String> over = new HashSet<>(waitingSince.keySet());
    over.removeAll(waiting);
    for (String site : over) {
      waited.put(site, waitedFor(site));
      waitingSince.remove(site);
    }
    waiting.forEach(site -> waitingSince.putIfAbsent(site, nanoTime.getAsLong()));
    if (complete) {
      unavailable.keySet().removeIf(site -> !isUnavailable(problems.get(site)));
    }
    problems.forEach(
        (site, problem) -> {
          if (isUnavailable(problem)) {
            unavailable.merge(site, 1, Integer::sum);
          }
        });
  }

  private static boolean isUnavailable(@Nullable ClientProblem problem) {
    return problem != null && problem.kind().unavailable();
  }
}
