// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Changes several files as one: all of them or, seen after recovery, none. The new files are
 * staged, then a journal says what will be moved where, then it is done, then the journal goes. A
 * crash before the journal leaves the old state and some leftovers; a crash after it is completed
 * by {@link InterruptedChange}.
 *
 * <p>All retirements happen before all installations, each group in the order given, so that a
 * caller can see to it that a new key never lies beside an old certificate. The order also serves
 * an account without a key: it writes no journal, because it could not trust it later, and a crash
 * between two moves leaves the old files in the backup folder.
 */
public final class FileSet {
  private final FileOutput output;
  private final HmacKey key;
  private final ChangeKind kind;
  private final String subject;
  private final Path folder;
  private final List<String> retirements = new ArrayList<>();
  private final List<Staged> installations = new ArrayList<>();
  private Optional<Path> backup = Optional.empty();
  private Optional<Journal.Guard> guard = Optional.empty();
  private Optional<Journal> prepared = Optional.empty();

  private record Staged(Path file, String target) {}

  /**
   * Starts a change.
   *
   * @param output what the steps go through
   * @param key authenticates the journal
   * @param kind the command
   * @param subject the participant, see {@link ChangeKind}
   * @param folder the CA folder, request folder or project folder
   */
  public FileSet(FileOutput output, HmacKey key, ChangeKind kind, String subject, Path folder) {
    if (!kind.isSubject(subject)) {
      throw new IllegalArgumentException("not a subject of " + kind);
    }
    this.output = output;
    this.key = key;
    this.kind = kind;
    this.subject = subject;
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * Moves a file, if it exists, into a backup folder.
   *
   * @param target of the kind's list
   * @param backupFolder the same one for all of a change; it has the folders that the target needs
   */
  public FileSet retire(String target, Path backupFolder) throws IOException {
    requireListed(target);
    if (FileStatus.find(folder.resolve(target)).isPresent()) {
      retirements.add(target);
      backup = Optional.of(backupFolder.toAbsolutePath().normalize());
    }
    return this;
  }

  /** Writes a new file; an existing one must be retired in the same set. */
  public FileSet install(String target, byte[] content, FileMode mode) throws IOException {
    requireListed(target);
    return installStaged(output.stage(folder.resolve(target), content, mode), target);
  }

  /** Puts a staged file or folder in place. */
  public FileSet installStaged(Path staged, String target) {
    requireListed(target);
    installations.add(new Staged(staged.toAbsolutePath().normalize(), target));
    return this;
  }

  /** Lets recovery complete the change only if a file has this content, and otherwise undo it. */
  public FileSet onlyIf(Path file, String sha256) {
    guard = Optional.of(new Journal.Guard(file.toAbsolutePath().normalize(), sha256));
    return this;
  }

  /**
   * Makes the change certain: from now on a crash completes it.
   *
   * @return false if this account has no key, so that there is no journal
   */
  public boolean prepare() throws IOException {
    List<Journal.Installation> digests = new ArrayList<>();
    for (Staged staged : installations) {
      digests.add(
          new Journal.Installation(
              relative(staged.file()), staged.target(), StagedDigest.of(staged.file())));
    }
    Journal journal =
        new Journal(kind, subject, backup.map(this::relative), guard, retirements, digests);
    prepared = Optional.of(journal);
    Optional<byte[]> sealed = journal.sealed(key, folder);
    if (sealed.isEmpty()) {
      return false;
    }
    Path file = kind.journal(folder, subject);
    output.overwrite(file, sealed.get(), FileMode.OWNER_FILE);
    output.syncFolder(file.getParent());
    return true;
  }

  /** Carries out a prepared change. */
  public void apply() throws IOException {
    apply(output, folder, prepared.orElseThrow(() -> new IllegalStateException("not prepared")));
  }

  /** Carries out a change. Each staged file is read and compared before it is moved. */
  static void apply(FileOutput output, Path folder, Journal journal) throws IOException {
    Set<Path> touched = new LinkedHashSet<>();
    for (String name : journal.retirements()) {
      Path from = folder.resolve(name);
      Path to = folder.resolve(journal.kept(name));
      output.rename(from, to);
      touched.add(to.getParent());
    }
    for (Journal.Installation installation : journal.installations()) {
      Path from = folder.resolve(installation.staged());
      if (!StagedDigest.of(from).equals(installation.sha256())) {
        throw new FileSystemException(from.toString(), null, "changed after it was staged");
      }
      Path to = folder.resolve(installation.target());
      output.rename(from, to);
      touched.add(to.getParent());
    }
    touched.add(folder);
    for (Path parent : touched) {
      output.syncFolder(parent);
    }
    output.delete(journal.kind().journal(folder, journal.subject()));
  }

  /** Removes what was staged, after a refusal. */
  public void abandon() {
    // The journal first: without its staged files it must not be carried out.
    FileOutput.discard(kind.journal(folder, subject));
    for (Staged staged : installations) {
      FileOutput.discard(staged.file());
    }
  }

  private void requireListed(String target) {
    if (!kind.mayReplace(subject, target)) {
      throw new IllegalArgumentException(kind + " does not change " + target);
    }
  }

  private String relative(Path path) {
    return folder.relativize(path).toString();
  }
}
