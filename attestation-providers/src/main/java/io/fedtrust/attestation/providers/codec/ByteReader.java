// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/** Reads little-endian fields at fixed offsets; nothing outside the bytes is ever read. */
public final class ByteReader {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;

  /** Reads these bytes; they are not copied and must not change. */
  public ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Returns an unsigned byte. */
  public int u8(int offset) {
    return Byte.toUnsignedInt(bytes[Objects.checkIndex(offset, bytes.length)]);
  }

  /** Returns an unsigned number of two bytes. */
  public int u16(int offset) {
    return u8(offset) | u8(offset + 1) << Byte.SIZE;
  }

  /** Returns an unsigned number of four bytes. */
  public long u32(int offset) {
    return Integer.toUnsignedLong((int) INT.get(bytes, offset));
  }

  /** Returns eight bytes, to be taken as unsigned. */
  public long u64(int offset) {
    return (long) LONG.get(bytes, offset);
  }

  /** Returns a copy of a range. */
  public byte[] bytes(int offset, int size) {
    Objects.checkFromIndexSize(offset, size, bytes.length);
    return Arrays.copyOfRange(bytes, offset, offset + size);
  }

  /** Tells whether a range is all zero. */
  public boolean isZero(int offset, int size) {
    Objects.checkFromIndexSize(offset, size, bytes.length);
    int any = 0;
    for (int i = offset; i < offset + size; i++) {
      any |= bytes[i];
    }
    return any == 0;
  }
}
