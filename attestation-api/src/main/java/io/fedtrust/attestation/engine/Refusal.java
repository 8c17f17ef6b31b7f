// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import java.time.Duration;
import java.util.Optional;

/**
 * What a refusal says (trust protocol, second part, section 4b).
 *
 * @param code what whoever asked may do
 * @param retryAfter for {@code BUSY} and {@code NOT_STARTED}, whole seconds
 * @param reason for {@code DECLINED}
 */
record Refusal(RefusalCode code, Optional<Duration> retryAfter, Optional<ReasonCode> reason) {
  static Refusal busy(Duration retryAfter) {
    return new Refusal(RefusalCode.BUSY, Optional.of(retryAfter), Optional.empty());
  }

  static Refusal declined(ReasonCode reason) {
    return new Refusal(RefusalCode.DECLINED, Optional.empty(), Optional.of(reason));
  }

  static Refusal of(RefusalCode code) {
    return new Refusal(code, Optional.empty(), Optional.empty());
  }

  @Override
  public String toString() {
    return code
        + retryAfter.map(wait -> " " + wait.toSeconds() + " s").orElse("")
        + reason.map(why -> " " + why).orElse("");
  }
}
