// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Changes several files as one: all of them or, seen after recovery, none. The new files are
 * staged, then a journal says what will be moved where, then it is done, then the journal goes. A
 * crash before the journal leaves the old state and some leftovers; a crash after it is completed
 * by {@link #recover}.
 *
 * <p>All retirements happen before all installations, each group in the order given, so that a
 * caller can see to it that a new key never lies beside an old certificate.
 */
public final class FileSet {
  /** Name of the journal in its folder. */
  public static final String JOURNAL = ".journal.fedtrust";

  private static final int MAX_JOURNAL_BYTES = 64 * 1024;

  private final FileOutput output;
  private final Path folder;
  private final Path journal;
  private final List<Move> retirements = new ArrayList<>();
  private final List<Move> installations = new ArrayList<>();
  private Optional<Guard> guard = Optional.empty();

  private record Move(Path from, Path to) {}

  private record Guard(Path file, String sha256) {}

  /** What {@link #recover} did. */
  public enum Recovery {
    /** There was nothing to recover. */
    NONE,
    /** An interrupted change was completed. */
    COMPLETED,
    /** An interrupted change was undone. */
    ROLLED_BACK
  }

  /** Starts a change below {@code folder}, where the journal will be. */
  public FileSet(FileOutput output, Path folder) {
    this(output, folder, folder.resolve(JOURNAL));
  }

  /** Starts a change below {@code folder} whose journal lies elsewhere below it. */
  public FileSet(FileOutput output, Path folder, Path journal) {
    this.output = output;
    this.folder = folder.toAbsolutePath().normalize();
    this.journal = journal.toAbsolutePath().normalize();
  }

  /** Moves {@code path}, if it exists, into a backup folder. */
  public FileSet retire(Path path, Path backupFolder) {
    Path absolute = path.toAbsolutePath().normalize();
    if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      retirements.add(
          new Move(absolute, backupFolder.toAbsolutePath().resolve(absolute.getFileName())));
    }
    return this;
  }

  /** Writes a new file; an existing one must be retired in the same set. */
  public FileSet install(Path target, byte[] content, FileMode mode) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    installations.add(new Move(output.stage(absolute, content, mode), absolute));
    return this;
  }

  /** Puts a staged file or folder in place. */
  public FileSet installStaged(Path staged, Path target) {
    installations.add(
        new Move(staged.toAbsolutePath().normalize(), target.toAbsolutePath().normalize()));
    return this;
  }

  /** Lets recovery complete the change only if a file has this content, and else undo it. */
  public FileSet onlyIf(Path file, String sha256) {
    guard = Optional.of(new Guard(file.toAbsolutePath().normalize(), sha256));
    return this;
  }

  /** Makes the change certain: from now on a crash completes it. */
  public void prepare() throws IOException {
    output.overwrite(journal, text(), FileMode.OWNER_FILE);
    output.syncFolder(journal.getParent());
  }

  /** Carries out a prepared change. */
  public void apply() throws IOException {
    Set<Path> touched = new LinkedHashSet<>();
    for (Move move : retirements) {
      output.rename(move.from(), move.to());
      touched.add(move.to().getParent());
    }
    for (Move move : installations) {
      output.rename(move.from(), move.to());
      touched.add(move.to().getParent());
    }
    touched.add(folder);
    for (Path parent : touched) {
      output.syncFolder(parent);
    }
    output.delete(journal);
  }

  /** Removes what was staged, after a refusal. */
  public void abandon() {
    // The journal first: without its staged files it must not be carried out.
    FileOutput.discard(journal);
    for (Move move : installations) {
      FileOutput.discard(move.from());
    }
  }

  /** Tells whether a folder holds an interrupted change. */
  public static boolean isInterrupted(Path folder) {
    return Files.exists(folder.resolve(JOURNAL), LinkOption.NOFOLLOW_LINKS);
  }

  /** Completes or undoes a change that a crash interrupted. Call with the folder locked. */
  public static Recovery recover(FileOutput output, Path folder) throws IOException {
    return recover(output, folder, folder.resolve(JOURNAL));
  }

  /** Completes or undoes a change whose journal lies elsewhere below {@code folder}. */
  public static Recovery recover(FileOutput output, Path folder, Path journal) throws IOException {
    if (!Files.exists(journal, LinkOption.NOFOLLOW_LINKS)) {
      return Recovery.NONE;
    }
    FileSet set = read(output, folder, journal);
    if (set.guard.isPresent()
        && !set.guard.get().sha256().equals(sha256OrNone(set.guard.get().file()))) {
      for (Move move : set.installations) {
        output.delete(move.from());
      }
      output.delete(journal);
      return Recovery.ROLLED_BACK;
    }
    set.retirements.removeIf(
        move ->
            !Files.exists(move.from(), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(move.to(), LinkOption.NOFOLLOW_LINKS));
    set.installations.removeIf(move -> !Files.exists(move.from(), LinkOption.NOFOLLOW_LINKS));
    set.apply();
    return Recovery.COMPLETED;
  }

  private byte[] text() {
    StringBuilder text = new StringBuilder("fedtrust-journal 1\n");
    guard.ifPresent(
        g ->
            text.append("only-if ")
                .append(encode(g.file()))
                .append(' ')
                .append(g.sha256())
                .append('\n'));
    retirements.forEach(move -> line(text, "retire", move));
    installations.forEach(move -> line(text, "install", move));
    return text.append("end\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private void line(StringBuilder text, String verb, Move move) {
    text.append(verb)
        .append(' ')
        .append(encode(folder.relativize(move.from())))
        .append(' ')
        .append(encode(folder.relativize(move.to())))
        .append('\n');
  }

  private static FileSet read(FileOutput output, Path folder, Path journal) throws IOException {
    String text =
        new String(BoundedFiles.read(journal, MAX_JOURNAL_BYTES), StandardCharsets.US_ASCII);
    List<String> lines = text.lines().toList();
    if (lines.size() < 2
        || !lines.get(0).equals("fedtrust-journal 1")
        || !lines.get(lines.size() - 1).equals("end")) {
      throw new IOException("unreadable journal " + journal);
    }
    FileSet set = new FileSet(output, folder, journal);
    for (String line : lines.subList(1, lines.size() - 1)) {
      List<String> words = List.of(line.split(" ", -1));
      if (words.size() != 3) {
        throw new IOException("unreadable journal " + journal);
      }
      switch (words.get(0)) {
        case "only-if" -> set.onlyIf(decode(words.get(1)), words.get(2));
        case "retire" -> set.retirements.add(set.move(words));
        case "install" -> set.installations.add(set.move(words));
        default -> throw new IOException("unreadable journal " + journal);
      }
    }
    return set;
  }

  private Move move(List<String> words) throws IOException {
    return new Move(inFolder(words.get(1)), inFolder(words.get(2)));
  }

  private Path inFolder(String encoded) throws IOException {
    Path path = folder.resolve(decode(encoded)).normalize();
    if (!path.startsWith(folder)) {
      throw new IOException("a journal leads out of " + folder);
    }
    return path;
  }

  private static String encode(Path path) {
    return Base64.getUrlEncoder().encodeToString(path.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Path decode(String text) throws IOException {
    try {
      return Path.of(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new IOException("unreadable journal", e);
    }
  }

  private static String sha256OrNone(Path file) {
    try {
      byte[] content = BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (IOException e) {
      return "none";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
