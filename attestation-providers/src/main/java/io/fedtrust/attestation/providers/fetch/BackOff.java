// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.fetch;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long no request is sent to a service that failed: twice as long after each failure, or as
 * long as the service requests, both bounded. Safe for threads.
 */
public final class BackOff {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration LONGEST_ASKED = Duration.ofHours(1);

  private Optional<Duration> last = Optional.empty();
  private Instant until = Instant.MIN;

  /** {@return the time until which no request is sent, or empty} */
  public synchronized Optional<Instant> restingUntil(Instant now) {
    return now.isBefore(until) ? Optional.of(until) : Optional.empty();
  }

  /** The service answers again. */
  public synchronized void succeeded() {
    last = Optional.empty();
    until = Instant.MIN;
  }

  /**
   * The service failed.
   *
   * @param asked how long the service wants no request
   */
  public synchronized void failed(Instant now, Duration asked) {
    Duration own = shorter(last.map(length -> length.multipliedBy(2)).orElse(FIRST), LONGEST);
    Duration wished = shorter(asked, LONGEST_ASKED);
    last = Optional.of(own);
    until = now.plus(own.compareTo(wished) > 0 ? own : wished);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
