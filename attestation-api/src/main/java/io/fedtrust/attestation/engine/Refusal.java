// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import java.time.Duration;
import java.util.Optional;

/**
 * What a refusal says (docs/protocol/requests-and-refusals.md#refusal-codes).
 *
 * @param code what whoever asked may do
 * @param retryAfter for {@code BUSY} and {@code NOT_STARTED}, whole seconds
 * @param reason why; always there for {@code DECLINED}
 */
record Refusal(RefusalCode code, Optional<Duration> retryAfter, Optional<ReasonCode> reason) {
  private static final long LONGEST_WAIT_SECONDS = 600;
  private static final Duration UNTIL_STARTED = Duration.ofSeconds(60);

  static Refusal busy(Duration retryAfter) {
    return new Refusal(RefusalCode.BUSY, Optional.of(retryAfter), Optional.empty());
  }

  static Refusal busy(Duration retryAfter, ReasonCode reason) {
    return new Refusal(RefusalCode.BUSY, Optional.of(retryAfter), Optional.of(reason));
  }

  /** The nearest wait that a refusal can state, and not shorter unless it is too long for one. */
  static Duration wholeSeconds(Duration wait) {
    long seconds = wait.plusNanos(999_999_999).toSeconds();
    return Duration.ofSeconds(Math.min(Math.max(1, seconds), LONGEST_WAIT_SECONDS));
  }

  static Refusal declined(ReasonCode reason) {
    return new Refusal(RefusalCode.DECLINED, Optional.empty(), Optional.of(reason));
  }

  static Refusal of(RefusalCode code) {
    return new Refusal(code, Optional.empty(), Optional.empty());
  }

  /** After how long it may be asked again; empty if this is of no use. */
  Optional<Duration> again() {
    return switch (code) {
      case BUSY -> retryAfter;
      case NOT_STARTED -> Optional.of(UNTIL_STARTED);
      case NOT_ADMITTED, DECLINED -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return code
        + retryAfter.map(wait -> " " + wait.toSeconds() + " s").orElse("")
        + reason.map(why -> " " + why).orElse("");
  }
}
