// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.checks;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.CollateralFloors;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.ReasonCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Checks that verified collateral is current: neither expired nor rolled back
 * (docs/protocol/collateral.md#rollback).
 *
 * @param recorder takes the checks
 * @param floors what was seen before
 * @param at the time of the verification
 * @param shown the same as text: writing an instant costs more than comparing it
 */
public record CollateralTimes(
    CheckRecorder recorder, CollateralFloors floors, Instant at, String shown) {
  private static final String PROTOCOL = "docs/protocol/collateral.md#rollback";

  /** Checks times against an instant. */
  public CollateralTimes(CheckRecorder recorder, CollateralFloors floors, Instant at) {
    this(recorder, floors, at, at.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** No honest clock is behind what was already issued. */
  public void clock(String check) {
    floors
        .latestIssue()
        .filter(at::isBefore)
        .ifPresent(
            issued ->
                recorder.add(
                    Check.missing(
                        check,
                        ReasonCode.CLOCK_BEHIND,
                        "an instant from " + issued,
                        at,
                        PROTOCOL)));
  }

  /**
   * Compares an item with the instant and with what was seen before.
   *
   * @return whether it is current and was not rolled back
   */
  public boolean current(String check, CollateralUse use, String source) {
    boolean current = !at.isBefore(use.issued()) && !at.isAfter(use.validUntil());
    String times = use.issued() + " to " + use.validUntil();
    recorder.add(
        current
            ? Check.passed(check, times, shown, source)
            : Check.missing(check, ReasonCode.COLLATERAL_EXPIRED, times, shown, source));
    boolean rolledBack = floors.isRollback(use);
    if (rolledBack) {
      recorder.add(
          Check.missing(
              check + "-rollback",
              ReasonCode.COLLATERAL_ROLLBACK,
              "not older than " + floors.floor(use.channel()).orElseThrow(),
              use.number().map(number -> number + " of ").orElse("one of ") + use.issued(),
              PROTOCOL));
    }
    return current && !rolledBack;
  }
}
