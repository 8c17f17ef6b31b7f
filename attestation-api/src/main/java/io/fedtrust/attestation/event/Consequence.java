// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.event;

import java.util.Locale;

/** The consequence for an admitted site that is no longer trusted. */
public enum Consequence {
  /** The site is excluded until it is trusted again. */
  QUARANTINE_SITE,
  /** The jobs that it takes part in are also stopped. */
  STOP_JOBS,
  /** This process leaves the federation. */
  SHUT_DOWN;

  /** {@return the name in configurations, for example {@code quarantine site}} */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
