// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.time.Duration;
import java.time.Instant;

/**
 * The times of a token (RFC 7519 section 4.1).
 *
 * @param issuedAt {@code iat}
 * @param notBefore {@code nbf}, or when it was issued
 * @param expiresAt {@code exp}, from which it is not valid
 */
public record TokenTimes(Instant issuedAt, Instant notBefore, Instant expiresAt) {
  private static final Duration SKEW = Duration.ofSeconds(60);

  /**
   * Reads the times of a token.
   *
   * @throws MalformedEvidenceException if it does not state when it was issued or when it expires
   */
  public static TokenTimes of(JsonObject payload) throws MalformedEvidenceException {
    Instant issuedAt = payload.seconds("iat");
    return new TokenTimes(
        issuedAt, payload.has("nbf") ? payload.seconds("nbf") : issuedAt, payload.seconds("exp"));
  }

  /** Checks that the token is valid at a time. Skew is allowed only for its start. */
  public Check check(String name, Instant at) {
    Instant late = at.plus(SKEW);
    return Check.of(
        name,
        ReasonCode.TOKEN_NOT_VALID,
        !notBefore.isAfter(late) && !issuedAt.isAfter(late) && at.isBefore(expiresAt),
        notBefore + " to " + expiresAt,
        at,
        "RFC 7519 section 4.1; docs/protocol/collateral.md#times");
  }
}
