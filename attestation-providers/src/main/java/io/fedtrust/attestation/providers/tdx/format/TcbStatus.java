// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import java.util.Arrays;
import java.util.Optional;

/**
 * The status of a platform's TCB, as Intel publishes it (Intel PCS API version 4, TCB Info; Intel
 * QVL).
 */
public enum TcbStatus {
  /** The platform is up to date. */
  UP_TO_DATE("UpToDate"),
  /** Software must mitigate what firmware does not. */
  SW_HARDENING_NEEDED("SWHardeningNeeded"),
  /** The platform's configuration must be changed. */
  CONFIGURATION_NEEDED("ConfigurationNeeded"),
  /** Both. */
  CONFIGURATION_AND_SW_HARDENING_NEEDED("ConfigurationAndSWHardeningNeeded"),
  /** Updates are missing. */
  OUT_OF_DATE("OutOfDate"),
  /** Updates are missing, and the configuration must be changed. */
  OUT_OF_DATE_CONFIGURATION_NEEDED("OutOfDateConfigurationNeeded"),
  /** The platform is updated, the TD runs on what was there before: start it again. */
  TD_RELAUNCH_ADVISED("TDRelaunchAdvised"),
  /** As before, and the configuration must be changed. */
  TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED("TDRelaunchAdvisedConfigurationNeeded"),
  /** Not to be trusted any more. */
  REVOKED("Revoked");

  private final String text;

  TcbStatus(String text) {
    this.text = text;
  }

  /**
   * Returns the name that Intel writes.
   *
   * @return for example {@code UpToDate}
   */
  public String text() {
    return text;
  }

  /**
   * Finds a status that Intel publishes.
   *
   * @param text compared exactly
   * @return the status; empty for an unknown name, and for those that only an evaluation gives
   */
  public static Optional<TcbStatus> published(String text) {
    return Arrays.stream(values())
        .filter(status -> !status.isRelaunchAdvised() && status.text.equals(text))
        .findFirst();
  }

  /** {@return whether the platform's owner must change its configuration} */
  public boolean isConfigurationNeeded() {
    return switch (this) {
      case CONFIGURATION_NEEDED,
          CONFIGURATION_AND_SW_HARDENING_NEEDED,
          OUT_OF_DATE_CONFIGURATION_NEEDED,
          TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED ->
          true;
      default -> false;
    };
  }

  private boolean isRelaunchAdvised() {
    return this == TD_RELAUNCH_ADVISED || this == TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
  }

  /**
   * Combines this status with that of a part: the TDX module or the quoting enclave.
   *
   * @param part UpToDate, OutOfDate or Revoked
   * @return the status of both
   */
  public TcbStatus converge(TcbStatus part) {
    if (part == REVOKED) {
      return REVOKED;
    }
    if (part != OUT_OF_DATE) {
      return this;
    }
    return switch (this) {
      case UP_TO_DATE, SW_HARDENING_NEEDED -> OUT_OF_DATE;
      case CONFIGURATION_NEEDED, CONFIGURATION_AND_SW_HARDENING_NEEDED ->
          OUT_OF_DATE_CONFIGURATION_NEEDED;
      default -> this;
    };
  }

  /**
   * {@return the status that remains after all updates are installed; a grace period covers only
   * updates}
   */
  public TcbStatus updated() {
    return switch (this) {
      case OUT_OF_DATE, TD_RELAUNCH_ADVISED -> UP_TO_DATE;
      case OUT_OF_DATE_CONFIGURATION_NEEDED, TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED ->
          CONFIGURATION_NEEDED;
      default -> this;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
