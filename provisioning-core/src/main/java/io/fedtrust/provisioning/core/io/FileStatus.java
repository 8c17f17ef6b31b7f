// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What {@code lstat(2)} says about a path: a symbolic link is described itself, never followed.
 *
 * @param device number of the file system
 * @param inode number of the file in its file system
 * @param mode type and permission bits
 * @param links how many names the file has
 * @param uid numeric user id of the owner
 * @param gid numeric id of the group
 * @param size in bytes
 * @param modified time of the last change of content, in nanoseconds since 1970
 * @param changed time of the last change of content, owner, mode or name, in nanoseconds since 1970
 */
public record FileStatus(
    long device,
    long inode,
    int mode,
    int links,
    long uid,
    long gid,
    long size,
    long modified,
    long changed) {
  private static final String ATTRIBUTES =
      "unix:dev,ino,mode,nlink,uid,gid,size,lastModifiedTime,ctime";
  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int REGULAR = 0100000;
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int PERMISSIONS = 0777;
  private static final int ANY_RIGHT_OF_OTHERS = 0077;

  /**
   * Reads the status of a path.
   *
   * @throws NoSuchFileException if there is nothing under this name
   */
  public static FileStatus of(Path path) throws IOException {
    Map<String, Object> found = Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    return new FileStatus(
        number(found, "dev"),
        number(found, "ino"),
        (int) number(found, "mode"),
        (int) number(found, "nlink"),
        number(found, "uid"),
        number(found, "gid"),
        number(found, "size"),
        nanos(found, "lastModifiedTime"),
        nanos(found, "ctime"));
  }

  /** Reads the status of a path; empty if there is nothing under this name. */
  public static Optional<FileStatus> find(Path path) throws IOException {
    try {
      return Optional.of(of(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Tells whether it is a folder. */
  public boolean isFolder() {
    return (mode & TYPE) == FOLDER;
  }

  /** Tells whether it is a regular file. */
  public boolean isRegularFile() {
    return (mode & TYPE) == REGULAR;
  }

  /** Tells whether group or others may write to it. */
  public boolean isWritableByOthers() {
    return (mode & WRITABLE_BY_OTHERS) != 0;
  }

  /** Tells whether only its owner has any right to it. */
  public boolean isPrivate() {
    return (mode & ANY_RIGHT_OF_OTHERS) == 0;
  }

  /** Returns the nine permission bits. */
  public int permissions() {
    return mode & PERMISSIONS;
  }

  /** Tells whether it has this file system and number, and so is the same file. */
  public boolean isSameFile(FileStatus other) {
    return device == other.device && inode == other.inode;
  }

  private static long number(Map<String, Object> found, String name) throws IOException {
    if (found.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("the file system does not report " + name);
  }

  private static long nanos(Map<String, Object> found, String name) throws IOException {
    if (found.get(name) instanceof FileTime time) {
      return time.to(TimeUnit.NANOSECONDS);
    }
    throw new IOException("the file system does not report " + name);
  }
}
