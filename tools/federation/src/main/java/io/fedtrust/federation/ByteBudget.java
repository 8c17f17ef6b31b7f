// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How much memory messages may take. Half of it is divided among the owners, and each part is kept
 * for its owner; the other half serves whoever needs more, up to a limit of each. Whoever floods
 * takes its own part and what is common, and nobody else's part.
 */
final class ByteBudget {
  /** A message costs its connection, too: small ones are counted as this many bytes. */
  private static final long LEAST = 16 * 1024;

  private final Set<String> owners;
  private final long ofEach;
  private final long kept;
  private final long common;
  private final Map<String, Long> taken = new HashMap<>();
  private long takenOfCommon;

  /**
   * Sets the limits.
   *
   * @param owners for each of whom a part is kept; others take of what is common
   * @param ofEach the most bytes of one owner
   * @param ofAll bytes of all owners together
   */
  ByteBudget(Collection<String> owners, long ofEach, long ofAll) {
    this.owners = Set.copyOf(owners);
    this.ofEach = ofEach;
    this.kept = Math.min(ofEach, ofAll / 2 / Math.max(1, this.owners.size()));
    this.common = ofAll - kept * this.owners.size();
  }

  /** Bytes that an owner has taken. */
  record Share(String owner, long bytes) {}

  /** True if there was room, and then it is taken until it is {@link #give given} back. */
  synchronized boolean take(Share share) {
    long now = taken.getOrDefault(share.owner(), 0L);
    long then = now + cost(share);
    long more = ofCommon(share.owner(), then) - ofCommon(share.owner(), now);
    if (then > ofEach || takenOfCommon + more > common) {
      return false;
    }
    taken.put(share.owner(), then);
    takenOfCommon += more;
    return true;
  }

  synchronized void give(Share share) {
    long now = taken.getOrDefault(share.owner(), 0L);
    long then = Math.max(0, now - cost(share));
    takenOfCommon -= ofCommon(share.owner(), now) - ofCommon(share.owner(), then);
    if (then == 0) {
      taken.remove(share.owner());
    } else {
      taken.put(share.owner(), then);
    }
  }

  /** What exceeds an owner's own part. */
  private long ofCommon(String owner, long bytes) {
    return Math.max(0, bytes - (owners.contains(owner) ? kept : 0));
  }

  private static long cost(Share share) {
    return Math.max(LEAST, share.bytes());
  }
}
