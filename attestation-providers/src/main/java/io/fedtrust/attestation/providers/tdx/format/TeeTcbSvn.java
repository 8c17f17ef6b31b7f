// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.providers.codec.ByteReader;
import java.util.Arrays;
import java.util.HexFormat;

/** Sixteen security versions of one byte each, compared one by one and never as a number. */
public final class TeeTcbSvn {
  /** Number of components. */
  public static final int COMPONENTS = 16;

  private final ByteReader svns;

  TeeTcbSvn(byte[] bytes) {
    this.svns = new ByteReader(Arrays.copyOf(bytes, COMPONENTS));
  }

  /**
   * Returns a component.
   *
   * @param index 0 to 15
   * @return 0 to 255
   */
  public int svn(int index) {
    return svns.u8(index);
  }

  /** {@return the TDX module's security version, component 0} */
  public int moduleSvn() {
    return svn(0);
  }

  /**
   * {@return the TDX module's major version, component 1; 0 for modules that Intel's TCB Info
   * describes without an identity}
   */
  public int moduleVersion() {
    return svn(1);
  }

  /** {@return whether a component without a meaning (index 3 or higher) is not zero} */
  public boolean hasReservedComponents() {
    return !svns.isZero(3, COMPONENTS - 3);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(svns.bytes(0, COMPONENTS));
  }
}
