// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import java.util.Locale;

/** What the server does about a job with a client that it does not trust. */
public enum UntrustedClientPolicy {
  /** The job waits. */
  BLOCK,
  /** The job runs without it. */
  EXCLUDE;

  /** {@return the name in configurations: {@code block} or {@code exclude}} */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
