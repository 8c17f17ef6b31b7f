// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Arrays;
import java.util.HexFormat;

/** Bytes in a record: they compare by content and cannot change. */
public final class Bytes {
  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /**
   * Takes bytes.
   *
   * @param bytes copied
   * @return the same content
   */
  public static Bytes of(byte[] bytes) {
    return new Bytes(bytes.clone());
  }

  /**
   * Returns the bytes.
   *
   * @return a fresh array
   */
  public byte[] bytes() {
    return content.clone();
  }

  /**
   * Returns how many bytes these are.
   *
   * @return the length
   */
  public int size() {
    return content.length;
  }

  /**
   * Returns the SHA-256 of the bytes.
   *
   * @return 32 bytes
   */
  public Bytes sha256() {
    return new Bytes(Hashes.sha256(content));
  }

  /**
   * Returns the bytes as text.
   *
   * @return two lower-case digits a byte
   */
  public String hex() {
    return HexFormat.of().formatHex(content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return hex();
  }
}
