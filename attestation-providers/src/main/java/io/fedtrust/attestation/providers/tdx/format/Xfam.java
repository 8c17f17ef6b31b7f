// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import java.util.Locale;

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

  /** {@return whether a bit has a value that no known TDX module sets} */
  public boolean hasReservedBits() {
    return (bits & ~KNOWN) != 0 || (bits & FIXED_1) != FIXED_1;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "0x%016x", bits);
  }
}
