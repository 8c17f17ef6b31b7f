// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import java.util.Locale;

/**
 * The guest policy, bit by bit (AMD 56860, GUEST_POLICY).
 *
 * @param bits all 64
 */
public record GuestPolicy(long bits) {
  private static final int RESERVED_ONE = 17;
  private static final int FIRST_RESERVED = 26;

  /** {@return the major part of the minimum ABI version of the firmware} */
  public int abiMajor() {
    return (int) (bits >>> 8 & 0xFF);
  }

  /** {@return the minor part of the minimum ABI version of the firmware} */
  public int abiMinor() {
    return (int) (bits & 0xFF);
  }

  /** {@return whether the host may enable SMT (bit 16)} */
  public boolean isSmtAllowed() {
    return bit(16);
  }

  /** {@return whether a migration agent may be associated (bit 18)} */
  public boolean isMigrationAllowed() {
    return bit(18);
  }

  /**
   * {@return whether the host may debug the guest, whose memory is then not confidential (bit 19)}
   */
  public boolean isDebugAllowed() {
    return bit(19);
  }

  /** {@return whether the guest may run on one socket only (bit 20)} */
  public boolean isSingleSocketRequired() {
    return bit(20);
  }

  /** {@return whether CXL devices may be populated (bit 21)} */
  public boolean isCxlAllowed() {
    return bit(21);
  }

  /** {@return whether memory must be encrypted with AES-256-XTS (bit 22)} */
  public boolean isAes256XtsRequired() {
    return bit(22);
  }

  /** {@return whether the running average power limit must be disabled (bit 23)} */
  public boolean isRaplDisableRequired() {
    return bit(23);
  }

  /** {@return whether ciphertext hiding for DRAM must be on (bit 24)} */
  public boolean isCiphertextHidingRequired() {
    return bit(24);
  }

  /** {@return whether moving and swapping of pages is off for this guest (bit 25)} */
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

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "0x%016x (ABI %d.%d, debug %s)",
        bits,
        abiMajor(),
        abiMinor(),
        isDebugAllowed());
  }
}
