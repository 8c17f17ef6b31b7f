// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import java.time.Duration;
import java.time.Instant;

/**
 * When a job that could not be scheduled is tried again: first immediately, then after a wait that
 * doubles up to a limit, until the maximum number of attempts.
 *
 * @param maximumAttempts after which the job is given up
 * @param shortestWait after the first attempt
 * @param longestWait no wait is longer
 */
public record RetryPolicy(int maximumAttempts, Duration shortestWait, Duration longestWait) {
  /** NVFlare's: ten attempts, waits of 10 seconds to 10 minutes. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(10, Duration.ofSeconds(10), Duration.ofMinutes(10));

  private static final int MAX_DOUBLINGS = 30;

  /**
   * Checks the numbers.
   *
   * @param maximumAttempts after which the job is given up
   * @param shortestWait after the first attempt
   * @param longestWait no wait is longer
   */
  public RetryPolicy {
    if (maximumAttempts < 1
        || shortestWait.isNegative()
        || shortestWait.compareTo(longestWait) > 0) {
      throw new IllegalArgumentException(
          "expected at least one attempt and a shortest wait up to the longest, was "
              + maximumAttempts
              + ", "
              + shortestWait
              + ", "
              + longestWait);
    }
  }

  /**
   * Returns whether a job is given up.
   *
   * @param history its attempts
   * @return true if there were as many as allowed
   */
  public boolean isExhausted(ScheduleHistory history) {
    return history.count() >= maximumAttempts;
  }

  /**
   * Returns when a job may be tried next.
   *
   * @param history its attempts
   * @return the instant; the distant past for the first attempt
   */
  public Instant nextAttempt(ScheduleHistory history) {
    return history
        .lastAttempt()
        .map(last -> last.plus(waitAfter(history.count())))
        .orElse(Instant.MIN);
  }

  private Duration waitAfter(int attempts) {
    int doublings = Math.min(Math.max(attempts - 1, 0), MAX_DOUBLINGS);
    Duration wait = shortestWait.multipliedBy(1L << doublings);
    return wait.compareTo(longestWait) < 0 ? wait : longestWait;
  }
}
