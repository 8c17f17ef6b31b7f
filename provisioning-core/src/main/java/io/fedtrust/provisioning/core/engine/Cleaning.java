// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.ca.CaOpening;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.io.FileLocks;
import io.fedtrust.provisioning.core.io.FileOutput;
import io.fedtrust.provisioning.core.io.InterruptedChange;
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
import java.util.Optional;
import java.util.regex.Pattern;

/** Completes what an interrupted command of this account began, and removes what it left. */
final class Cleaning {
  /** Younger leftovers may belong to a command at work. */
  private static final Duration AT_WORK = Duration.ofMinutes(10);

  /** Lock files of version 0.1, which made one for each thing that it locked. */
  private static final Pattern OLD_LOCK =
      Pattern.compile("\\.(?:ca|request|approvals|[0-9a-f]{32}|[0-9a-f-]{36})\\.lock");

  private static final Pattern OLD_STATE_LOCK =
      Pattern.compile("\\.[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\\.lock");
  private static final String DISCARDED = ".journal.untrusted-";
  private static final int MAX_DISCARDED = 1_000;

  private final EngineContext host;

  Cleaning(EngineContext host) {
    this.host = host;
  }

  List<String> clean(Path folder, boolean delete) {
    Path absolute = requireFolder(folder);
    List<String> done = new ArrayList<>();
    try {
      List<InterruptedChange> changes = interrupted(absolute);
      // Before anything is removed: staged files may belong to a journal of another account.
      for (InterruptedChange change : changes) {
        if (change instanceof InterruptedChange.Untrusted untrusted) {
          throw untrusted.refusal();
        }
      }
      for (InterruptedChange change : changes) {
        complete(absolute, change, delete, done);
      }
      Path state = absolute.resolve("state");
      if (Files.isDirectory(state, LinkOption.NOFOLLOW_LINKS)) {
        removeLeftovers(state, delete, done);
        removeOldLocks(state, OLD_STATE_LOCK, delete, done);
      }
      removeLeftovers(absolute, delete, done);
      removeOldLocks(absolute, OLD_LOCK, delete, done);
      if (delete || changes.isEmpty()) {
        removeDelivered(absolute, delete, done);
      }
    } catch (IOException e) {
      throw EngineContext.notWritable(absolute, e);
    }
    return done;
  }

  /** Sets journals aside that this account does not trust, and lists what they leave behind. */
  List<String> discardJournals(Path folder) {
    Path absolute = requireFolder(folder);
    List<String> done = new ArrayList<>();
    try {
      for (InterruptedChange found : interrupted(absolute)) {
        if (found instanceof InterruptedChange.Untrusted) {
          locked(
              absolute,
              found.journal(),
              journal -> done.add("set aside: " + journal + ", now " + setAside(journal)));
        } else {
          done.add("kept, 'cert clean' completes it: " + found.journal());
        }
      }
      done.addAll(new Remains(absolute, host.jca()).list());
    } catch (IOException e) {
      throw EngineContext.notWritable(absolute, e);
    }
    return done;
  }

  private static Path requireFolder(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
      throw refuse(ErrorCode.INVALID_ARGS, absolute.toString())
          .problem(
              Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)
                  ? "is a file or link, not a folder"
                  : "there is no such folder")
          .build();
    }
    return absolute;
  }

  /** The journal of a CA or request in the folder, and those of kits in its {@code state}. */
  private List<InterruptedChange> interrupted(Path folder) throws IOException {
    List<InterruptedChange> changes = new ArrayList<>();
    host.interrupted(folder).ifPresent(changes::add);
    Path state = folder.resolve("state");
    if (Files.isDirectory(state, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> journals = Files.newDirectoryStream(state, ".*.journal")) {
        for (Path journal : journals) {
          host.interrupted(folder, journal).ifPresent(changes::add);
        }
      }
    }
    return changes;
  }

  private void complete(Path folder, InterruptedChange found, boolean delete, List<String> done)
      throws IOException {
    if (delete) {
      locked(folder, found.journal(), journal -> complete(folder, journal, done));
    } else {
      done.add("would complete the interrupted command of " + found.journal());
    }
  }

  /** What is done to a journal. */
  @FunctionalInterface
  private interface Step {
    void on(Path journal) throws IOException;
  }

  /** Locks what the journal's command locks: a journal's name does not tell CA from request. */
  @SuppressWarnings("try") // the locks are held, not used
  private void locked(Path folder, Path journal, Step step) throws IOException {
    Path parent = journal.getParent();
    if (parent.equals(folder)) {
      try (FileLocks.Held ca = host.locks().now(folder, "ca", folder.toString());
          FileLocks.Held request = host.locks().now(folder, "request", folder.toString())) {
        step.on(journal);
      }
    } else {
      String file = String.valueOf(journal.getFileName());
      String name = file.substring(1, file.length() - ".journal".length());
      try (FileLocks.Held held = host.locks().now(parent, name, "participant " + name)) {
        step.on(journal);
      }
    }
  }

  private void complete(Path folder, Path journal, List<String> done) throws IOException {
    Optional<InterruptedChange.Recovery> recovery =
        InterruptedChange.complete(host.interrupted(folder, journal));
    recovery.ifPresent(
        how -> done.add(how.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + journal));
  }

  /** Gives the journal the first free name, with the folder locked. */
  private Path setAside(Path journal) throws IOException {
    for (int number = 1; number <= MAX_DISCARDED; number++) {
      Path aside = journal.resolveSibling(DISCARDED + number);
      if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
        host.output().rename(journal, aside);
        host.output().syncFolder(aside.getParent());
        return aside;
      }
    }
    throw new IOException("too many journals were set aside in " + journal.getParent());
  }

  private void removeLeftovers(Path folder, boolean delete, List<String> done) throws IOException {
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(folder, ".*" + FileOutput.LEFTOVER)) {
      for (Path leftover : leftovers) {
        remove(leftover, delete, done);
      }
    }
  }

  private void removeOldLocks(Path folder, Pattern names, boolean delete, List<String> done)
      throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(folder, ".*.lock")) {
      for (Path lock : locks) {
        String name = String.valueOf(lock.getFileName());
        if (names.matcher(name).matches()
            && !name.equals(FileLocks.FILE)
            && Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
          remove(lock, delete, done);
        }
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
    ApprovalLedger ledger = CaOpening.ledgerAsIs(caFolder, host);
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
