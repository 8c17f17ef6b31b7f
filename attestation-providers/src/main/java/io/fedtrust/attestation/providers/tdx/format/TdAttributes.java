// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.Claims;
import java.util.Locale;

/**
 * Attributes of a TD, bit by bit (Intel TDX Module Base Architecture Specification, ATTRIBUTES).
 *
 * @param bits all 64
 */
public record TdAttributes(long bits) {
  private static final int DEBUG = 0;
  private static final int SEPT_VE_DISABLE = 28;
  private static final int MIGRATABLE = 29;
  private static final int PKS = 30;
  private static final int KEY_LOCKER = 31;
  private static final int PERFMON = 63;
  private static final long KNOWN =
      1L << DEBUG
          | 1L << SEPT_VE_DISABLE
          | 1L << MIGRATABLE
          | 1L << PKS
          | 1L << KEY_LOCKER
          | 1L << PERFMON;

  /** {@return whether the host may debug the TD, whose memory is then not confidential (bit 0)} */
  public boolean isDebugAllowed() {
    return bit(DEBUG);
  }

  /** {@return whether accesses to pages that are not present raise no #VE in the guest (bit 28)} */
  public boolean isSeptVeDisabled() {
    return bit(SEPT_VE_DISABLE);
  }

  /** {@return whether the TD may be migrated (bit 29)} */
  public boolean isMigratable() {
    return bit(MIGRATABLE);
  }

  /** {@return whether the TD may use supervisor protection keys (bit 30)} */
  public boolean isPksAllowed() {
    return bit(PKS);
  }

  /** {@return whether the TD may use Key Locker (bit 31)} */
  public boolean isKeyLockerAllowed() {
    return bit(KEY_LOCKER);
  }

  /** {@return whether the TD may use performance monitoring (bit 63)} */
  public boolean isPerfmonAllowed() {
    return bit(PERFMON);
  }

  /**
   * {@return whether an unknown bit is set, including the group of bits that makes a TD untrusted}
   */
  public boolean hasReservedBits() {
    return (bits & ~KNOWN) != 0;
  }

  /**
   * Adds a claim for each bit, with the names that policies use.
   *
   * @param claims takes them
   */
  public void claim(Claims.Builder claims) {
    claims.put(TdxClaimNames.DEBUG, new Flag(isDebugAllowed()));
    claims.put(TdxClaimNames.SEPT_VE_DISABLE, new Flag(isSeptVeDisabled()));
    claims.put(TdxClaimNames.MIGRATABLE, new Flag(isMigratable()));
    claims.put(TdxClaimNames.PKS, new Flag(isPksAllowed()));
    claims.put(TdxClaimNames.KEY_LOCKER, new Flag(isKeyLockerAllowed()));
    claims.put(TdxClaimNames.PERFMON, new Flag(isPerfmonAllowed()));
  }

  private boolean bit(int number) {
    return (bits >>> number & 1) == 1;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "0x%016x (debug %s)", bits, isDebugAllowed());
  }
}
