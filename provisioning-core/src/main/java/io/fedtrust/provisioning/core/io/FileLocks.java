// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Locks that hold between threads and between processes. A folder has one permanent lock file; a
 * lock is one byte of it, chosen by the SHA-256 of what is locked. The operating system releases it
 * when the process ends at the latest.
 */
public final class FileLocks {
  /** Name of the lock file of a folder. */
  public static final String FILE = LockFile.NAME;

  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final int MAX_RACES = 100;

  /** Offsets have 62 bits, so that offset and length stay positive. */
  private static final long OFFSET_BITS = (1L << 62) - 1;

  private final FileOutput output;
  private final boolean sharedByGroup;

  /** Makes locks whose steps go through {@code output}. */
  public FileLocks(FileOutput output) {
    this(output, false);
  }

  private FileLocks(FileOutput output, boolean sharedByGroup) {
    this.output = output;
    this.sharedByGroup = sharedByGroup;
  }

  /**
   * Returns locks for a folder that a group of administrators shares: the lock file then has mode
   * 0660 and may belong to any member of the folder's group.
   */
  public FileLocks sharedByGroup() {
    return new FileLocks(output, true);
  }

  /** Shares this user's lock file of a folder with the folder's group, or ends that. */
  public void adjust(Path folder) throws IOException {
    LockFile.adjustIfPresent(folder.toAbsolutePath().normalize(), sharedByGroup);
  }

  /** A held lock; closing releases it, on the thread that took it. */
  public static final class Held implements AutoCloseable {
    private final LockFile.Range range;
    private final FileLock lock;

    private Held(LockFile.Range range, FileLock lock) {
      this.range = range;
      this.lock = lock;
    }

    @Override
    public void close() {
      try {
        lock.release();
      } catch (IOException e) {
        // The lock ends with the process at the latest.
      } finally {
        range.threads().unlock();
        range.forget();
      }
    }
  }

  /**
   * Takes a lock at once.
   *
   * @param folder where the lock file is
   * @param subject what is locked there
   * @param what the same in a user's words
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code BUSY} if another
   *     command has it
   * @throws IOException if the lock file is a link, or belongs to another user
   */
  public Held now(Path folder, String subject, String what) throws IOException {
    return take(folder, subject, what, 0);
  }

  /**
   * Waits at most 30 seconds for a lock that is held only for a few file operations.
   *
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code BUSY} if another
   *     command keeps it
   * @throws IOException if the lock file is a link, or belongs to another user
   */
  public Held soon(Path folder, String subject, String what) throws IOException {
    return take(folder, subject, what, WAIT_NANOS);
  }

  private Held take(Path folder, String subject, String what, long patience) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    output.beforeLock(absolute.resolve(LockFile.NAME));
    long end = System.nanoTime() + patience;
    for (int race = 0; race < MAX_RACES; race++) {
      LockFile.Range range = LockFile.range(absolute, offset(subject), sharedByGroup);
      boolean kept = false;
      try {
        if (range.threads().isHeldByCurrentThread() || !await(range, end)) {
          throw busy(what);
        }
        try {
          FileLock lock = lock(range, end).orElseThrow(() -> busy(what));
          if (range.isNamed(absolute.resolve(LockFile.NAME))) {
            kept = true;
            return new Held(range, lock);
          }
          lock.release();
        } finally {
          if (!kept) {
            range.threads().unlock();
          }
        }
      } finally {
        if (!kept) {
          range.forget();
        }
      }
    }
    throw busy(what);
  }

  private static boolean await(LockFile.Range range, long end) {
    try {
      return range.threads().tryLock(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Polls: a thread that is interrupted while it blocks in {@code FileChannel.lock} closes the
   * channel, and with it every other lock of this process on the file.
   */
  private static Optional<FileLock> lock(LockFile.Range range, long end) throws IOException {
    Optional<FileLock> lock = range.tryProcess();
    while (lock.isEmpty() && System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(POLL_NANOS);
      lock = range.tryProcess();
    }
    return lock;
  }

  private static long offset(String subject) {
    byte[] digest = Sha256.digest(subject.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).getLong() & OFFSET_BITS;
  }

  private static RuntimeException busy(String what) {
    return refuse(ErrorCode.BUSY, what).problem("another command is working on it").build();
  }
}
