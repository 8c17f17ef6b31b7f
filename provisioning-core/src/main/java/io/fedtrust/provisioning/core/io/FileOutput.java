// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import static io.fedtrust.provisioning.core.io.FailPoint.Step;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Every step that changes the file system. Files appear under their name complete or not at all;
 * nothing existing is overwritten unless the caller says so.
 */
public final class FileOutput {
  /** In the name of every file that a crash may leave behind. */
  public static final String LEFTOVER = ".fedtrust-tmp";

  private static final int SHOWN_OF_NAME = 80;
  private static final AtomicLong COUNTER = new AtomicLong();

  private final FailPoint failPoint;
  private final Durability durability;

  /** Makes an output with these hooks. */
  public FileOutput(FailPoint failPoint, Durability durability) {
    this.failPoint = failPoint;
    this.durability = durability;
  }

  /** Returns the output of production. */
  public static FileOutput durable() {
    return new FileOutput(FailPoint.NONE, Durability.SYNC);
  }

  /**
   * Returns this output for files that may be lost in a power failure: an older version of them is
   * as good.
   */
  public FileOutput withoutSync() {
    return new FileOutput(failPoint, Durability.NO_SYNC);
  }

  /** Creates a folder and its parents with a mode; keeps the mode of existing ones. */
  public void createFolders(Path folder, FileMode mode) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      createFolders(parent, mode);
    }
    requirePosix(folder.toAbsolutePath().getParent());
    failPoint.before(Step.CREATE_FOLDER, folder);
    try {
      Files.createDirectory(folder, mode.atCreation());
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
      return;
    }
    chmod(folder, mode);
  }

  /** Creates one folder that must not exist. */
  public void createNewFolder(Path folder, FileMode mode) throws IOException {
    failPoint.before(Step.CREATE_FOLDER, folder);
    Files.createDirectory(folder, mode.atCreation());
    chmod(folder, mode);
  }

  /** Writes a new file in place: for folders that are not yet visible under their name. */
  public void writeInPlace(Path file, byte[] content, FileMode mode) throws IOException {
    requirePosix(file.toAbsolutePath().getParent());
    failPoint.before(Step.WRITE, file);
    try (FileChannel out = open(file, mode)) {
      writeFully(out, content);
    }
    chmod(file, mode);
  }

  /** Writes and syncs a new file beside {@code target}, to be put in place later. */
  public Path stage(Path target, byte[] content, FileMode mode) throws IOException {
    Path staged = stagingName(target);
    requirePosix(staged.getParent());
    try {
      failPoint.before(Step.WRITE, staged);
      try (FileChannel out = open(staged, mode)) {
        writeFully(out, content);
        chmod(staged, mode);
        sync(out, staged);
      }
      return staged;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(staged);
      throw e;
    }
  }

  /** Returns an unused name beside {@code target} that {@code cert clean} recognizes. */
  public Path stagingName(Path target) {
    Path absolute = target.toAbsolutePath();
    String unique =
        Long.toString(ProcessHandle.current().pid(), 36)
            + "-"
            + Long.toString(System.nanoTime(), 36)
            + "-"
            + COUNTER.incrementAndGet();
    return absolute.resolveSibling(stagingStart(fileName(absolute)) + "." + unique + LEFTOVER);
  }

  /** Returns how the name of a file begins that is staged for {@code target}. */
  static String stagingStart(String target) {
    return "." + (target.length() > SHOWN_OF_NAME ? target.substring(0, SHOWN_OF_NAME) : target);
  }

  /**
   * Writes a file that must not exist.
   *
   * @throws FileAlreadyExistsException if it does, whatever it is
   */
  public void writeNew(Path target, byte[] content, FileMode mode) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Path staged = stage(target, content, mode);
    try {
      publish(staged, target);
    } finally {
      Files.deleteIfExists(staged);
    }
    syncFolder(target.toAbsolutePath().getParent());
  }

  /** Gives a complete file its name, unless that name is taken: a hard link never overwrites. */
  public void publish(Path staged, Path target) throws IOException {
    failPoint.before(Step.LINK, target);
    Files.createLink(target, staged);
  }

  /** Puts a staged file over a target atomically, keeping the old one in a backup folder. */
  public void replaceBy(Path staged, Path target, Instant now) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileSystemException(target.toString(), null, "not a regular file");
      }
      Path backup = Backups.beside(this, target, now);
      failPoint.before(Step.LINK, backup);
      Files.createLink(backup, target);
      syncFolder(backup.getParent());
    }
    rename(staged, target);
    syncFolder(target.toAbsolutePath().getParent());
  }

  /** Overwrites a small private file atomically, without a backup. */
  public void overwrite(Path target, byte[] content, FileMode mode) throws IOException {
    Path staged = stage(target, content, mode);
    try {
      rename(staged, target);
    } finally {
      Files.deleteIfExists(staged);
    }
  }

  /** Renames; replaces a file, but never a folder that has entries. */
  public void rename(Path from, Path to) throws IOException {
    failPoint.before(Step.RENAME, to);
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes a file if it exists. */
  public void delete(Path file) throws IOException {
    failPoint.before(Step.DELETE, file);
    Files.deleteIfExists(file);
  }

  /** Deletes a folder that this product staged; symbolic links in it are not followed. */
  public void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      delete(path);
    }
  }

  /**
   * Appends to a file and syncs it; creates it with a mode if missing, one for a group with the
   * group of its folder.
   */
  public void append(Path file, byte[] content, FileMode mode, boolean durable) throws IOException {
    requirePosix(file.toAbsolutePath().getParent());
    boolean created = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    failPoint.before(Step.APPEND, file);
    try (FileChannel out =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS),
            (mode == FileMode.GROUP_FILE ? FileMode.OWNER_FILE : mode).atCreation())) {
      if (created && mode == FileMode.GROUP_FILE) {
        GroupAccess.share(file);
      } else if (created) {
        chmod(file, mode);
      }
      writeFully(out, content);
      if (durable) {
        sync(out, file);
      }
    }
    if (created && durable) {
      syncFolder(file.toAbsolutePath().getParent());
    }
  }

  /** Cuts a file back to a length: an append that a crash cut short. */
  public void truncate(Path file, long length) throws IOException {
    failPoint.before(Step.WRITE, file);
    try (FileChannel out =
        FileChannel.open(file, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
      out.truncate(length);
      sync(out, file);
    }
  }

  /** Makes the names in a folder survive a power failure. */
  public void syncFolder(Path folder) throws IOException {
    if (durability == Durability.SYNC) {
      failPoint.before(Step.SYNC, folder);
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  void beforeLock(Path lockFile) throws IOException {
    failPoint.before(Step.LOCK, lockFile);
  }

  private void sync(FileChannel out, Path file) throws IOException {
    if (durability == Durability.SYNC) {
      failPoint.before(Step.SYNC, file);
      out.force(true);
    }
  }

  private static FileChannel open(Path file, FileMode mode) throws IOException {
    // CREATE_NEW is O_EXCL, which does not follow a symbolic link; the mode holds from the start.
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode.atCreation());
  }

  private static void writeFully(FileChannel out, byte[] content) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  /** The umask takes bits away at creation; owner-only modes have none to lose. */
  private static void chmod(Path path, FileMode mode) throws IOException {
    if (mode != FileMode.OWNER_FILE && mode != FileMode.OWNER_FOLDER) {
      Files.setPosixFilePermissions(path, mode.permissions());
    }
  }

  private static void requirePosix(Path folder) throws IOException {
    if (Files.getFileAttributeView(folder, PosixFileAttributeView.class) == null) {
      throw new FileSystemException(
          folder.toString(), null, "the file system has no POSIX permissions to protect keys");
    }
  }

  private static String fileName(Path target) {
    Path name = target.getFileName();
    if (name == null) {
      throw new IllegalArgumentException("a root folder cannot be written");
    }
    return name.toString();
  }

  /** Removes a staged file after a refusal; a failure to do so leaves a recognizable leftover. */
  public static void discard(Path staged) {
    try {
      Files.deleteIfExists(staged);
    } catch (NoSuchFileException e) {
      // Already gone, which is what was wanted.
    } catch (IOException e) {
      // "cert clean" finds it by its name.
    }
  }
}
