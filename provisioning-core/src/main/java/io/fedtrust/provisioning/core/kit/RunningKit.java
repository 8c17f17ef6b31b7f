// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.io.FileStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.regex.Pattern;

/**
 * Looks for a process that runs from a kit. The kit's scripts write its number to pid files, which
 * may be stale, come from elsewhere, or lie: they can cause a refusal and nothing else.
 */
final class RunningKit {
  private static final List<String> PID_FILES = List.of("daemon_pid.fl", "pid.fl");
  private static final int MAX_BYTES = 64;
  private static final Pattern PID = Pattern.compile("[1-9][0-9]{0,9}");

  /** Start times are exact to about a second. */
  private static final Duration INEXACT = Duration.ofSeconds(2);

  private final LongFunction<Optional<Running>> processes;

  /**
   * A live process.
   *
   * @param started when it started, where the system tells
   * @param commandLine its command line, where the system tells
   */
  record Running(Optional<Instant> started, Optional<String> commandLine) {}

  /** The pid file that names a live process. */
  record InUse(Path file, String process) {}

  RunningKit(LongFunction<Optional<Running>> processes) {
    this.processes = processes;
  }

  /** Returns the view of this machine's processes. */
  static RunningKit here() {
    return new RunningKit(RunningKit::live);
  }

  /** Tells which pid file of a kit names a live process that may be the kit's. */
  Optional<InUse> find(Path kit) {
    return PID_FILES.stream()
        .map(name -> kit.resolve(name))
        .flatMap(file -> inUse(kit, file).stream())
        .findFirst();
  }

  private Optional<InUse> inUse(Path kit, Path file) {
    try {
      Optional<FileStatus> status = FileStatus.find(file);
      // No script of a kit wrote what is not a file of a few bytes.
      if (status.isEmpty() || !status.get().isRegularFile() || status.get().size() > MAX_BYTES) {
        return Optional.empty();
      }
      String pid =
          new String(BoundedFiles.read(file, MAX_BYTES), StandardCharsets.US_ASCII).strip();
      Instant written = Instant.ofEpochSecond(0, status.get().modified());
      return PID.matcher(pid).matches()
              && processes
                  .apply(Long.parseLong(pid))
                  .filter(process -> !isAnother(process, kit, written))
                  .isPresent()
          ? Optional.of(new InUse(file, "process " + pid + ", which is running"))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      // Removed a moment ago: its process has ended.
      return Optional.empty();
    } catch (AccessDeniedException e) {
      return Optional.of(new InUse(file, "a process number that this account may not read"));
    } catch (IOException e) {
      return Optional.of(new InUse(file, "a process number that cannot be read"));
    }
  }

  /**
   * Tells whether a process got its number after the kit's process had ended: it started after the
   * file was written, and its command line has nothing of the kit. One alone is not enough, because
   * clocks are set and scripts are started by relative paths.
   */
  private static boolean isAnother(Running process, Path kit, Instant written) {
    boolean later =
        process.started().filter(start -> start.isAfter(written.plus(INEXACT))).isPresent();
    boolean unlike =
        process
            .commandLine()
            .filter(line -> !line.contains(kit.toString()) && !line.contains("sub_start.sh"))
            .isPresent();
    return later && unlike;
  }

  private static Optional<Running> live(long pid) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> !process.equals(ProcessHandle.current()))
        .map(process -> new Running(process.info().startInstant(), process.info().commandLine()));
  }
}
