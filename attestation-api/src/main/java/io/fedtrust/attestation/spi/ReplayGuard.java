// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Remembers evidence of peers that choose their nonce themselves, as NVFlare's do, longer than this
 * process lives. In FedTrust's own exchange nothing depends on it, because there every challenge is
 * this site's own.
 */
@FunctionalInterface
public interface ReplayGuard {
  /**
   * Takes note of genuine evidence, all or nothing: of two calls that share a key exactly one
   * returns true.
   *
   * @param site who presented it
   * @param keys what tells it from all other evidence, as {@code Claims.replayKeys()} has them
   * @param end when no verifier accepts it any longer, or empty. Keys are kept until 60 seconds
   *     after it; without an end at least the newest 10,000 of each site are kept
   * @return true if nobody presented any of it before; then all of it is known
   */
  boolean first(String site, List<String> keys, Optional<Instant> end);
}
