// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often each site may ask for evidence, by purpose: hardware and key services bear few
 * requests, and what one purpose uses up is not missing for another
 * (docs/protocol/requests-and-refusals.md#limits).
 */
final class AskLimits {
  private final Map<Ask.Purpose, AskLimiter> byPurpose = new EnumMap<>(Ask.Purpose.class);

  /**
   * Counts nothing yet.
   *
   * @param nanoTime a monotonic clock
   * @param limits one for each purpose
   */
  AskLimits(LongSupplier nanoTime, Map<Ask.Purpose, Settings.RequestLimit> limits) {
    for (Ask.Purpose purpose : Ask.Purpose.values()) {
      Settings.RequestLimit limit = limits.get(purpose);
      byPurpose.put(purpose, new AskLimiter(nanoTime, limit.atOnce(), limit.refill()));
    }
  }

  /**
   * Counts a request of a site that is proven.
   *
   * @throws RefusedException {@code BUSY} until there may be one more
   */
  void count(String asker, Ask.Purpose purpose) throws RefusedException {
    AskLimiter limiter = byPurpose.get(purpose);
    if (!limiter.admit(asker)) {
      throw new RefusedException(
          Refusal.busy(
              Refusal.wholeSeconds(limiter.untilNext(asker)), ReasonCode.REQUESTED_TOO_OFTEN));
    }
  }
}
