// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import java.util.HashMap;
import java.util.Map;

/**
 * How much memory messages may take: so much for each owner, so much for all. Whoever floods uses
 * up its own share.
 */
final class ByteBudget {
  /** A message costs its connection, too: small ones are counted as this many bytes. */
  private static final long LEAST = 16 * 1024;

  private final long ofEach;
  private final long ofAll;
  private final Map<String, Long> taken = new HashMap<>();
  private long takenByAll;

  /**
   * Sets the limits.
   *
   * @param ofEach bytes of one owner
   * @param ofAll bytes of all owners together
   */
  ByteBudget(long ofEach, long ofAll) {
    this.ofEach = ofEach;
    this.ofAll = ofAll;
  }

  /** Bytes that an owner has taken. */
  record Share(String owner, long bytes) {}

  /** True if there was room, and then it is taken until it is {@link #give given} back. */
  synchronized boolean take(Share share) {
    long cost = cost(share);
    long now = taken.getOrDefault(share.owner(), 0L);
    if (now + cost > ofEach || takenByAll + cost > ofAll) {
      return false;
    }
    taken.put(share.owner(), now + cost);
    takenByAll += cost;
    return true;
  }

  synchronized void give(Share share) {
    long cost = cost(share);
    takenByAll -= cost;
    taken.computeIfPresent(share.owner(), (owner, now) -> now > cost ? now - cost : null);
  }

  private static long cost(Share share) {
    return Math.max(LEAST, share.bytes());
  }
}
