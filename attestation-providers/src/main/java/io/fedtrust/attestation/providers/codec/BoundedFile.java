// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files without ever holding more of them than a bound. */
public final class BoundedFile {
  private BoundedFile() {}

  /**
   * Reads a file to its end, whatever its stated size is: files of the kernel state sizes that are
   * not theirs, and the JDK's own methods for whole files trust them.
   *
   * @throws IOException if it cannot be read or holds more than so many bytes
   */
  public static byte[] read(Path file, int maxBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] part = new byte[8192];
      for (int count = in.read(part); count >= 0; count = in.read(part)) {
        if (bytes.size() + count > maxBytes) {
          throw new UnreadableException("longer than " + maxBytes + " bytes");
        }
        bytes.write(part, 0, count);
      }
      return bytes.toByteArray();
    }
  }
}
