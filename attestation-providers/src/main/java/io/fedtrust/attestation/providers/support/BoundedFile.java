// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files without ever holding more of them than a bound. */
public final class BoundedFile {
  private BoundedFile() {}

  /**
   * Reads a file to its end, whatever its stated size is.
   *
   * @throws IOException if it cannot be read or holds more than so many bytes
   */
  public static byte[] read(Path file, int maxBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new IOException("expected at most " + maxBytes + " bytes, was more");
      }
      return bytes;
    }
  }
}
