// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.collateral;

/** Which of Intel's TCB evaluations is requested (Intel PCS API version 4, update). */
public enum UpdateChannel {
  /** Takes effect after Intel's grace period for updates. The default. */
  STANDARD("standard"),
  /** Takes effect immediately. */
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
