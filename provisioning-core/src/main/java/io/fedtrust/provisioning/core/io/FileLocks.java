// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks that hold between threads and between processes. A lock is a file of which one process
 * holds the operating system's lock, which ends with the process at the latest.
 *
 * <p>POSIX ends a process's locks on a file when the process closes <em>any</em> descriptor of it.
 * So a lock file is opened once in this process, by whoever holds the lock, and by nobody else.
 */
public final class FileLocks {
  private static final long WAIT_SECONDS = 30;
  private static final int MAX_RACES = 1_000;
  private static final int TOKENS = 1 << 20;
  private static final Map<Path, ReentrantLock> AWAITED = new ConcurrentHashMap<>();
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final FileOutput output;

  /** Makes locks whose steps go through {@code output}. */
  public FileLocks(FileOutput output) {
    this.output = output;
  }

  /** A held lock; closing releases it. */
  public static final class Held implements AutoCloseable {
    private final FileChannel channel;
    private final Optional<Path> remove;
    private final Runnable afterwards;

    private Held(FileChannel channel, Optional<Path> remove, Runnable afterwards) {
      this.channel = channel;
      this.remove = remove;
      this.afterwards = afterwards;
    }

    @Override
    public void close() {
      try {
        if (remove.isPresent()) {
          // Removed while still held: whoever opened this file meanwhile sees that it is not the
          // one under the name any more, and tries again.
          Files.deleteIfExists(remove.get());
        }
        channel.close();
      } catch (IOException e) {
        // The lock ends with the process at the latest.
      } finally {
        afterwards.run();
      }
    }
  }

  /**
   * Takes a lock at once; its file is removed on release.
   *
   * @param folder where the lock is
   * @param subject what is locked there
   * @param what the same in a user's words
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code BUSY} if somebody has
   *     it
   */
  public Held now(Path folder, String subject, String what) throws IOException {
    Path file = lockFile(folder, subject);
    output.beforeLock(file);
    if (!HELD.add(file)) {
      throw busy(what);
    }
    boolean taken = false;
    try {
      FileChannel channel = tryProcess(file, what);
      taken = true;
      return new Held(channel, Optional.of(file), () -> HELD.remove(file));
    } finally {
      if (!taken) {
        HELD.remove(file);
      }
    }
  }

  /**
   * Waits for a lock that is held only for a few file operations; its file stays.
   *
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code BUSY} if another
   *     thread of this process has it for 30 seconds
   */
  public Held soon(Path folder, String subject, String what) throws IOException {
    Path file = lockFile(folder, subject);
    output.beforeLock(file);
    ReentrantLock threads = AWAITED.computeIfAbsent(file, ignored -> new ReentrantLock());
    if (threads.isHeldByCurrentThread() || !await(threads)) {
      throw busy(what);
    }
    FileChannel channel = null;
    try {
      channel = open(file);
      FileLock lock = channel.lock();
      if (!lock.isValid()) {
        throw busy(what);
      }
      return new Held(channel, Optional.empty(), threads::unlock);
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }
      threads.unlock();
      throw e;
    }
  }

  private static Path lockFile(Path folder, String subject) {
    return folder.resolve("." + subject + ".lock").toAbsolutePath().normalize();
  }

  private static boolean await(ReentrantLock threads) {
    try {
      return threads.tryLock(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static FileChannel tryProcess(Path file, String what) throws IOException {
    for (int race = 0; race < MAX_RACES; race++) {
      FileChannel channel = open(file);
      boolean kept = false;
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          throw busy(what);
        }
        if (isStillNamed(file, channel)) {
          kept = true;
          return channel;
        }
      } finally {
        if (!kept) {
          channel.close();
        }
      }
    }
    throw busy(what);
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        FileMode.OWNER_FILE.atCreation());
  }

  /**
   * Tells whether the locked file is the one under the name, and not one that its holder removed
   * between our opening and locking it. The file's size is the token: it is seen without opening
   * the file a second time.
   */
  private static boolean isStillNamed(Path file, FileChannel channel) throws IOException {
    int token = 1 + ThreadLocalRandom.current().nextInt(TOKENS);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(new byte[1]), token - 1L);
    try {
      return Files.size(file) == token;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static RuntimeException busy(String what) {
    return refuse(ErrorCode.BUSY, what)
        .expected("no other command at work on it")
        .actual("locked")
        .build();
  }
}
