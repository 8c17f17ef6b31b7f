// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.encoding;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code LP(x)}: four bytes of length, big-endian, then the bytes
 * (docs/protocol/README.md#notation).
 */
public final class LengthPrefixed {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

  public LengthPrefixed add(byte[] item) {
    bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(item.length).array());
    bytes.writeBytes(item);
    return this;
  }

  public LengthPrefixed add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Absent is the prefix of nothing. */
  public LengthPrefixed add(Optional<byte[]> item) {
    return add(item.orElseGet(() -> new byte[0]));
  }

  public LengthPrefixed addText(Optional<String> text) {
    return add(text.orElse(""));
  }

  public LengthPrefixed addInt(long value) {
    return add(ByteBuffer.allocate(Integer.BYTES).putInt(Math.toIntExact(value)).array());
  }

  public LengthPrefixed addLong(long value) {
    return add(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }

  public byte[] bytes() {
    return bytes.toByteArray();
  }
}
