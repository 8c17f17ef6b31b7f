// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.EffectiveUser;
import io.fedtrust.provisioning.core.io.FileOwner;
import io.fedtrust.provisioning.core.io.FileStatus;
import io.fedtrust.provisioning.core.io.GroupAccess;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who may own, read and change the files of a CA: the effective user or root, and a group only
 * where the caller allows it.
 */
final class CaPermissions {
  private static final int OTHERS = 0007;
  private static final int OTHERS_WRITE = 0002;
  private static final int GROUP = 0070;
  private static final int GROUP_WRITE = 0020;
  private static final int ALL = 07777;

  private final boolean allowGroup;
  private final boolean hasOption;
  private final EngineContext host;

  private CaPermissions(boolean allowGroup, boolean hasOption, EngineContext host) {
    this.allowGroup = allowGroup;
    this.hasOption = hasOption;
    this.host = host;
  }

  /** Rules of a CA that is used, whose caller can allow the group. */
  static CaPermissions ofExisting(boolean allowGroup, EngineContext host) {
    return new CaPermissions(allowGroup, true, host);
  }

  /** Rules of a CA that is made, for its owner alone. */
  static CaPermissions ofNew(EngineContext host) {
    return new CaPermissions(false, false, host);
  }

  /** Refuses a folder that other users can write to; if they can only read it, warns. */
  void requireFolder(Path folder) throws IOException {
    requireOwner(folder);
    int mode = mode(folder);
    int denied = OTHERS_WRITE | (allowGroup ? 0 : GROUP_WRITE);
    if ((mode & denied) != 0) {
      throw refuse(ErrorCode.CA_PERMISSIONS, folder.toString())
          .problem("other users can write to this folder, which has mode " + text(mode))
          .hint(change((mode & OTHERS_WRITE) == 0, allowGroup ? "o-w" : "go-w", folder))
          .build();
    }
    int unusual = OTHERS | (allowGroup ? 0 : GROUP);
    if ((mode & unusual) != 0) {
      host.warn(
          "other users can look into the CA folder "
              + folder
              + " (mode "
              + text(mode)
              + "); to prevent it: chmod "
              + (allowGroup ? "o-rwx " : "700 ")
              + folder);
    }
  }

  /** Refuses a document that another user owns or can write to; there may be none. */
  void requireDocument(Path file) throws IOException {
    Optional<FileStatus> found = find(file);
    if (found.isPresent()) {
      requireOwner(file);
      requireNotWritable(file, found.get());
    }
  }

  private void requireNotWritable(Path file, FileStatus status) {
    int denied = OTHERS_WRITE | (allowGroup ? 0 : GROUP_WRITE);
    if ((status.permissions() & denied) != 0) {
      throw refuse(ErrorCode.CA_PERMISSIONS, file.toString())
          .problem(
              "other users can write to this file, which has mode " + text(status.permissions()))
          .hint(
              change((status.permissions() & OTHERS_WRITE) == 0, allowGroup ? "o-w" : "go-w", file))
          .build();
    }
  }

  /** Refuses a ledger that others can write to, or that this user cannot use; may be missing. */
  void requireLedger(Path file) throws IOException {
    requireLock(file);
    Optional<FileStatus> found = find(file);
    if (found.isPresent()) {
      requireNotWritable(file, found.get());
    }
  }

  /** Refuses a lock file of another user that is not the group's; there may be none. */
  void requireLock(Path file) throws IOException {
    Optional<FileStatus> found = find(file);
    if (found.isEmpty() || EffectiveUser.owns(found.get())) {
      return;
    }
    if (!allowGroup) {
      throw foreign(file, new FileOwner(found.get().uid()));
    }
    if (!GroupAccess.isShared(file, found.get())) {
      throw notShared(file, found.get());
    }
  }

  /** Makes the refusal for a file that its owner has not yet shared with the folder's group. */
  static ProvisioningException notShared(Path file, FileStatus status) throws IOException {
    long group = FileStatus.of(file.toAbsolutePath().getParent()).gid();
    return refuse(ErrorCode.CA_PERMISSIONS, file.toString())
        .expected("mode 0660 and group " + group + ", as its folder")
        .actual("mode " + text(status.permissions()) + " and group " + status.gid())
        .hint(
            "As user "
                + status.uid()
                + " or root, run: chgrp "
                + group
                + " "
                + file
                + " && chmod 0660 "
                + file)
        .build();
  }

  /** What is not a regular file is refused where it is read. */
  private static Optional<FileStatus> find(Path file) throws IOException {
    return FileStatus.find(file).filter(FileStatus::isRegularFile);
  }

  /** Refuses a file with a secret that other users own, can read or can change. */
  void requireSecret(Path file) throws IOException {
    requireOwner(file);
    int mode = mode(file);
    int denied = OTHERS | (allowGroup ? 0 : GROUP);
    if ((mode & denied) != 0) {
      throw refuse(ErrorCode.CA_PERMISSIONS, file.toString())
          .problem("other users can read or write this file, which has mode " + text(mode))
          .hint(change((mode & OTHERS) == 0, allowGroup ? "o-rwx" : "600", file))
          .build();
    }
  }

  /** Refuses what another user but root owns, since an owner can change it at any time. */
  private static void requireOwner(Path path) throws IOException {
    FileOwner owner = FileOwner.of(path);
    if (!owner.isTrusted()) {
      throw foreign(path, owner);
    }
  }

  /** Makes the refusal for what another user owns. */
  static ProvisioningException foreign(Path path, FileOwner owner) {
    long self = EffectiveUser.uid().orElse(0);
    return refuse(ErrorCode.CA_PERMISSIONS, path.toString())
        .expected(
            "owned by user "
                + self
                + ", who runs this command"
                + (self == 0 || owner.uid() == 0 ? "" : ", or root"))
        .actual("owned by user " + owner.uid())
        .hint("Run the command as its owner, or change the owner: chown " + self + " " + path)
        .build();
  }

  private String change(boolean groupOnly, String what, Path path) {
    String command = "chmod " + what + " " + path;
    return groupOnly && hasOption
        ? "If the group may act for the CA, use --allow-group; otherwise run: " + command
        : "Run: " + command;
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode") & ALL;
  }

  private static String text(int mode) {
    return String.format("%04o", mode);
  }
}
