// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.ReplayGuard;
import java.util.LinkedHashSet;
import java.util.Set;

/** The last tokens of peers that choose their nonce, in this process's memory. */
final class SeenTokens implements ReplayGuard {
  private static final int MAX_TOKENS = 100_000;

  private final Set<String> digests = new LinkedHashSet<>();

  @Override
  public synchronized boolean first(String site, String tokenDigest) {
    if (!digests.add(tokenDigest)) {
      return false;
    }
    if (digests.size() > MAX_TOKENS) {
      digests.remove(digests.iterator().next());
    }
    return true;
  }
}
