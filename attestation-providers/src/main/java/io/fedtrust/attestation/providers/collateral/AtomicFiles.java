// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are either old or new, never in between. */
final class AtomicFiles {
  private AtomicFiles() {}

  /**
   * Writes a file next to its target, syncs it, and renames it into place.
   *
   * @throws IOException if that fails; the target is then as it was
   */
  static void write(Path target, byte[] bytes) throws IOException {
    Path parent = target.toAbsolutePath().getParent();
    Path staged = Files.createTempFile(parent, ".staged-", ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(staged, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(
          staged, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(staged);
    }
  }
}
