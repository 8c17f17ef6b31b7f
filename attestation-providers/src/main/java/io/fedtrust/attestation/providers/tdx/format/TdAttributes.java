// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.Claims;

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

  /**
   * Tells whether the host may debug the TD: its memory is then not confidential.
   *
   * @return bit 0
   */
  public boolean isDebugAllowed() {
    return bit(DEBUG);
  }

  /**
   * Tells whether accesses to pages that are not there are kept from the guest's handlers.
   *
   * @return bit 28
   */
  public boolean isSeptVeDisabled() {
    return bit(SEPT_VE_DISABLE);
  }

  /**
   * Tells whether the TD may be migrated.
   *
   * @return bit 29
   */
  public boolean isMigratable() {
    return bit(MIGRATABLE);
  }

  /**
   * Tells whether the TD may use supervisor protection keys.
   *
   * @return bit 30
   */
  public boolean isPksAllowed() {
    return bit(PKS);
  }

  /**
   * Tells whether the TD may use Key Locker.
   *
   * @return bit 31
   */
  public boolean isKeyLockerAllowed() {
    return bit(KEY_LOCKER);
  }

  /**
   * Tells whether the TD may use performance monitoring.
   *
   * @return bit 63
   */
  public boolean isPerfmonAllowed() {
    return bit(PERFMON);
  }

  /**
   * Tells whether a bit is set that this release does not know.
   *
   * @return true also for the group of bits that makes a TD untrusted
   */
  public boolean hasReservedBits() {
    return (bits & ~KNOWN) != 0;
  }

  /**
   * Names each bit as policies do.
   *
   * @param claims takes them
   */
  public void claim(Claims.Builder claims) {
    claims.put("debug", new Flag(isDebugAllowed()));
    claims.put("sept-ve-disable", new Flag(isSeptVeDisabled()));
    claims.put("migratable", new Flag(isMigratable()));
    claims.put("pks", new Flag(isPksAllowed()));
    claims.put("key-locker", new Flag(isKeyLockerAllowed()));
    claims.put("perfmon", new Flag(isPerfmonAllowed()));
  }

  private boolean bit(int number) {
    return (bits >>> number & 1) == 1;
  }
}
