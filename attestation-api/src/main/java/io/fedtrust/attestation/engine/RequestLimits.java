// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.ReasonCode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often each site may request evidence, by purpose: hardware and key services bear few
 * requests, and what one purpose uses up is not missing for another
 * (docs/protocol/requests-and-refusals.md#limits).
 */
final class RequestLimits {
  /** The limits of a site that sets none. */
  static final Map<EvidencePurpose, Limit> DEFAULTS =
      Map.of(
          EvidencePurpose.REGISTRATION, new Limit(4, Duration.ofSeconds(10)),
          EvidencePurpose.JOB, new Limit(32, Duration.ofSeconds(2)),
          EvidencePurpose.CROSS_SITE, new Limit(16, Duration.ofSeconds(10)));

  private final Map<EvidencePurpose, RequestLimiter> byPurpose =
      new EnumMap<>(EvidencePurpose.class);

  /**
   * How often one site may request evidence for one purpose.
   *
   * @param atOnce requests that may come at once
   * @param refill after which there may be one more
   */
  record Limit(int atOnce, Duration refill) {}

  /**
   * Counts nothing yet.
   *
   * @param nanoTime a monotonic clock
   * @param limits one for each purpose
   */
  RequestLimits(LongSupplier nanoTime, Map<EvidencePurpose, Limit> limits) {
    for (EvidencePurpose purpose : EvidencePurpose.values()) {
      Limit limit = limits.get(purpose);
      byPurpose.put(purpose, new RequestLimiter(nanoTime, limit.atOnce(), limit.refill()));
    }
  }

  /**
   * Counts a request of a site that is proven.
   *
   * @throws RefusedException {@code BUSY} until there may be one more
   */
  void count(String challenger, EvidencePurpose purpose) throws RefusedException {
    RequestLimiter limiter = byPurpose.get(purpose);
    if (!limiter.admit(challenger)) {
      throw new RefusedException(
          Refusal.busy(
              Refusal.wholeSeconds(limiter.untilNext(challenger)), ReasonCode.REQUESTED_TOO_OFTEN));
    }
  }
}
