// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.command;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.spi.Deadline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A command of this machine that prints something: a list of arguments, never a shell, within a
 * time and an amount.
 */
public final class BoundedCommand {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final int MAX_COMPLAINT_BYTES = 4096;
  private static final int SHOWN_CHARACTERS = 200;

  private BoundedCommand() {}

  /**
   * Runs a command and takes what it prints.
   *
   * @param command program and arguments, as they are
   * @param maxBytes most that it may print
   * @param deadline by which it must have ended; a minute at most
   * @return what it printed
   * @throws AttestationException {@code NOT_CONFIDENTIAL} if there is no such program, {@code
   *     COLLECTION_FAILED}, {@code COLLECTION_TIMED_OUT}
   */
  public static byte[] run(List<String> command, int maxBytes, Deadline deadline) {
    String name = command.get(0);
    Deadline end = deadline.remaining().compareTo(LONGEST) < 0 ? deadline : Deadline.in(LONGEST);
    Process process = start(command, name);
    try {
      process.getOutputStream().close();
      CompletableFuture<byte[]> printed = reading(process.getInputStream(), maxBytes);
      CompletableFuture<byte[]> complaint = reading(process.getErrorStream(), MAX_COMPLAINT_BYTES);
      byte[] output = printed.get(end.remaining().toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(end.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TimeoutException();
      }
      if (process.exitValue() != 0) {
        throw new AttestationException(
            ErrorCode.COLLECTION_FAILED,
            name,
            "exit status 0",
            process.exitValue() + shown(complaint, end));
      }
      return output;
    } catch (TimeoutException e) {
      throw AttestationException.because(
          ErrorCode.COLLECTION_TIMED_OUT, name, "this program did not end by the deadline", e);
    } catch (ExecutionException | IOException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, name, e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static Process start(List<String> command, String name) {
    try {
      return new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw AttestationException.because(
              ErrorCode.NOT_CONFIDENTIAL,
              name,
              "this program cannot be started: it is missing, or not executable",
              e)
          .withHint(
              "Run this on a confidential machine, and install the program on the path of this"
                  + " process.");
    }
  }

  /** Reads no more than the limit. */
  private static CompletableFuture<byte[]> reading(InputStream stream, int maxBytes) {
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try (stream) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                byte[] part = new byte[8192];
                for (int count = stream.read(part); count >= 0; count = stream.read(part)) {
                  if (bytes.size() + count > maxBytes) {
                    throw new UnreadableException("more than " + maxBytes + " bytes");
                  }
                  bytes.write(part, 0, count);
                }
                all.complete(bytes.toByteArray());
              } catch (IOException e) {
                all.completeExceptionally(e);
              }
            },
            "fedtrust-command");
    reader.setDaemon(true);
    reader.start();
    return all;
  }

  /** The first line of what it complains about; a child that lives on may keep the stream open. */
  private static String shown(CompletableFuture<byte[]> complaint, Deadline end)
      throws InterruptedException {
    try {
      long patience = Math.min(end.remaining().toMillis(), LAST_WORDS.toMillis());
      return new String(complaint.get(patience, TimeUnit.MILLISECONDS), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .findFirst()
          .map(line -> ": " + line.substring(0, Math.min(line.length(), SHOWN_CHARACTERS)))
          .orElse("");
    } catch (ExecutionException | TimeoutException e) {
      return "";
    }
  }
}
