// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

/**
 * The guest policy, bit by bit (SEV-SNP Firmware ABI, table GUEST_POLICY).
 *
 * @param bits all 64
 */
public record GuestPolicy(long bits) {
  private static final int RESERVED_ONE = 17;
  private static final int FIRST_RESERVED = 26;

  /**
   * Returns the least ABI version of the firmware.
   *
   * @return major part
   */
  public int abiMajor() {
    return (int) (bits >>> 8 & 0xFF);
  }

  /**
   * Returns the least ABI version of the firmware.
   *
   * @return minor part
   */
  public int abiMinor() {
    return (int) (bits & 0xFF);
  }

  /**
   * Tells whether the host may have SMT switched on.
   *
   * @return bit 16
   */
  public boolean isSmtAllowed() {
    return bit(16);
  }

  /**
   * Tells whether a migration agent may be associated.
   *
   * @return bit 18
   */
  public boolean isMigrationAllowed() {
    return bit(18);
  }

  /**
   * Tells whether the host may debug the guest: its memory is then not confidential.
   *
   * @return bit 19
   */
  public boolean isDebugAllowed() {
    return bit(19);
  }

  /**
   * Tells whether the guest may run on one socket only.
   *
   * @return bit 20
   */
  public boolean isSingleSocketRequired() {
    return bit(20);
  }

  /**
   * Tells whether CXL devices may be populated.
   *
   * @return bit 21
   */
  public boolean isCxlAllowed() {
    return bit(21);
  }

  /**
   * Tells whether memory must be encrypted with AES-256-XTS.
   *
   * @return bit 22
   */
  public boolean isAes256XtsRequired() {
    return bit(22);
  }

  /**
   * Tells whether running average power limit must be off.
   *
   * @return bit 23
   */
  public boolean isRaplDisableRequired() {
    return bit(23);
  }

  /**
   * Tells whether ciphertext hiding for DRAM must be on.
   *
   * @return bit 24
   */
  public boolean isCiphertextHidingRequired() {
    return bit(24);
  }

  /**
   * Tells whether moving and swapping of pages is off for this guest.
   *
   * @return bit 25
   */
  public boolean isPageSwapDisabled() {
    return bit(25);
  }

  boolean isWellFormed() {
    return bit(RESERVED_ONE);
  }

  boolean hasReservedBits() {
    return bits >>> FIRST_RESERVED != 0;
  }

  private boolean bit(int number) {
    return (bits >>> number & 1) == 1;
  }
}
