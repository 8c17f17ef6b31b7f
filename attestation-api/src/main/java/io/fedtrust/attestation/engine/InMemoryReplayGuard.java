// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was presented by peers that choose their nonce, and by whom, in this process's memory
 * (docs/protocol/collateral.md#replay-keys).
 */
final class InMemoryReplayGuard {
  /** Most keys without an end that are remembered of a site; those with one stay until then. */
  static final int MAX_KEYS = 10_000;

  private static final Duration SKEW = Duration.ofSeconds(60);

  private final Map<String, String> presenters = new HashMap<>();

  /** Keys without an end by site, the oldest first. */
  private final Map<String, Set<String>> open = new HashMap<>();

  /** Keys with an end, of all sites: whose end is the nearest is the first. */
  private final PriorityQueue<Ending> ending =
      new PriorityQueue<>(Comparator.comparing(Ending::end));

  private record Ending(Instant end, String key) {}

  /**
   * What became of keys.
   *
   * @param first who presented one of them before, or empty: then all are known from now on
   * @param dropped how many older ones had to go
   */
  record Noted(Optional<String> first, int dropped) {}

  /** Takes note of keys, all or none. */
  synchronized Noted note(String site, List<String> keys, Optional<Instant> end, Instant now) {
    forgetEnded(now);
    for (String key : keys) {
      @Nullable String first = presenters.get(key);
      if (first != null) {
        return new Noted(Optional.of(first), 0);
      }
    }
    keys.forEach(key -> presenters.put(key, site));
    if (end.isPresent()) {
      keys.forEach(key -> ending.add(new Ending(end.get(), key)));
      return new Noted(Optional.empty(), 0);
    }
    Set<String> mine = open.computeIfAbsent(site, any -> new LinkedHashSet<>());
    mine.addAll(keys);
    return new Noted(Optional.empty(), dropOldest(mine));
  }

  private int dropOldest(Set<String> keys) {
    int dropped = 0;
    for (Iterator<String> oldest = keys.iterator(); keys.size() > MAX_KEYS; dropped++) {
      presenters.remove(oldest.next());
      oldest.remove();
    }
    return dropped;
  }

  private void forgetEnded(Instant now) {
    Instant ended = now.minus(SKEW);
    while (!ending.isEmpty() && !ended.isBefore(ending.element().end())) {
      presenters.remove(ending.remove().key());
    }
  }

  synchronized int size() {
    return presenters.size();
  }
}
