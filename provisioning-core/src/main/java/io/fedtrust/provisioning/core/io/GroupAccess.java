// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;

/**
 * Files that the members of a group share: mode 0660, and the group of the folder that they are in.
 * A program may give its own files to every group that its user belongs to.
 */
public final class GroupAccess {
  private static final int SHARED = 0660;

  private GroupAccess() {}

  /** Tells whether every member of the folder's group, and no one else, can use a file. */
  public static boolean isShared(Path file, FileStatus status) throws IOException {
    return status.permissions() == SHARED && status.gid() == folder(file).gid();
  }

  /**
   * Shares a file of this user with the folder's group. Leaves alone what belongs to others, and
   * what the system does not let this user give away.
   */
  public static void share(Path file) throws IOException {
    FileStatus status = FileStatus.of(file);
    if (!isOwnFile(status) || isShared(file, status)) {
      return;
    }
    long group = folder(file).gid();
    if (status.gid() != group) {
      try {
        Files.setAttribute(file, "unix:gid", (int) group, LinkOption.NOFOLLOW_LINKS);
      } catch (IOException e) {
        return; // Not a member: the former group must not get rights.
      }
    }
    chmod(file, status, FileMode.GROUP_FILE);
  }

  /** Takes the rights of all others to a file of this user, in a folder that is not shared. */
  public static void withdraw(Path file) throws IOException {
    FileStatus status = FileStatus.of(file);
    if (isOwnFile(status) && status.isWritableByOthers() && !folder(file).isWritableByOthers()) {
      chmod(file, status, FileMode.OWNER_FILE);
    }
  }

  private static void chmod(Path file, FileStatus before, FileMode mode) throws IOException {
    FileStatus now = FileStatus.of(file);
    if (now.isSameFile(before) && isOwnFile(now)) {
      Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(mode.permissions());
    }
  }

  private static boolean isOwnFile(FileStatus status) {
    return status.isRegularFile() && status.links() == 1 && EffectiveUser.owns(status);
  }

  private static FileStatus folder(Path file) throws IOException {
    return FileStatus.of(file.toAbsolutePath().getParent());
  }
}
