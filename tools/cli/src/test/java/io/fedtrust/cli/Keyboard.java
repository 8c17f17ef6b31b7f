// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A terminal's input: some of it is there already, the rest comes when it is read. */
public final class Keyboard extends InputStream {
  private final byte[] typed;
  private final int ahead;
  private int at;

  public Keyboard(String ahead, String later) {
    this.typed = (ahead + later).getBytes(StandardCharsets.UTF_8);
    this.ahead = ahead.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public int available() {
    return Math.max(0, ahead - at);
  }

  @Override
  public int read() {
    return at < typed.length ? typed[at++] : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    if (at == typed.length) {
      return -1;
    }
    int count = Math.min(length, typed.length - at);
    System.arraycopy(typed, at, buffer, offset, count);
    at += count;
    return count;
  }
}
