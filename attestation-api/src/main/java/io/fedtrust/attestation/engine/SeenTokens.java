// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was presented by peers that choose their nonce, and by whom, in this process's memory (trust
 * protocol, second part, "Replay of what a prover bound itself").
 */
final class SeenTokens {
  /** Most keys of a site that are remembered, with and without an end each. */
  static final int MAX_KEYS = 10_000;

  private static final Duration SKEW = Duration.ofSeconds(60);

  private final Map<String, String> presenters = new HashMap<>();
  private final Map<String, Kept> sites = new HashMap<>();

  /** Keys of one site, the oldest first. */
  private record Kept(Map<String, Instant> ending, Map<String, Instant> open) {}

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
    Kept kept =
        sites.computeIfAbsent(site, any -> new Kept(new LinkedHashMap<>(), new LinkedHashMap<>()));
    Map<String, Instant> mine = end.isPresent() ? kept.ending() : kept.open();
    for (String key : keys) {
      mine.put(key, end.orElse(Instant.MAX));
      presenters.put(key, site);
    }
    return new Noted(Optional.empty(), dropOldest(mine));
  }

  private int dropOldest(Map<String, Instant> keys) {
    int dropped = 0;
    for (Iterator<String> oldest = keys.keySet().iterator(); keys.size() > MAX_KEYS; dropped++) {
      presenters.remove(oldest.next());
      oldest.remove();
    }
    return dropped;
  }

  private void forgetEnded(Instant now) {
    for (Kept kept : sites.values()) {
      kept.ending()
          .entrySet()
          .removeIf(
              key -> {
                boolean ended = !now.minus(SKEW).isBefore(key.getValue());
                if (ended) {
                  presenters.remove(key.getKey());
                }
                return ended;
              });
    }
  }

  synchronized int size() {
    return presenters.size();
  }
}
