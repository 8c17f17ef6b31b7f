// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks that hold between threads and between processes. A lock is a file of which one process
 * holds the operating system's lock, which ends with the process at the latest.
 */
public final class FileLocks {
  private static final long WAIT_SECONDS = 30;
  private static final int MAX_RACES = 1_000;
  private static final Map<Path, ReentrantLock> IN_THIS_JVM = new ConcurrentHashMap<>();

  private final FileOutput output;

  /** Makes locks whose steps go through {@code output}. */
  public FileLocks(FileOutput output) {
    this.output = output;
  }

  /** A held lock; closing releases it. */
  public static final class Held implements AutoCloseable {
    private final ReentrantLock threads;
    private final FileChannel channel;
    private final Path file;
    private final boolean keepFile;

    private Held(ReentrantLock threads, FileChannel channel, Path file, boolean keepFile) {
      this.threads = threads;
      this.channel = channel;
      this.file = file;
      this.keepFile = keepFile;
    }

    @Override
    public void close() {
      try {
        if (!keepFile) {
          // Removed while still held: whoever opened this file meanwhile sees that it is not the
          // one under the name any more, and tries again.
          Files.deleteIfExists(file);
        }
        channel.close();
      } catch (IOException e) {
        // The lock ends with the process at the latest.
      } finally {
        if (!keepFile) {
          IN_THIS_JVM.remove(file, threads);
        }
        threads.unlock();
      }
    }
  }

  /**
   * Takes a lock at once; its file is removed on release.
   *
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code BUSY} if somebody has
   *     it
   */
  public Held now(Path lockFile, String what) throws IOException {
    Path file = lockFile.toAbsolutePath().normalize();
    output.beforeLock(file);
    ReentrantLock threads = IN_THIS_JVM.computeIfAbsent(file, ignored -> new ReentrantLock());
    if (threads.isHeldByCurrentThread() || !threads.tryLock()) {
      throw busy(what);
    }
    boolean taken = false;
    try {
      FileChannel channel = tryProcess(file, what);
      taken = true;
      return new Held(threads, channel, file, false);
    } catch (OverlappingFileLockException e) {
      throw busy(what);
    } finally {
      if (!taken) {
        threads.unlock();
      }
    }
  }

  /**
   * Waits for a lock that is held only for a few file operations; its file stays.
   *
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code BUSY} if another
   *     thread of this process has it for 30 seconds
   */
  public Held soon(Path lockFile, String what) throws IOException {
    Path file = lockFile.toAbsolutePath().normalize();
    output.beforeLock(file);
    ReentrantLock threads = IN_THIS_JVM.computeIfAbsent(file, ignored -> new ReentrantLock());
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
      return new Held(threads, channel, file, true);
    } catch (IOException | RuntimeException e) {
      threads.unlock();
      if (channel != null) {
        channel.close();
      }
      throw e;
    }
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
        if (stillNamed(file, channel)) {
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

  /** Writes a mark through the channel and looks for it under the name. */
  private static boolean stillNamed(Path file, FileChannel channel) throws IOException {
    byte[] mark =
        (ProcessHandle.current().pid() + " " + System.nanoTime() + "\n")
            .getBytes(StandardCharsets.US_ASCII);
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(mark), 0);
      return Arrays.equals(Files.readAllBytes(file), mark);
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
