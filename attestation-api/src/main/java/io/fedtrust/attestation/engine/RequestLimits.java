// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.EvidenceRequest;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often each site may ask for evidence, by purpose: hardware and key services bear few
 * requests, and what one purpose uses up is not missing for another
 * (docs/protocol/requests-and-refusals.md#limits).
 */
final class RequestLimits {
  private final Map<EvidenceRequest.Purpose, RequestLimiter> byPurpose =
      new EnumMap<>(EvidenceRequest.Purpose.class);

  /**
   * Counts nothing yet.
   *
   * @param nanoTime a monotonic clock
   * @param limits one for each purpose
   */
  RequestLimits(LongSupplier nanoTime, Map<EvidenceRequest.Purpose, Settings.RequestLimit> limits) {
    for (EvidenceRequest.Purpose purpose : EvidenceRequest.Purpose.values()) {
      Settings.RequestLimit limit = limits.get(purpose);
      byPurpose.put(purpose, new RequestLimiter(nanoTime, limit.atOnce(), limit.refill()));
    }
  }

  /**
   * Counts a request of a site that is proven.
   *
   * @throws RefusedException {@code BUSY} until there may be one more
   */
  void count(String challenger, EvidenceRequest.Purpose purpose) throws RefusedException {
    RequestLimiter limiter = byPurpose.get(purpose);
    if (!limiter.admit(challenger)) {
      throw new RefusedException(
          Refusal.busy(
              Refusal.wholeSeconds(limiter.untilNext(challenger)), ReasonCode.REQUESTED_TOO_OFTEN));
    }
  }
}
