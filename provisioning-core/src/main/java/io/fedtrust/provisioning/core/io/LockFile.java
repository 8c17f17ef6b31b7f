// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock file of one folder, open once in this process. It is empty, and never written, truncated
 * or removed.
 *
 * <p>POSIX releases all locks that a process holds on a file when the process closes <em>any</em>
 * descriptor of it. So all locks of a file share one channel, which closes when none is left; no
 * other code of this process opens the file.
 */
final class LockFile {
  static final String NAME = ".fedtrust.lock";

  /** Also the monitor that guards all fields below. */
  private static final Map<Identity, LockFile> OPEN = new HashMap<>();

  /** One file, whatever its path. */
  private record Identity(long device, long inode) {
    static Identity of(FileStatus status) {
      return new Identity(status.device(), status.inode());
    }
  }

  /** One range, for the threads of this process; {@code users} is guarded by OPEN. */
  private static final class Turn {
    final ReentrantLock threads = new ReentrantLock();
    int users;
  }

  private final Identity identity;
  private final FileChannel channel;

  /** Guarded by OPEN. */
  private final Map<Long, Turn> turns = new HashMap<>();

  private LockFile(Identity identity, FileChannel channel) {
    this.identity = identity;
    this.channel = channel;
  }

  /** One range of the file, registered as in use until {@link #forget}. */
  record Range(LockFile file, long offset, Turn turn) {
    ReentrantLock threads() {
      return turn.threads;
    }

    /** Tries to get the range for this process; empty if another process has it. */
    Optional<FileLock> tryProcess() throws IOException {
      try {
        return Optional.ofNullable(file.channel.tryLock(offset, 1, false));
      } catch (OverlappingFileLockException e) {
        return Optional.empty();
      }
    }

    /** Tells whether the file is still the one under its name. */
    boolean isNamed(Path path) throws IOException {
      return FileStatus.find(path).map(Identity::of).filter(file.identity::equals).isPresent();
    }

    /** Says that this range is not used any more; its lock must be released. */
    void forget() {
      synchronized (OPEN) {
        turn.users--;
        if (turn.users == 0) {
          file.turns.remove(offset);
        }
        if (file.turns.isEmpty()) {
          OPEN.remove(file.identity);
          try {
            file.channel.close();
          } catch (IOException e) {
            // No range of it is held.
          }
        }
      }
    }
  }

  /** Opens the lock file of a folder, or joins those who have it open, for one range. */
  static Range range(Path folder, long offset, boolean sharedByGroup) throws IOException {
    Path path = folder.resolve(NAME);
    synchronized (OPEN) {
      LockFile file = file(path, sharedByGroup);
      Turn turn = file.turns.computeIfAbsent(offset, ignored -> new Turn());
      turn.users++;
      return new Range(file, offset, turn);
    }
  }

  /** Adjusts the rights to a folder's lock file, if there is one. */
  static void adjustIfPresent(Path folder, boolean sharedByGroup) throws IOException {
    synchronized (OPEN) {
      Path path = folder.resolve(NAME);
      if (FileStatus.find(path).isPresent()) {
        adjust(path, sharedByGroup);
      }
    }
  }

  private static LockFile file(Path path, boolean sharedByGroup) throws IOException {
    if (FileStatus.find(path).isEmpty()) {
      create(path);
    }
    adjust(path, sharedByGroup);
    FileStatus before = FileStatus.of(path);
    requireOwn(path, before, sharedByGroup);
    LockFile open = OPEN.get(Identity.of(before));
    if (open != null) {
      return open;
    }
    FileChannel channel =
        FileChannel.open(path, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    if (!FileStatus.find(path).filter(before::isSameFile).isPresent()) {
      channel.close();
      throw new FileSystemException(path.toString(), null, "replaced while it was opened");
    }
    LockFile file = new LockFile(Identity.of(before), channel);
    OPEN.put(file.identity, file);
    return file;
  }

  /** The new file is opened and closed here, where no thread of this process can have locked it. */
  private static void create(Path path) throws IOException {
    try {
      Files.createFile(path, FileMode.OWNER_FILE.atCreation());
    } catch (FileAlreadyExistsException e) {
      // Another process was faster.
    }
  }

  /**
   * Shares the user's own lock file, or ends that. Changing a mode opens and closes the file, so it
   * is done only where no thread of this process can have locked it.
   */
  private static void adjust(Path path, boolean sharedByGroup) throws IOException {
    if (OPEN.containsKey(Identity.of(FileStatus.of(path)))) {
      return;
    }
    if (sharedByGroup) {
      GroupAccess.share(path);
    } else {
      GroupAccess.withdraw(path);
    }
  }

  private static void requireOwn(Path path, FileStatus status, boolean sharedByGroup)
      throws IOException {
    boolean plain = status.isRegularFile() && status.links() == 1;
    boolean own = EffectiveUser.owns(status) && !status.isWritableByOthers();
    if (plain && (own || (sharedByGroup && GroupAccess.isShared(path, status)))) {
      return;
    }
    throw new FileSystemException(
        path.toString(),
        null,
        plain
            ? "the lock file belongs to another user, or other users can write to it"
            : "the lock file is a link or not a regular file");
  }
}
