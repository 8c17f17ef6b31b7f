// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.HexFormat;

/**
 * Bytes in a record: they compare by content and cannot change.
 *
 * @param hex two lower-case digits a byte
 */
public record Bytes(String hex) {
  /**
   * Takes bytes.
   *
   * @param bytes not kept
   * @return the same content
   */
  public static Bytes of(byte[] bytes) {
    return new Bytes(HexFormat.of().formatHex(bytes));
  }

  /**
   * Returns the bytes.
   *
   * @return a fresh array
   */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }
}
