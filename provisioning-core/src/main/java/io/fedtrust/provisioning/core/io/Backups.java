// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Backup folders {@code .bak/<UTC>-<n>/}: owner-only, never reused. */
public final class Backups {
  private static final int MAX_PER_SECOND = 10_000;

  private Backups() {}

  /** Creates a new backup folder in {@code parent}. */
  public static Path newFolder(FileOutput output, Path parent, Instant now) throws IOException {
    Path all = parent.resolve(".bak");
    output.createFolders(all, FileMode.OWNER_FOLDER);
    requireOwn(all);
    for (int n = 0; n < MAX_PER_SECOND; n++) {
      Path folder = all.resolve(stamp(now) + "-" + n);
      try {
        output.createNewFolder(folder, FileMode.OWNER_FOLDER);
        return folder;
      } catch (FileAlreadyExistsException e) {
        // Taken by an earlier backup of this second: try the next number.
      }
    }
    throw new IOException("too many backups in " + all);
  }

  /** Old private keys go there: not through a link, and not where others can look or write. */
  private static void requireOwn(Path folder) throws IOException {
    FileStatus status = FileStatus.of(folder);
    if (!status.isFolder() || !EffectiveUser.owns(status) || status.isWritableByOthers()) {
      throw new FileSystemException(
          folder.toString(),
          null,
          "the backup folder is a link, belongs to another user, or other users can write to it");
    }
  }

  /** {@code YYYYMMDDTHHMMSS}, UTC. */
  private static String stamp(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString().replaceAll("[-:Z]", "");
  }

  /** Creates a backup folder beside a file and returns the file's name in it. */
  static Path beside(FileOutput output, Path file, Instant now) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path folder = newFolder(output, absolute.getParent(), now);
    return folder.resolve(absolute.getFileName());
  }
}
