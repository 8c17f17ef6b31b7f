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
public record FileOwner(long uid) {
  /** Returns the owner of a file, or of what its last link leads to if links are followed. */
  public static FileOwner of(Path file, LinkOption... options) throws IOException {
    return new FileOwner(((Number) Files.getAttribute(file, "unix:uid", options)).longValue());
  }

  /** Tells whether the file is the effective user's own or root's, who can do anything anyway. */
  public boolean isTrusted() {
    return uid == 0 || EffectiveUser.uid().stream().anyMatch(self -> self == uid);
  }
}
