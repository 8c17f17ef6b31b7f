// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collector;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.spi.Deadline;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests a report from Linux through {@code configfs-tsm} (kernel documentation,
 * ABI/testing/configfs-tsm-report): a folder of its own for each request, and the generation count
 * which proves that no other process wrote to it.
 */
public final class ConfigfsTsm {
  /** The folder of the kernel's interface. */
  public static final Path KERNEL = Path.of("/sys/kernel/config/tsm/report");

  private static final Logger LOG = LoggerFactory.getLogger(ConfigfsTsm.class);
  private static final int MAX_TEXT = 4096;
  private static final int MAX_REPORT_BYTES = 64 << 10;
  private static final int MAX_AUX_BYTES = 256 << 10;
  private static final int MAX_REFUSED_FOLDERS = 10;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Path root;
  private final Supplier<String> names;
  private final Consumer<Duration> pause;

  /**
   * Uses a folder of reports.
   *
   * @param root {@link #KERNEL}, or one on another file system
   * @param names returns a unique name, each time
   * @param pause waits between attempts
   */
  public ConfigfsTsm(Path root, Supplier<String> names, Consumer<Duration> pause) {
    this.root = root;
    this.names = names;
    this.pause = pause;
  }

  /**
   * The kernel's response.
   *
   * @param outblob the report
   * @param auxblob what the host adds, or nothing
   */
  public record Answer(byte[] outblob, byte[] auxblob) {}

  /**
   * Requests a report. A failed attempt is repeated in a new folder until the deadline; a permanent
   * failure is refused immediately.
   *
   * @param provider that must answer, for example {@code sev_guest}
   * @param inblob the data that the report must contain
   * @param privilegeLevel to request, if the provider has levels
   * @param deadline by which it must be there
   * @return report and additions of one generation
   * @throws AttestationException {@code NOT_CONFIDENTIAL}, {@code COLLECTION_FAILED} or {@code
   *     COLLECTION_TIMED_OUT}
   */
  public Answer ask(String provider, byte[] inblob, OptionalInt privilegeLevel, Deadline deadline) {
    IOException last = new UnreadableException("no attempt was made");
    int refused = 0;
    while (!deadline.passed()) {
      try {
        return attempt(provider, inblob, privilegeLevel);
      } catch (NoFolderException e) {
        // Without a driver for confidential hardware the kernel refuses every folder.
        if (++refused == MAX_REFUSED_FOLDERS) {
          throw absent("no driver for confidential hardware is loaded", e);
        }
        last = e;
        pause.accept(PAUSE);
      } catch (NoSuchFileException e) {
        throw AttestationException.because(ErrorCode.COLLECTION_FAILED, root.toString(), e);
      } catch (AccessDeniedException e) {
        throw AttestationException.because(ErrorCode.COLLECTION_FAILED, root.toString(), e)
            .withHint("Run this as root, or let this account write to the folder.");
      } catch (IOException e) {
        refused = 0;
        last = e;
        pause.accept(PAUSE);
      }
    }
    throw AttestationException.because(
        ErrorCode.COLLECTION_TIMED_OUT,
        root.toString(),
        "no report by the deadline; the last attempt: " + ReadableFailure.textOf(last),
        last);
  }

  private AttestationException absent(String problem, IOException cause) {
    return AttestationException.because(ErrorCode.NOT_CONFIDENTIAL, root.toString(), problem, cause)
        .withHint(
            "Run this in a confidential VM with Linux 6.7 or later; load sev-guest or tdx-guest,"
                + " and mount configfs at /sys/kernel/config.");
  }

  /** The kernel makes no folder for a request. */
  private static final class NoFolderException extends IOException implements ReadableFailure {
    private static final long serialVersionUID = 1L;

    private NoFolderException(FileSystemException cause) {
      super("the kernel refuses a request", cause);
    }
  }

  private Path folder() throws IOException {
    try {
      return Files.createDirectory(root.resolve(names.get()));
    } catch (NoSuchFileException e) {
      throw absent("the kernel offers no reports (configfs-tsm) here", e);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException e) {
      throw new NoFolderException(e);
    }
  }

  private Answer attempt(String provider, byte[] inblob, OptionalInt privilegeLevel)
      throws IOException {
    Path request = folder();
    try {
      requireProvider(request, provider);
      long before = generation(request);
      int writes = 1;
      write(request.resolve("inblob"), inblob);
      if (privilegeLevel.isPresent()) {
        write(
            request.resolve("privlevel"),
            Integer.toString(privilegeLevel.getAsInt()).getBytes(StandardCharsets.US_ASCII));
        writes++;
      }
      byte[] outblob = BoundedFile.read(request.resolve("outblob"), MAX_REPORT_BYTES);
      byte[] auxblob = auxblob(request.resolve("auxblob"));
      long after = generation(request);
      if (after != before + writes) {
        throw new UnreadableException(
            "expected generation " + (before + writes) + ", was " + after);
      }
      return new Answer(outblob, auxblob);
    } finally {
      remove(request);
    }
  }

  private static void requireProvider(Path request, String provider) throws IOException {
    String present = text(request.resolve("provider"));
    if (!present.equals(provider)) {
      throw new AttestationException(ErrorCode.COLLECTION_FAILED, "provider", provider, present)
          .withHint("Use the collector of this machine's own hardware.");
    }
  }

  private static byte[] auxblob(Path file) throws IOException {
    return Files.exists(file) ? BoundedFile.read(file, MAX_AUX_BYTES) : new byte[0];
  }

  private static long generation(Path request) throws IOException {
    String text = text(request.resolve("generation"));
    if (!text.matches("\\d{1,18}")) {
      throw new UnreadableException("the kernel's generation count is not a number");
    }
    return Long.parseLong(text);
  }

  private static String text(Path file) throws IOException {
    return new String(BoundedFile.read(file, MAX_TEXT), StandardCharsets.US_ASCII).strip();
  }

  /** One write; the kernel takes it, or refuses it, when the file is closed. */
  private static void write(Path file, byte[] bytes) throws IOException {
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
      out.write(bytes);
    }
  }

  /** The folder alone: its files are the kernel's and go with it. */
  private static void remove(Path request) {
    try {
      Files.deleteIfExists(request);
    } catch (IOException e) {
      LOG.warn("cannot remove {}", request, e);
    }
  }
}
