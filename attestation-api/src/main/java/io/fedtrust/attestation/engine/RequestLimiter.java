// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often each peer may do something: a bucket for each, who is proven before it is counted, so
 * that nobody empties another's.
 */
final class RequestLimiter {
  private static final int MAX_ASKERS = 10_000;

  private final LongSupplier nanoTime;
  private final int burst;
  private final long refillNanos;
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Limits.
   *
   * @param nanoTime a monotonic clock
   * @param burst requests that may come at once
   * @param refill after which there may be one more
   */
  RequestLimiter(LongSupplier nanoTime, int burst, Duration refill) {
    this.nanoTime = nanoTime;
    this.burst = burst;
    this.refillNanos = refill.toNanos();
  }

  private record Bucket(int left, long since) {}

  /** True if this challenger may send a request now; then it has one less. */
  synchronized boolean admit(String challenger) {
    long now = nanoTime.getAsLong();
    Bucket bucket = filled(buckets.getOrDefault(challenger, new Bucket(burst, now)), now);
    boolean admitted = bucket.left() > 0;
    buckets.put(challenger, admitted ? new Bucket(bucket.left() - 1, bucket.since()) : bucket);
    if (buckets.size() > MAX_ASKERS) {
      buckets.remove(buckets.keySet().iterator().next());
    }
    return admitted;
  }

  /** How long this challenger must wait, if it requests too often. */
  synchronized Duration untilNext(String challenger) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.get(challenger);
    return bucket == null || filled(bucket, now).left() > 0
        ? Duration.ZERO
        : Duration.ofNanos(bucket.since() + refillNanos - now);
  }

  private Bucket filled(Bucket bucket, long now) {
    long refills = (now - bucket.since()) / refillNanos;
    return bucket.left() + refills >= burst
        ? new Bucket(burst, now)
        : new Bucket(bucket.left() + (int) refills, bucket.since() + refills * refillNanos);
  }
}
