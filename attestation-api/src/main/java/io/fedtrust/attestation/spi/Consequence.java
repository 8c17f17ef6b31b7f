// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import java.util.Locale;

/** What follows when a site that was admitted is no longer trusted. */
public enum Consequence {
  /** It is left out until it proves itself again. */
  QUARANTINE_SITE,
  /** The jobs that it takes part in are stopped as well. */
  STOP_JOBS,
  /** This process ends its part in the federation. */
  SHUT_DOWN;

  /**
   * Returns the name in configurations.
   *
   * @return for example {@code quarantine site}
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
