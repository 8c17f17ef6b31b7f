// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.core.io.EffectiveUser;
import io.fedtrust.provisioning.core.kit.RunningKit.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningKitTest {
  private static final Instant WRITTEN = Instant.parse("2026-11-20T21:30:00Z");
  private static final String SERVER = "python3 -u -m server_train -m ";

  @TempDir Path kit;

  private Path pidFile(String name, String content) throws IOException {
    Path file = Files.writeString(kit.resolve(name), content);
    Files.setLastModifiedTime(file, FileTime.from(WRITTEN));
    return file;
  }

  private Optional<RunningKit.InUse> find(Map<Long, Running> processes) {
    return new RunningKit(pid -> Optional.ofNullable(processes.get(pid))).find(kit);
  }

  private boolean isInUse(Running process) {
    return find(Map.of(41L, process)).isPresent();
  }

  private static Running process(Duration afterFile, String commandLine) {
    return new Running(Optional.of(WRITTEN.plus(afterFile)), Optional.of(commandLine));
  }

  @ParameterizedTest
  @DisplayName("each of the two pid files with a live process says which file and which process")
  @ValueSource(strings = {"pid.fl", "daemon_pid.fl"})
  void live(String name) throws IOException {
    Path file = pidFile(name, " 41\n");
    assertThat(find(Map.of(41L, process(Duration.ZERO, SERVER + kit))))
        .contains(new RunningKit.InUse(file, "process 41, which is running"));
    assertThat(find(Map.of(42L, process(Duration.ZERO, SERVER + kit)))).isEmpty();
  }

  @Test
  @DisplayName("a kit without pid files, or without a folder, is not in use")
  void none() {
    assertThat(find(Map.of())).isEmpty();
    assertThat(RunningKit.here().find(kit.resolve("missing"))).isEmpty();
  }

  @Test
  @DisplayName("a number that was given again later to something unlike the kit is not in use")
  void numberOfAnother() throws IOException {
    pidFile("pid.fl", "41\n");
    assertThat(isInUse(process(Duration.ofHours(1), "vi notes.txt"))).isFalse();
  }

  @Test
  @DisplayName("a clock that was set, a relative command line, or a silent system mean in use")
  void doubt() throws IOException {
    pidFile("pid.fl", "41\n");
    assertThat(isInUse(process(Duration.ofHours(1), SERVER + kit))).isTrue();
    assertThat(isInUse(process(Duration.ofHours(1), "bash ./startup/sub_start.sh"))).isTrue();
    assertThat(isInUse(process(Duration.ofSeconds(1), "bash"))).isTrue();
    assertThat(isInUse(process(Duration.ofHours(-1), "bash"))).isTrue();
    assertThat(isInUse(new Running(Optional.empty(), Optional.of("vi")))).isTrue();
    assertThat(isInUse(new Running(Optional.of(WRITTEN.plusSeconds(60)), Optional.empty())))
        .isTrue();
  }

  @ParameterizedTest
  @DisplayName("rubbish in a pid file is not in use")
  @ValueSource(
      strings = {
        "",
        "\n",
        "0",
        "-1",
        "041",
        "41 42",
        "41x",
        "99999999999999999999",
        "\u0664\u0661"
      })
  void rubbish(String content) throws IOException {
    pidFile("pid.fl", content);
    assertThat(new RunningKit(pid -> Optional.of(process(Duration.ZERO, SERVER))).find(kit))
        .isEmpty();
  }

  @Test
  @DisplayName("a huge pid file, a folder and a link in its place are not in use and not read")
  void notAFileOfAFewBytes() throws IOException {
    RunningKit all = new RunningKit(pid -> Optional.of(process(Duration.ZERO, SERVER)));
    Path file = pidFile("pid.fl", "41" + " ".repeat(1000));
    assertThat(all.find(kit)).isEmpty();
    Files.delete(file);
    Path other = Files.writeString(kit.resolve("other"), "41");
    Files.createSymbolicLink(file, other);
    assertThat(all.find(kit)).isEmpty();
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(all.find(kit)).isEmpty();
  }

  @Test
  @DisplayName("a pid file that the system cannot look at counts as in use")
  void inaccessible() throws IOException {
    // As an input error or a stale mount, this is neither an absent file nor a file of others.
    Path unnameable = kit.resolve("x".repeat(300));
    assertThat(find(Map.of())).isEmpty();
    assertThat(new RunningKit(pid -> Optional.empty()).find(unnameable))
        .contains(
            new RunningKit.InUse(
                unnameable.resolve("daemon_pid.fl"), "a process number that cannot be read"));
    Path loop = Files.createSymbolicLink(kit.resolve("loop"), Path.of("loop"));
    assertThat(new RunningKit(pid -> Optional.empty()).find(loop)).isPresent();
  }

  @Test
  @DisplayName("a pid file that this account may not read counts as in use")
  void unreadable() throws IOException {
    assumeTrue(EffectiveUser.uid().orElse(0) != 0, "root may read everything");
    Path file = pidFile("pid.fl", "41");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assertThat(find(Map.of())).isPresent();
  }

  @Test
  @DisplayName("the processes of this machine: one that runs, the same one ended, and this one")
  void here() throws Exception {
    Process sleeping = new ProcessBuilder("sleep", "60").start();
    try {
      Files.writeString(kit.resolve("pid.fl"), sleeping.pid() + "\n");
      assertThat(RunningKit.here().find(kit)).isPresent();
    } finally {
      sleeping.destroyForcibly();
    }
    assertThat(sleeping.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(RunningKit.here().find(kit)).isEmpty();
    Files.writeString(kit.resolve("pid.fl"), ProcessHandle.current().pid() + "\n");
    assertThat(RunningKit.here().find(kit)).isEmpty();
  }
}
