// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A point on a monotonic clock by which something must be done. */
public final class Deadline {
  private final LongSupplier nanoTime;
  private final long end;

  private Deadline(LongSupplier nanoTime, long end) {
    this.nanoTime = nanoTime;
    this.end = end;
  }

  /**
   * Sets a deadline from now.
   *
   * @param duration until then
   * @return the deadline
   */
  public static Deadline in(Duration duration) {
    return in(duration, System::nanoTime);
  }

  /**
   * Sets a deadline on another clock.
   *
   * @param duration until then
   * @param nanoTime a clock that counts nanoseconds and never goes back
   * @return the deadline
   */
  public static Deadline in(Duration duration, LongSupplier nanoTime) {
    return new Deadline(nanoTime, nanoTime.getAsLong() + duration.toNanos());
  }

  /** {@return the time that is left, zero once the deadline has passed} */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, end - nanoTime.getAsLong()));
  }

  /**
   * Tells whether the deadline has passed.
   *
   * @return true if no time is left
   */
  public boolean passed() {
    return remaining().isZero();
  }
}
