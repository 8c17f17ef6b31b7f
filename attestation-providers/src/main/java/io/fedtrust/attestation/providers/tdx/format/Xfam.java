// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

/**
 * Extended features that a TD may use, in the layout of XCR0 and IA32_XSS (Intel TDX Module Base
 * Architecture Specification, XFAM).
 *
 * @param bits all 64
 */
public record Xfam(long bits) {
  /** x87 and SSE: no TD is without them. */
  private static final long FIXED_1 = 0x3;

  private static final long KNOWN = 0x6DBE7;

  /**
   * Tells whether a bit is set, or clear, that no TDX module known to this release would have so.
   *
   * @return true if any is
   */
  public boolean hasReservedBits() {
    return (bits & ~KNOWN) != 0 || (bits & FIXED_1) != FIXED_1;
  }
}
