// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLocksTest {
  private static final FileOutput OUTPUT = new FileOutput(FailPoint.NONE, Durability.NO_SYNC);

  @TempDir Path temp;
  private Path folder;
  private Path file;
  private final FileLocks locks = new FileLocks(OUTPUT);

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(temp.toRealPath().resolve("folder"));
    file = folder.resolve(".fedtrust.lock");
  }

  @Test
  @DisplayName("a folder has one lock file, which stays, empty and with mode 0600")
  void oneFile() throws IOException {
    try (FileLocks.Held one = locks.now(folder, "one", "one");
        FileLocks.Held two = locks.soon(folder, "two", "two")) {
      assertThat(one).isNotSameAs(two);
      assertThat(folder).isDirectoryContaining("glob:**/.fedtrust.lock");
    }
    try (var entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
    assertThat(file).isEmptyFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    FileStatus before = FileStatus.of(file);
    locks.now(folder, "one", "one").close();
    assertThat(FileStatus.of(file)).isEqualTo(before);
  }

  @Test
  @DisplayName("the same range is busy for the same thread, another thread and another process")
  void busy() throws Exception {
    try (FileLocks.Held held = locks.now(folder, "one", "one")) {
      assertThat(held).isNotNull();
      refused(ErrorCode.BUSY, () -> locks.now(folder, "one", "one"));
      refused(ErrorCode.BUSY, () -> locks.soon(folder, "one", "one"));
      inOtherThread(() -> refused(ErrorCode.BUSY, () -> locks.now(folder, "one", "one")));
      assertThat(otherProcessTakes("one")).isFalse();
      assertThat(otherProcessTakes("two")).isTrue();
    }
    assertThat(otherProcessTakes("one")).isTrue();
  }

  @Test
  @DisplayName("two threads hold two ranges; one ends, and another process still sees the other")
  void twoThreads() throws Exception {
    try (FileLocks.Held first = locks.now(folder, "one", "one")) {
      assertThat(first).isNotNull();
      inOtherThread(() -> locks.now(folder, "two", "two").close());
      inOtherThread(() -> refused(ErrorCode.BUSY, () -> locks.now(folder, "one", "one")));
      assertThat(otherProcessTakes("one")).isFalse();
      assertThat(otherProcessTakes("two")).isTrue();
    }
    assertThat(otherProcessTakes("one")).isTrue();
  }

  @Test
  @DisplayName("the folder under another path, through a link, has the same locks")
  void otherPath() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("link"), folder);
    try (FileLocks.Held held = locks.now(folder, "one", "one")) {
      assertThat(held).isNotNull();
      inOtherThread(() -> refused(ErrorCode.BUSY, () -> locks.now(link, "one", "one")));
      inOtherThread(() -> locks.now(link, "two", "two").close());
      assertThat(otherProcessTakes("one")).isFalse();
    }
  }

  @Test
  @DisplayName("an interrupted thread does not end the locks of other threads")
  void interrupted() throws Exception {
    try (FileLocks.Held held = locks.now(folder, "one", "one")) {
      assertThat(held).isNotNull();
      inOtherThread(
          () -> {
            Thread.currentThread().interrupt();
            refused(ErrorCode.BUSY, () -> locks.soon(folder, "one", "one"));
            assertThat(Thread.interrupted()).isTrue();
          });
      assertThat(otherProcessTakes("one")).isFalse();
    }
  }

  @Test
  @DisplayName("a lock file that is a link, or has two names, is refused and left as it is")
  void links() throws IOException {
    Path victim = Files.writeString(temp.resolve("victim"), "precious");
    Files.createSymbolicLink(file, victim);
    refusedFile(locks);
    assertThat(victim).hasContent("precious");
    Files.delete(file);
    Files.createSymbolicLink(file, temp.resolve("absent"));
    refusedFile(locks);
    assertThat(temp.resolve("absent")).doesNotExist();
    Files.delete(file);
    Files.createLink(file, victim);
    refusedFile(locks);
    assertThat(victim).hasContent("precious");
    Files.delete(file);
    Files.createDirectory(file);
    refusedFile(locks);
  }

  @Test
  @DisplayName("a lock file of another user is refused, the user's own gets mode 0600 again")
  void owners() throws IOException {
    locks.now(folder, "one", "one").close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
    refusedFile(locks);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    locks.now(folder, "one", "one").close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assumeTrue(EffectiveUser.uid().orElse(-1) == 0, "needs root");
    Files.setAttribute(file, "unix:uid", 12345);
    refusedFile(locks);
  }

  @Test
  @DisplayName("changing the rights of a lock file releases no lock that is held on it")
  void adjustingKeepsLocks() throws Exception {
    try (FileLocks.Held held = locks.now(folder, "one", "one")) {
      assertThat(held).isNotNull();
      locks.sharedByGroup().adjust(folder);
      inOtherThread(() -> locks.sharedByGroup().now(folder, "two", "two").close());
      assertThat(otherProcessTakes("one")).isFalse();
    }
    assertThat(FileStatus.of(file).isPrivate()).isTrue();
  }

  @Test
  @DisplayName("a lock file shared by a group has mode 0660 and may be of another member")
  void sharedByGroup() throws IOException {
    FileLocks shared = locks.sharedByGroup();
    shared.now(folder, "one", "one").close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw----");
    assumeTrue(EffectiveUser.uid().orElse(-1) == 0, "needs root");
    Files.setAttribute(file, "unix:gid", 12345);
    shared.now(folder, "one", "one").close();
    assertThat(FileStatus.of(file).gid()).isEqualTo(FileStatus.of(folder).gid());
    Files.setAttribute(file, "unix:uid", 12345);
    shared.now(folder, "one", "one").close();
    refusedFile(locks);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    refusedFile(shared);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
    Files.setAttribute(file, "unix:gid", 12345);
    refusedFile(shared);
  }

  private void refusedFile(FileLocks some) {
    assertThatThrownBy(() -> some.now(folder, "one", "one"))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("lock file");
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void inOtherThread(Step step) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      thread
          .submit(
              () -> {
                step.run();
                return null;
              })
          .get(60, TimeUnit.SECONDS);
    } finally {
      thread.shutdownNow();
    }
  }

  private boolean otherProcessTakes(String subject) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Taker.class.getName(),
                folder.toString(),
                subject)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isIn(0, 3);
    return process.exitValue() == 0;
  }

  /** Tries to take a lock: 0 if it did, 3 if it is busy. */
  public static final class Taker {
    private Taker() {}

    public static void main(String[] args) throws IOException {
      try {
        new FileLocks(OUTPUT).now(Path.of(args[0]), args[1], "test").close();
      } catch (io.fedtrust.provisioning.error.ProvisioningException e) {
        System.exit(e.code() == ErrorCode.BUSY ? 3 : 4);
      }
    }
  }
}
