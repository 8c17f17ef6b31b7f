// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;

/** A process with a folder, a home of its own and a bounded time. */
final class Command {
  /** Generous: a busy machine is no fault. */
  private static final long LIMIT_SECONDS = 420;

  private Command() {}

  /** What a process answered; standard error is part of the output. */
  record Answer(String command, int exit, String output) {
    Answer succeeded() {
      Assertions.assertThat(exit).as("%s%n%s", command, output).isZero();
      return this;
    }
  }

  static Answer run(Path folder, Path home, List<String> command) {
    try {
      Path log = Files.createTempFile(Files.createDirectories(home), "command", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(Files.createDirectories(folder).toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("HOME", home.toString());
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("no end within " + LIMIT_SECONDS + " s: " + command);
      }
      String output = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
      Files.delete(log);
      return new Answer(String.join(" ", command), process.exitValue(), output);
    } catch (IOException e) {
      throw new AssertionError("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
