// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What one change of several files will do. All paths are names from the closed list of the kind,
 * relative to the folder of the change.
 *
 * <p>On disk it is text of at most 64 KiB, one step a line, and a last line with an HMAC-SHA-256 of
 * this account over the text, the folder's real path and its inode: a journal that was copied,
 * unpacked, altered or made by another account is recognized. The number of the device is left out,
 * because it can change when a machine restarts after a power failure.
 *
 * @param kind which command
 * @param subject the participant, see {@link ChangeKind}
 * @param backup where retired files go; empty if none are retired
 * @param guard completes the change only if it holds
 * @param retirements what is moved into the backup folder
 * @param installations what is put in place afterwards
 */
record Journal(
    ChangeKind kind,
    String subject,
    Optional<String> backup,
    Optional<Guard> guard,
    List<String> retirements,
    List<Installation> installations) {
  static final int MAX_BYTES = 64 * 1024;

  private static final String FORMAT = "fedtrust-journal 2";
  private static final Pattern BACKUP = Pattern.compile("\\.bak/[0-9]{8}T[0-9]{6}-[0-9]{1,5}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern UNIQUE = Pattern.compile("\\.[0-9a-z-]{1,64}");
  private static final String MAC = "mac ";
  private static final int MAC_BYTES = 128;

  Journal {
    retirements = List.copyOf(retirements);
    installations = List.copyOf(installations);
  }

  /** A staged file or folder, its place, and its digest ({@link StagedDigest}). */
  record Installation(String staged, String target, String sha256) {}

  /** A file outside the folder that must have a content, for example a kit's certificate. */
  record Guard(Path file, String sha256) {}

  /** The journal is malformed, or asks for what its kind never does. */
  static final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /** Returns the text with its code; empty if this account has no key. */
  Optional<byte[]> sealed(HmacKey key, Path folder) throws IOException {
    String text = text();
    if (text.length() > MAX_BYTES - MAC_BYTES) {
      throw new TooManyFilesException();
    }
    return key.mac(context(folder) + text)
        .map(mac -> (text + MAC + mac + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Tells whether this account wrote these bytes for this folder. */
  static boolean isOwn(byte[] content, HmacKey key, Path folder) throws IOException {
    String all = new String(content, StandardCharsets.UTF_8);
    int last = all.lastIndexOf('\n' + MAC) + 1;
    return last > 0
        && all.endsWith("\n")
        && key.verifies(
            context(folder) + all.substring(0, last),
            all.substring(last + MAC.length(), all.length() - 1));
  }

  /** Reads a journal whose code was verified. */
  static Journal read(byte[] content) throws MalformedException {
    List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
    if (lines.size() < 4 || !lines.get(0).equals(FORMAT)) {
      throw new MalformedException("not of format " + FORMAT);
    }
    ChangeKind kind =
        ChangeKind.of(word(lines.get(1), "command"))
            .orElseThrow(() -> new MalformedException("of an unknown command"));
    String subject = word(lines.get(2), "subject");
    Optional<String> backup = Optional.empty();
    Optional<Guard> guard = Optional.empty();
    List<String> retirements = new ArrayList<>();
    List<Installation> installations = new ArrayList<>();
    for (String line : lines.subList(3, lines.size() - 1)) {
      String[] words = line.split(" ", -1);
      switch (words[0] + " " + words.length) {
        case "backup 2" -> backup = Optional.of(words[1]);
        case "only-if 3" -> guard = Optional.of(new Guard(decode(words[1]), words[2]));
        case "retire 2" -> retirements.add(words[1]);
        case "install 4" -> installations.add(new Installation(words[1], words[2], words[3]));
        default -> throw new MalformedException("with a line that is not understood");
      }
    }
    Journal journal = new Journal(kind, subject, backup, guard, retirements, installations);
    journal.requireListed();
    return journal;
  }

  /** Refuses every name that is not from the closed list of the kind. */
  private void requireListed() throws MalformedException {
    if (!kind.isSubject(subject)) {
      throw new MalformedException("with an impossible name");
    }
    Set<String> seen = new LinkedHashSet<>();
    for (String name : retirements) {
      if (!kind.mayReplace(subject, name) || !seen.add("retire " + name) || backup.isEmpty()) {
        throw new MalformedException("that retires what this command never does");
      }
    }
    for (Installation installation : installations) {
      if (!kind.mayReplace(subject, installation.target())
          || !seen.add("install " + installation.target())
          || !isStaged(installation)
          || !DIGEST.matcher(installation.sha256()).matches()) {
        throw new MalformedException("that installs what this command never does");
      }
    }
    if (backup.isPresent() && !isBackup(backup.get())) {
      throw new MalformedException("with an impossible backup folder");
    }
  }

  /** Returns where a retired file goes, relative to the folder. */
  String kept(String retirement) {
    return backup.orElseThrow() + "/" + kind.inBackup(retirement);
  }

  private boolean isBackup(String name) {
    return name.startsWith(kind.workFolder())
        && BACKUP.matcher(name.substring(kind.workFolder().length())).matches();
  }

  /** As {@link FileOutput#stagingName} names it. */
  private boolean isStaged(Installation installation) {
    String target = installation.target();
    String file = target.substring(target.lastIndexOf('/') + 1);
    String start = kind.workFolder() + FileOutput.stagingStart(file);
    String staged = installation.staged();
    return staged.startsWith(start)
        && staged.endsWith(FileOutput.LEFTOVER)
        && staged.length() > start.length() + FileOutput.LEFTOVER.length()
        && UNIQUE
            .matcher(
                staged.substring(start.length(), staged.length() - FileOutput.LEFTOVER.length()))
            .matches();
  }

  private static String context(Path folder) throws IOException {
    Path real = folder.toRealPath();
    return "folder " + encode(real) + " " + FileStatus.of(real).inode() + "\n";
  }

  private String text() {
    StringBuilder text = new StringBuilder(FORMAT + "\n");
    text.append("command ").append(kind.command()).append('\n');
    text.append("subject ").append(subject).append('\n');
    backup.ifPresent(name -> text.append("backup ").append(name).append('\n'));
    guard.ifPresent(
        g ->
            text.append("only-if ")
                .append(encode(g.file()))
                .append(' ')
                .append(g.sha256())
                .append('\n'));
    retirements.forEach(name -> text.append("retire ").append(name).append('\n'));
    installations.forEach(
        i ->
            text.append("install ")
                .append(i.staged())
                .append(' ')
                .append(i.target())
                .append(' ')
                .append(i.sha256())
                .append('\n'));
    return text.toString();
  }

  private static String word(String line, String name) throws MalformedException {
    if (!line.startsWith(name + " ")) {
      throw new MalformedException("without its " + name);
    }
    return line.substring(name.length() + 1);
  }

  private static String encode(Path path) {
    return Base64.getUrlEncoder().encodeToString(path.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Path decode(String text) throws MalformedException {
    try {
      return Path.of(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("with an impossible path");
    }
  }
}
