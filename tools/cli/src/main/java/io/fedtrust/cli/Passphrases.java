// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads a passphrase from a file: never from an option, which other users could see. */
final class Passphrases {
  private static final int MAX_BYTES = 1024;

  private Passphrases() {}

  static char[] read(Path file) {
    byte[] bytes = new byte[0];
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES);
      CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
      int end = 0;
      while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
        end++;
      }
      char[] passphrase = new char[end];
      text.get(passphrase);
      Arrays.fill(text.array(), '\0');
      if (end == 0) {
        throw new IOException("empty");
      }
      return passphrase;
    } catch (IOException e) {
      throw refuse(ErrorCode.INVALID_ARGS, "--key-passphrase-file")
          .expected("a file whose first line is the passphrase")
          .actual(e.getClass().getSimpleName())
          .build();
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
