// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A journal that was found in a folder. It is input from others until its code, its owner and mode,
 * its names and every staged file were verified; only then is it carried out.
 */
public sealed interface InterruptedChange {
  /** Returns the journal file. */
  Path journal();

  /** What {@link Trusted#complete} did. */
  enum Recovery {
    /** The change was completed. */
    COMPLETED,
    /** The change was undone. */
    ROLLED_BACK
  }

  /** This account began the change in this folder, and everything it needs is there. */
  final class Trusted implements InterruptedChange {
    private final FileOutput output;
    private final Path folder;
    private final Path journal;
    private final Journal change;

    private Trusted(FileOutput output, Path folder, Path journal, Journal change) {
      this.output = output;
      this.folder = folder;
      this.journal = journal;
      this.change = change;
    }

    @Override
    public Path journal() {
      return journal;
    }

    /** Returns which command was interrupted: init, request, package or kit. */
    public String command() {
      return change.kind().command();
    }

    /** Completes or undoes the change. Call with the folder locked. */
    public Recovery complete() throws IOException {
      if (!guardHolds()) {
        // The journal goes first: without its staged files it must not be carried out.
        output.delete(journal);
        for (Journal.Installation installation : change.installations()) {
          output.delete(folder.resolve(installation.staged()));
        }
        return Recovery.ROLLED_BACK;
      }
      FileSet.apply(output, folder, pending(folder, change));
      return Recovery.COMPLETED;
    }

    private boolean guardHolds() {
      return change.guard().isEmpty()
          || contentIs(change.guard().get().file(), change.guard().get().sha256());
    }

    private static boolean contentIs(Path file, String sha256) {
      try {
        return Sha256.hex(BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES)).equals(sha256);
      } catch (IOException e) {
        return false;
      }
    }
  }

  /**
   * A journal that is never carried out.
   *
   * @param journal the file
   * @param reason why not, to follow "a journal"
   */
  record Untrusted(Path journal, String reason) implements InterruptedChange {
    /** Makes the refusal of a command that would have to complete the change first. */
    public ProvisioningException refusal() {
      return refuse(ErrorCode.JOURNAL_UNTRUSTED, journal.toString())
          .problem(
              "this account did not write this journal for this folder: it is a journal " + reason)
          .build();
    }
  }

  /** Looks for the journal of a CA folder or request folder. */
  static Optional<InterruptedChange> in(Path folder, FileOutput output, HmacKey key) {
    return at(folder, folder.resolve(ChangeKind.JOURNAL), output, key);
  }

  /** Looks for a journal of a folder; nothing is changed. */
  static Optional<InterruptedChange> at(Path folder, Path journal, FileOutput output, HmacKey key) {
    Path absolute = folder.toAbsolutePath().normalize();
    Path file = journal.toAbsolutePath().normalize();
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      FileStatus status = FileStatus.of(file);
      if (!status.isRegularFile()
          || status.links() != 1
          || !EffectiveUser.owns(status)
          || !status.isPrivate()) {
        return untrusted(file, "that is no private file of this account");
      }
      byte[] content = BoundedFiles.read(file, Journal.MAX_BYTES);
      if (!Journal.isOwn(content, key, absolute)) {
        return untrusted(file, "of another account, host or folder, or an altered one");
      }
      Journal change = Journal.read(content);
      if (!change.kind().journal(absolute, change.subject()).equals(file)) {
        return untrusted(file, "under the name of another one");
      }
      return check(absolute, change)
          .map(reason -> untrusted(file, reason))
          .orElseGet(() -> Optional.of(new Trusted(output, absolute, file, change)));
    } catch (Journal.MalformedException e) {
      return untrusted(file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return untrusted(file, "that cannot be read");
    }
  }

  private static Optional<InterruptedChange> untrusted(Path journal, String reason) {
    return Optional.of(new Untrusted(journal, reason));
  }

  /** Returns what forbids the change, if anything does. */
  private static Optional<String> check(Path folder, Journal change) throws IOException {
    for (Path needed : folders(folder, change)) {
      Optional<FileStatus> status = FileStatus.find(needed);
      if (status.isEmpty() || !status.get().isFolder()) {
        return Optional.of("whose folder " + folder.relativize(needed) + " is missing or a link");
      }
    }
    Set<String> retiring = new HashSet<>(change.retirements());
    for (Journal.Installation installation : change.installations()) {
      Path staged = folder.resolve(installation.staged());
      if (FileStatus.find(staged).isPresent()) {
        if (!isAsStaged(staged, installation.sha256())) {
          return Optional.of("whose staged file " + staged.getFileName() + " was exchanged");
        }
        if (hasFileAfterRetirement(folder, change, installation.target(), retiring)) {
          return Optional.of("whose file " + installation.target() + " was written meanwhile");
        }
      } else if (!hasFileAfterRetirement(folder, change, installation.target(), retiring)) {
        return Optional.of("whose staged file " + staged.getFileName() + " is missing");
      }
    }
    return Optional.empty();
  }

  /** The folders that moves go through; none may be a link. */
  private static Set<Path> folders(Path folder, Journal change) {
    Set<Path> folders = new HashSet<>();
    folders.add(folder);
    for (String retirement : change.retirements()) {
      addParents(folders, folder, retirement);
      addParents(folders, folder, change.kept(retirement));
    }
    for (Journal.Installation installation : change.installations()) {
      addParents(folders, folder, installation.staged());
      addParents(folders, folder, installation.target());
    }
    return folders;
  }

  private static void addParents(Set<Path> folders, Path folder, String file) {
    for (Path at = folder.resolve(file).getParent(); !at.equals(folder); at = at.getParent()) {
      folders.add(at);
    }
  }

  private static boolean isAsStaged(Path staged, String sha256) {
    try {
      return StagedDigest.of(staged).equals(sha256);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Tells whether there is a file that the change does not retire any more. Without its staged file
   * it is the new one, installed before the crash; together with its staged file it is of another
   * writer, and installing would overwrite it.
   */
  private static boolean hasFileAfterRetirement(
      Path folder, Journal change, String target, Set<String> retiring) throws IOException {
    return FileStatus.find(folder.resolve(target)).isPresent()
        && (!retiring.contains(target) || isRetired(folder, change, target));
  }

  private static boolean isRetired(Path folder, Journal change, String target) throws IOException {
    return FileStatus.find(folder.resolve(change.kept(target))).isPresent();
  }

  /** Leaves out the moves that were made before the crash. */
  private static Journal pending(Path folder, Journal change) throws IOException {
    List<String> retirements = new ArrayList<>();
    for (String name : change.retirements()) {
      if (FileStatus.find(folder.resolve(name)).isPresent() && !isRetired(folder, change, name)) {
        retirements.add(name);
      }
    }
    List<Journal.Installation> installations = new ArrayList<>();
    for (Journal.Installation installation : change.installations()) {
      if (FileStatus.find(folder.resolve(installation.staged())).isPresent()) {
        installations.add(installation);
      }
    }
    return new Journal(
        change.kind(),
        change.subject(),
        change.backup(),
        change.guard(),
        retirements,
        installations);
  }

  /**
   * Completes a change if this account began it; otherwise refuses. Call with the folder locked.
   */
  static Optional<Recovery> complete(Optional<InterruptedChange> found) throws IOException {
    if (found.isEmpty()) {
      return Optional.empty();
    }
    InterruptedChange change = found.get();
    if (change instanceof Untrusted untrusted) {
      throw untrusted.refusal();
    }
    return Optional.of(((Trusted) change).complete());
  }
}
