// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks a command of the operating system for a few bytes: bounded in time and size. */
public final class SystemCommand {
  private static final int MAX_BYTES = 64 * 1024;
  private static final long MAX_SECONDS = 5;

  private SystemCommand() {}

  /**
   * Runs a command without a shell, input or environment of the caller.
   *
   * @param command absolute path and arguments
   * @return its output; empty if it fails, is slow, or says too much
   */
  public static Optional<byte[]> run(String... command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().clear();
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        // A command of the system writes less than a pipe holds, so it ends without being read.
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
          return Optional.empty();
        }
        try (InputStream out = process.getInputStream()) {
          byte[] output = out.readNBytes(MAX_BYTES + 1);
          return output.length > MAX_BYTES ? Optional.empty() : Optional.of(output);
        }
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
