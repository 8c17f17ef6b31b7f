// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import io.fedtrust.attestation.encoding.Hashes;
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

  /** {@return the bytes, in a fresh array} */
  public byte[] bytes() {
    return content.clone();
  }

  /** {@return the number of bytes} */
  public int size() {
    return content.length;
  }

  /** {@return the SHA-256 of the bytes: 32 bytes} */
  public Bytes sha256() {
    return new Bytes(Hashes.sha256(content));
  }

  /** {@return the bytes as hex, two lower-case digits for each byte} */
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
