// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The SHA-256 of what is staged: of a file its content; of a folder the sorted list of everything
 * below it, a line each with permissions, path and, of a file, the SHA-256 of its content.
 */
final class StagedDigest {
  private static final int MAX_ENTRIES = 2_000;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_FILE_BYTES = 16 * 1024 * 1024;

  private StagedDigest() {}

  /**
   * Computes the digest without following a link.
   *
   * @throws IOException if it, or anything below it, is a link or special file, has a second name,
   *     belongs to another user, or can be written by another user
   */
  static String of(Path staged) throws IOException {
    FileStatus status = FileStatus.of(staged);
    requireOwn(staged, status);
    return status.isFolder() ? ofFolder(staged) : ofFile(staged);
  }

  private static String ofFolder(Path folder) throws IOException {
    StringBuilder list = new StringBuilder();
    for (Path path : entries(folder)) {
      FileStatus status = FileStatus.of(path);
      requireOwn(path, status);
      list.append(Integer.toOctalString(status.permissions()))
          .append(' ')
          .append(status.isFolder() ? "folder" : ofFile(path))
          .append(' ')
          .append(folder.relativize(path))
          .append('\0');
    }
    return Sha256.hex(list.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder, MAX_DEPTH)) {
      List<Path> entries = walk.limit(MAX_ENTRIES + 1L).sorted().toList();
      if (entries.size() > MAX_ENTRIES) {
        throw new FileSystemException(folder.toString(), null, "too many files");
      }
      return entries;
    }
  }

  private static String ofFile(Path file) throws IOException {
    return Sha256.hex(BoundedFiles.read(file, MAX_FILE_BYTES));
  }

  private static void requireOwn(Path path, FileStatus status) throws IOException {
    boolean plain = status.isFolder() || (status.isRegularFile() && status.links() == 1);
    if (!plain || !EffectiveUser.owns(status) || status.isWritableByOthers()) {
      throw new FileSystemException(
          path.toString(), null, "not a file that only this account can write to");
    }
  }
}
