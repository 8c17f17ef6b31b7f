// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.collateral;

/** Which of Intel's judgements on platforms is asked for (Intel PCS API version 4, update). */
public enum UpdateChannel {
  /** What holds after Intel's grace period for updates. The default. */
  STANDARD("standard"),
  /** What holds at once. */
  EARLY("early");

  private final String text;

  UpdateChannel(String text) {
    this.text = text;
  }

  /**
   * Returns the name that Intel's service takes.
   *
   * @return {@code standard} or {@code early}
   */
  public String text() {
    return text;
  }
}
