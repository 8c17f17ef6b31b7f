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

  /**
   * Returns the TDX module's security version.
   *
   * @return component 0
   */
  public int moduleSvn() {
    return svn(0);
  }

  /**
   * Returns the TDX module's major version.
   *
   * @return component 1; 0 for modules that Intel's TCB Info describes without an identity
   */
  public int moduleVersion() {
    return svn(1);
  }

  /**
   * Tells whether a component is set that Intel has not given a meaning.
   *
   * @return true if any from index 3 on is not zero
   */
  public boolean hasReservedComponents() {
    return !svns.isZero(3, COMPONENTS - 3);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(svns.bytes(0, COMPONENTS));
  }
}
