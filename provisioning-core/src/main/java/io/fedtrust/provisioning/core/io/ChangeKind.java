// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The changes that consist of several moves, and the closed list of files that each may move. A
 * subject tells one change of a kind from another: the participant's name, or {@code
 * prod_NN/<name>} for a kit.
 */
public enum ChangeKind {
  /** {@code cert init} in a CA folder. */
  INIT("init", "ca"),
  /** {@code cert request} in a request folder. */
  REQUEST("request", Patterns.NAME),
  /** {@code cert request --job-ca} in the request folder of a server. */
  JOB_CA_REQUEST("jobca", Patterns.NAME),
  /** {@code package} puts the approval's files into the request folder. */
  APPROVAL_FILES("package", Patterns.NAME),
  /**
   * {@code package --force} replaces what packaging made of a kit in a project folder of a
   * workspace: {@code startup}, the read-me file, and files of {@code local}.
   */
  KIT("kit", "prod_[0-9]{2}/" + Patterns.NAME);

  /** Name of the journal in a CA folder or request folder. */
  public static final String JOURNAL = ".journal.fedtrust";

  private static final String STATE = "state";
  private static final String KIT_JOURNAL_END = ".journal";

  private final String command;
  private final Pattern subjects;

  ChangeKind(String command, String subjects) {
    this.command = command;
    this.subjects = Pattern.compile(subjects);
  }

  /** Returns the word of the journal for this kind. */
  String command() {
    return command;
  }

  static Optional<ChangeKind> of(String command) {
    for (ChangeKind kind : values()) {
      if (kind.command.equals(command)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  boolean isSubject(String subject) {
    return subjects.matcher(subject).matches();
  }

  /** Tells whether a change may replace a file or folder, named relative to its folder. */
  public boolean mayReplace(String subject, String target) {
    return switch (this) {
      case INIT -> Set.of("rootCA.pem", "rootCA.key", "ca.json").contains(target);
      case REQUEST ->
          Set.of(
                      subject + ".key",
                      subject + ".csr",
                      subject + ".crt",
                      subject + ".request.zip",
                      "request.json",
                      "site.yaml",
                      "signed.json",
                      "rootCA.pem")
                  .contains(target)
              || JobCaFiles.ofRequest(subject).contains(target);
      case JOB_CA_REQUEST -> JobCaFiles.ofRequest(subject).contains(target);
      case APPROVAL_FILES -> Set.of(subject + ".crt", "signed.json", "rootCA.pem").contains(target);
      case KIT ->
          target.startsWith(subject + "/")
              && Patterns.IN_KIT.matcher(target.substring(subject.length() + 1)).matches();
    };
  }

  /** Returns the place of a replaced file or folder in the backup folder. */
  String inBackup(String target) {
    return this == KIT
        ? target.substring(target.indexOf('/') + 1)
        : target.substring(target.lastIndexOf('/') + 1);
  }

  /** Returns the folder, relative to that of the change, with staged files, backups and journal. */
  String workFolder() {
    return this == KIT ? STATE + "/" : "";
  }

  /** Returns the journal of a change, relative to its folder. */
  String journal(String subject) {
    return this == KIT
        ? STATE + "/." + subject.substring(subject.indexOf('/') + 1) + KIT_JOURNAL_END
        : JOURNAL;
  }

  /** Returns the journal of a change in a folder. */
  public Path journal(Path folder, String subject) {
    return folder.resolve(journal(subject));
  }

  private static final class Patterns {
    static final String NAME = "[A-Za-z0-9][A-Za-z0-9._@-]{0,63}";
    static final Pattern IN_KIT =
        Pattern.compile("startup|readme\\.txt|local/[A-Za-z0-9_][A-Za-z0-9._@-]{0,127}");
  }
}
