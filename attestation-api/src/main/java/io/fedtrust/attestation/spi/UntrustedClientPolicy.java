// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import java.util.Locale;

/** What the server does about a client of a job that it does not trust. */
public enum UntrustedClientPolicy {
  /** The job waits. */
  BLOCK,
  /** The job runs without it. */
  EXCLUDE;

  /**
   * Returns the name in configurations.
   *
   * @return {@code block} or {@code exclude}
   */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
