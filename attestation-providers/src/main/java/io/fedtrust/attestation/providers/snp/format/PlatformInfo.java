// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

/**
 * What the platform has switched on (SEV-SNP Firmware ABI, PLATFORM_INFO). Genuine firmware sets
 * bits that no document names, so unknown ones are shown and never judged.
 *
 * @param bits all 64
 */
public record PlatformInfo(long bits) {
  /**
   * Tells whether SMT is on.
   *
   * @return bit 0
   */
  public boolean isSmtEnabled() {
    return bit(0);
  }

  /**
   * Tells whether transparent memory encryption is on.
   *
   * @return bit 1
   */
  public boolean isTsmeEnabled() {
    return bit(1);
  }

  /**
   * Tells whether memory has error correction.
   *
   * @return bit 2
   */
  public boolean isEccEnabled() {
    return bit(2);
  }

  /**
   * Tells whether running average power limit is off.
   *
   * @return bit 3
   */
  public boolean isRaplDisabled() {
    return bit(3);
  }

  /**
   * Tells whether ciphertext hiding for DRAM is on.
   *
   * @return bit 4
   */
  public boolean isCiphertextHidingEnabled() {
    return bit(4);
  }

  /**
   * Tells whether memory aliases were looked for since the last reset.
   *
   * @return bit 5
   */
  public boolean isAliasCheckComplete() {
    return bit(5);
  }

  /**
   * Tells whether trusted I/O is on.
   *
   * @return bit 7
   */
  public boolean isTioEnabled() {
    return bit(7);
  }

  private boolean bit(int number) {
    return (bits >>> number & 1) == 1;
  }
}
