// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import java.util.Locale;

/**
 * The features that the platform has enabled (AMD 56860, PLATFORM_INFO). Genuine firmware sets bits
 * that no document names, so unknown bits are shown and never checked.
 *
 * @param bits all 64
 */
public record PlatformInfo(long bits) {
  /** {@return whether SMT is on (bit 0)} */
  public boolean isSmtEnabled() {
    return bit(0);
  }

  /** {@return whether transparent memory encryption is on (bit 1)} */
  public boolean isTsmeEnabled() {
    return bit(1);
  }

  /** {@return whether memory has error correction (bit 2)} */
  public boolean isEccEnabled() {
    return bit(2);
  }

  /** {@return whether the running average power limit is disabled (bit 3)} */
  public boolean isRaplDisabled() {
    return bit(3);
  }

  /** {@return whether ciphertext hiding for DRAM is on (bit 4)} */
  public boolean isCiphertextHidingEnabled() {
    return bit(4);
  }

  /** {@return whether the check for memory aliases was completed since the last reset (bit 5)} */
  public boolean isAliasCheckComplete() {
    return bit(5);
  }

  /** {@return whether trusted I/O is on (bit 7)} */
  public boolean isTioEnabled() {
    return bit(7);
  }

  private boolean bit(int number) {
    return (bits >>> number & 1) == 1;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "0x%016x (SMT %s)", bits, isSmtEnabled());
  }
}
