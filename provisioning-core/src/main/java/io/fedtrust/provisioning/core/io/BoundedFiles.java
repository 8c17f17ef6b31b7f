// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;

/** Reads files that came from elsewhere: never through a final symbolic link, never too much. */
public final class BoundedFiles {
  /** The largest document: YAML, JSON, PEM, CSR. */
  public static final int DOCUMENT_BYTES = 128 * 1024;

  /** The largest archive. */
  public static final int ARCHIVE_BYTES = 1024 * 1024;

  private BoundedFiles() {}

  /**
   * Reads a regular file.
   *
   * @throws TooLargeException if it holds more than {@code limit} bytes
   * @throws IOException if it cannot be read, or is a symbolic link
   */
  public static byte[] read(Path file, int limit) throws IOException {
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(file.toString(), null, "file not found");
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(file.toString(), null, "not a regular file");
    }
    try (SeekableByteChannel in =
        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      if (in.size() > limit) {
        throw new TooLargeException(file, limit);
      }
      // One byte more than the size seen, so that a file that grows meanwhile is noticed.
      ByteBuffer buffer = ByteBuffer.allocate((int) in.size() + 1);
      while (buffer.hasRemaining() && in.read(buffer) >= 0) {
        if (buffer.position() > limit) {
          throw new TooLargeException(file, limit);
        }
      }
      if (!buffer.hasRemaining()) {
        throw new FileSystemException(file.toString(), null, "changed while it was read");
      }
      return Arrays.copyOf(buffer.array(), buffer.position());
    }
  }

  /** Tells whether a regular file can be read and has exactly this content. */
  public static boolean holds(Path file, byte[] content) {
    try {
      return Arrays.equals(read(file, content.length), content);
    } catch (IOException e) {
      return false;
    }
  }

  /** A file is larger than its limit. */
  public static final class TooLargeException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    TooLargeException(Path file, int limit) {
      super(file.toString(), null, "larger than " + limit + " bytes");
    }
  }
}
