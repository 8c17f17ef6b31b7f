// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.util.HashMap;
import java.util.Map;

/** How many messages of each peer are being worked on: one that floods fills its own share. */
final class PeerLoad {
  private final int most;
  private final Map<String, Integer> open = new HashMap<>();

  PeerLoad(int most) {
    this.most = most;
  }

  synchronized boolean enter(String peer) {
    int now = open.getOrDefault(peer, 0);
    if (now >= most) {
      return false;
    }
    open.put(peer, now + 1);
    return true;
  }

  synchronized void leave(String peer) {
    open.computeIfPresent(peer, (name, now) -> now > 1 ? now - 1 : null);
  }
}
