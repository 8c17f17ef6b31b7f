// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.io.FileSet;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.ApprovalRecord;
import io.fedtrust.provisioning.spi.ApprovalLedger;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Settles and removes what an interrupted command left in a folder. */
final class Cleaning {
  /** Younger leftovers may belong to a command at work. */
  private static final Duration AT_WORK = Duration.ofMinutes(10);

  private final Host host;
  private final Function<Path, ApprovalLedger> ledgers;

  Cleaning(Host host, Function<Path, ApprovalLedger> ledgers) {
    this.host = host;
    this.ledgers = ledgers;
  }

  List<String> clean(Path folder, boolean delete) {
    Path absolute = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.INVALID_ARGS, absolute.toString())
          .expected("a folder")
          .actual("none")
          .build();
    }
    List<String> done = new ArrayList<>();
    try {
      settle(absolute, delete, done);
      Path state = absolute.resolve("state");
      if (Files.isDirectory(state, LinkOption.NOFOLLOW_LINKS)) {
        settleKits(absolute, state, delete, done);
        removeLeftovers(state, delete, done);
      }
      removeLeftovers(absolute, delete, done);
      removeDelivered(absolute, delete, done);
    } catch (IOException e) {
      throw Host.notWritable(absolute, e);
    }
    return done;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private void settle(Path folder, boolean delete, List<String> done) throws IOException {
    if (!FileSet.isInterrupted(folder)) {
      return;
    }
    if (!delete) {
      done.add("would settle the interrupted change in " + folder);
      return;
    }
    // Both, since a journal does not say whether a CA or a request was being changed.
    try (FileLocks.Held ca = host.locks().now(folder, "ca", folder.toString());
        FileLocks.Held request = host.locks().now(folder, "request", folder.toString())) {
      FileSet.Recovery recovery = FileSet.recover(host.output(), folder);
      done.add(recovery.name().toLowerCase(Locale.ROOT) + ": " + folder);
    }
  }

  @SuppressWarnings("try") // the lock is held, not used
  private void settleKits(Path project, Path state, boolean delete, List<String> done)
      throws IOException {
    try (DirectoryStream<Path> journals = Files.newDirectoryStream(state, ".*.journal")) {
      for (Path journal : journals) {
        String file = String.valueOf(journal.getFileName());
        String name = file.substring(1, file.length() - ".journal".length());
        if (!delete) {
          done.add("would complete the interrupted replacement of the kit of " + name);
          continue;
        }
        try (FileLocks.Held held = host.locks().now(state, name, "participant " + name)) {
          FileSet.recover(host.output(), project, journal);
          done.add("completed: kit of " + name);
        }
      }
    }
  }

  private void removeLeftovers(Path folder, boolean delete, List<String> done) throws IOException {
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(folder, ".*" + FileOutput.LEFTOVER)) {
      for (Path leftover : leftovers) {
        remove(leftover, delete, done);
      }
    }
  }

  /** Copies of signed zips that were delivered before a kill prevented the tidying. */
  private void removeDelivered(Path caFolder, boolean delete, List<String> done)
      throws IOException {
    Path pending = caFolder.resolve(".pending");
    if (!Files.isDirectory(pending, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    ApprovalLedger ledger = ledgers.apply(caFolder);
    try (DirectoryStream<Path> zips = Files.newDirectoryStream(pending, "*.zip")) {
      for (Path zip : zips) {
        String file = String.valueOf(zip.getFileName());
        String requestId = file.substring(0, file.length() - ".zip".length());
        if (ledger.byRequestId(requestId).filter(ApprovalRecord::completed).isPresent()) {
          remove(zip, delete, done);
        }
      }
    }
  }

  private void remove(Path leftover, boolean delete, List<String> done) throws IOException {
    boolean old =
        Files.getLastModifiedTime(leftover, LinkOption.NOFOLLOW_LINKS)
            .toInstant()
            .isBefore(host.clock().instant().minus(AT_WORK));
    if (old && delete) {
      host.output().deleteTree(leftover);
    }
    done.add(
        (old ? delete ? "removed " : "would remove " : "younger than ten minutes, kept: ")
            + leftover);
  }
}
