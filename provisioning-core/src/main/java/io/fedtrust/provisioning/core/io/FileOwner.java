// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The user a file belongs to.
 *
 * @param uid number of the user; 0 is root
 */
public record FileOwner(int uid) {
  private static final Path PROCESS = Path.of("/proc/self");

  /** Returns the owner of a file, or of what its last link leads to if links are followed. */
  public static FileOwner of(Path file, LinkOption... options) throws IOException {
    return new FileOwner((int) Files.getAttribute(file, "unix:uid", options));
  }

  /** Returns the effective user of this process: what it creates is theirs. */
  public static FileOwner ofProcess() throws IOException {
    if (Files.isDirectory(PROCESS)) {
      return of(PROCESS);
    }
    Path probe = Files.createTempFile("fedtrust", null);
    try {
      return of(probe);
    } finally {
      Files.delete(probe);
    }
  }

  /** Tells whether the file is the effective user's own or root's, who can do anything anyway. */
  public boolean isTrusted() throws IOException {
    return uid == 0 || equals(ofProcess());
  }
}
