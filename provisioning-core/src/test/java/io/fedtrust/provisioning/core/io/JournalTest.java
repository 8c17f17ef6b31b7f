// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.core.Refusals;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which journals are carried out, by what is in them and around them. */
class JournalTest {
  private static final FileOutput OUTPUT = new FileOutput(FailPoint.NONE, Durability.NO_SYNC);
  private static final HmacKey OWN = new HmacKey(() -> Optional.of(new byte[32]));
  private static final HmacKey OTHER = new HmacKey(() -> Optional.of(new byte[] {1, 2, 3}));
  private static final HmacKey NO_KEY = new HmacKey(Optional::empty);
  private static final String DIGEST = Sha256.hex("content".getBytes(UTF_8));

  @TempDir Path temp;
  private Path folder;
  private Path journal;
  private Path staged;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(temp.toRealPath().resolve("site-1"));
    journal = folder.resolve(".journal.fedtrust");
    staged = folder.resolve(".site-1.key.1-2-3.fedtrust-tmp");
    write(staged, "content", "rw-------");
  }

  @Test
  @DisplayName("the journal of this account, in its folder, with its files, is completed")
  void ownJournal() throws IOException {
    plant(journal(installation()));
    assertThat(find()).containsInstanceOf(InterruptedChange.Trusted.class);
    assertThat(InterruptedChange.complete(find())).hasValue(InterruptedChange.Recovery.COMPLETED);
    assertThat(folder.resolve("site-1.key")).hasContent("content");
    assertThat(journal).doesNotExist();
    assertThat(find()).isEmpty();
  }

  @Test
  @DisplayName("a journal with the code of another account, or without one, is not carried out")
  void otherAccount() throws IOException {
    plant(journal(installation()).sealed(OTHER, folder).orElseThrow());
    requireUntrusted("another account");
    plant("fedtrust-journal 2\ncommand request\nsubject site-1\n".getBytes(UTF_8));
    requireUntrusted("another account");
    plant(new byte[0]);
    requireUntrusted("another account");
    plant(new byte[Journal.MAX_BYTES + 1]);
    requireUntrusted("cannot be read");
  }

  @Test
  @DisplayName("an account without a key trusts no journal, not even one without a code")
  void noKey() throws IOException {
    plant(journal(installation()));
    Refusals.refused(
        ErrorCode.JOURNAL_UNTRUSTED,
        () -> InterruptedChange.complete(InterruptedChange.in(folder, OUTPUT, NO_KEY)));
  }

  @Test
  @DisplayName("a changed byte anywhere in the journal makes it untrusted")
  void changedBytes() throws IOException {
    byte[] good = journal(installation()).sealed(OWN, folder).orElseThrow();
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      plant(bad);
      assertThat(find()).as("byte %d", i).containsInstanceOf(InterruptedChange.Untrusted.class);
    }
    plant((new String(good, UTF_8) + "\n").getBytes(UTF_8));
    requireUntrusted("another account");
  }

  @Test
  @DisplayName("a journal copied to another folder, with its staged files, is not carried out")
  void copied() throws IOException {
    plant(journal(installation()));
    Path copy = Files.createDirectory(temp.toRealPath().resolve("copy"));
    for (Path file : List.of(journal, staged)) {
      Files.copy(
          file, copy.resolve(file.getFileName()), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }
    assertThat(InterruptedChange.in(copy, OUTPUT, OWN))
        .containsInstanceOf(InterruptedChange.Untrusted.class);
    // The same path is not enough either: it must be the same folder.
    Files.move(folder, temp.resolve("away"));
    Files.move(copy, folder);
    requireUntrusted("another account, host or folder");
  }

  @Test
  @DisplayName("an exchanged, linked or missing staged file makes the journal untrusted")
  void exchangedFile() throws IOException {
    plant(journal(installation()));
    write(staged, "CONTENT", "rw-------");
    requireUntrusted("exchanged");
    Files.delete(staged);
    requireUntrusted("missing");
    Files.createSymbolicLink(staged, write(temp.resolve("same"), "content", "rw-------"));
    requireUntrusted("exchanged");
    Files.delete(staged);
    Files.createLink(staged, temp.resolve("same"));
    requireUntrusted("exchanged");
    Files.delete(staged);
    write(staged, "content", "rw-rw----");
    requireUntrusted("exchanged");
    Files.delete(staged);
    write(staged, "content", "rw-------");
    assertThat(find()).containsInstanceOf(InterruptedChange.Trusted.class);
  }

  @Test
  @DisplayName("a staged file without its old one in the backup is missing, not in place")
  void lostFile() throws IOException {
    write(folder.resolve("site-1.key"), "old", "rw-------");
    Files.createDirectories(folder.resolve(".bak/20261120T213000-0"));
    plant(
        new Journal(
            ChangeKind.REQUEST,
            "site-1",
            Optional.of(".bak/20261120T213000-0"),
            Optional.empty(),
            List.of("site-1.key"),
            List.of(installation())));
    Files.delete(staged);
    requireUntrusted("missing");
    assertThat(folder.resolve("site-1.key")).hasContent("old");
  }

  @Test
  @DisplayName("a file that was written after the crash is not overwritten")
  void newFile() throws IOException {
    plant(journal(installation()));
    write(folder.resolve("site-1.key"), "newer", "rw-------");
    requireUntrusted("written meanwhile");
    assertThat(folder.resolve("site-1.key")).hasContent("newer");
  }

  @Test
  @DisplayName("a journal that others can read, that has two names or is a link is not carried out")
  void journalFile() throws IOException {
    plant(journal(installation()));
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("rw-r--r--"));
    requireUntrusted("no private file");
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("rw-------"));
    Files.createLink(temp.resolve("second"), journal);
    requireUntrusted("no private file");
    Files.delete(journal);
    Files.createSymbolicLink(journal, temp.resolve("second"));
    requireUntrusted("no private file");
    Files.delete(journal);
    Files.createDirectory(journal);
    requireUntrusted("no private file");
  }

  @Test
  @DisplayName("a journal of another owner is not carried out, whatever its code")
  void journalOwner() throws IOException {
    assumeTrue(EffectiveUser.uid().orElse(-1) == 0, "needs root");
    plant(journal(installation()));
    Files.setAttribute(journal, "unix:uid", 12345);
    requireUntrusted("no private file");
  }

  @ParameterizedTest
  @DisplayName("with a valid code too, only names are moved that this command can stage")
  @ValueSource(
      strings = {
        "../site-1.key",
        "/etc/cron.d/x",
        ".ssh/authorized_keys",
        "site-2.key",
        "rootCA.key",
        ".bashrc",
        ".bak/x",
        "."
      })
  void otherTargets(String target) throws IOException {
    plant(journal(new Journal.Installation(name(staged), target, DIGEST)));
    requireUntrusted("");
    plant(
        new Journal(
            ChangeKind.REQUEST,
            "site-1",
            Optional.of(".bak/20261120T213000-0"),
            Optional.empty(),
            List.of(target),
            List.of()));
    requireUntrusted("");
  }

  @ParameterizedTest
  @DisplayName("with a valid code too, only staged files are installed")
  @ValueSource(
      strings = {
        "../.site-1.key.1.fedtrust-tmp",
        "/tmp/.site-1.key.1.fedtrust-tmp",
        ".site-1.key./../../x.fedtrust-tmp",
        ".site-1.csr.1-2-3.fedtrust-tmp",
        ".site-1.key.fedtrust-tmp",
        "site-1.csr"
      })
  void otherSources(String source) throws IOException {
    plant(journal(new Journal.Installation(source, "site-1.key", DIGEST)));
    requireUntrusted("never does");
  }

  @ParameterizedTest
  @DisplayName("with a valid code too, only a folder below .bak receives what is retired")
  @ValueSource(strings = {"../x", ".bak/../../x", "/tmp", ".bak", ".bak/20261120T213000-0/x", "x"})
  void otherBackups(String backup) throws IOException {
    write(folder.resolve("site-1.key"), "old", "rw-------");
    plant(
        new Journal(
            ChangeKind.REQUEST,
            "site-1",
            Optional.of(backup),
            Optional.empty(),
            List.of("site-1.key"),
            List.of()));
    requireUntrusted("backup");
  }

  @Test
  @DisplayName("a backup folder, or a folder of a workspace, that became a link stops the change")
  void linkedFolders() throws IOException {
    Path elsewhere = Files.createDirectories(temp.resolve("elsewhere/20261120T213000-0"));
    write(folder.resolve("site-1.key"), "old", "rw-------");
    Files.createSymbolicLink(folder.resolve(".bak"), elsewhere.getParent());
    plant(
        new Journal(
            ChangeKind.REQUEST,
            "site-1",
            Optional.of(".bak/20261120T213000-0"),
            Optional.empty(),
            List.of("site-1.key"),
            List.of(installation())));
    requireUntrusted("missing or a link");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @ParameterizedTest
  @DisplayName("a subject is a participant's name, or of a kit the same below prod_NN")
  @ValueSource(strings = {"../x", "a b", "", ".x", "prod_00/x", "x/../y"})
  void subjects(String subject) throws IOException {
    plant(
        new Journal(
            ChangeKind.REQUEST,
            subject,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(new Journal.Installation(name(staged), subject + ".key", DIGEST))));
    requireUntrusted("");
    assertThat(ChangeKind.KIT.isSubject("prod_00/" + subject)).isFalse();
    assertThat(ChangeKind.KIT.isSubject("prod_00/site-1")).isTrue();
    assertThat(ChangeKind.KIT.isSubject("prod_0/site-1")).isFalse();
  }

  @ParameterizedTest
  @DisplayName("a change of a kit moves what packaging makes, and nothing that is the site's")
  @ValueSource(
      strings = {
        "prod_00/site-1",
        "prod_00/site-1/",
        "prod_00/site-1/storage",
        "prod_00/site-1/transfer",
        "prod_00/site-1/log.txt",
        "prod_00/site-1/local",
        "prod_00/site-1/local/..",
        "prod_00/site-1/local/.x",
        "prod_00/site-1/local/a b",
        "prod_00/site-1/local/a/b",
        "prod_00/site-1/startup/client.key",
        "prod_00/site-1/../site-2/startup",
        "prod_00/site-2/startup",
        "prod_01/site-1/startup"
      })
  void targetsOfKits(String target) {
    assertThat(ChangeKind.KIT.mayReplace("prod_00/site-1", target)).isFalse();
    for (String made : List.of("startup", "readme.txt", "local/resources.json.default")) {
      assertThat(ChangeKind.KIT.mayReplace("prod_00/site-1", "prod_00/site-1/" + made)).isTrue();
    }
  }

  @Test
  @DisplayName("a staged kit is compared as a whole: content, names, modes, and no links in it")
  void stagedKit() throws IOException {
    Path kit = Files.createDirectories(folder.resolve("kit/startup")).getParent();
    write(kit.resolve("startup/client.key"), "key", "rw-------");
    String digest = StagedDigest.of(kit);
    assertThat(StagedDigest.of(kit)).isEqualTo(digest);
    write(kit.resolve("startup/client.key"), "KEY", "rw-------");
    assertThat(StagedDigest.of(kit)).isNotEqualTo(digest);
    write(kit.resolve("startup/client.key"), "key", "rw-r--r--");
    assertThat(StagedDigest.of(kit)).isNotEqualTo(digest);
    write(kit.resolve("startup/client.key"), "key", "rw-------");
    assertThat(StagedDigest.of(kit)).isEqualTo(digest);
    write(kit.resolve("more"), "", "rw-------");
    assertThat(StagedDigest.of(kit)).isNotEqualTo(digest);
    Files.delete(kit.resolve("more"));
    Files.createSymbolicLink(kit.resolve("startup/link"), kit.resolve("startup/client.key"));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> StagedDigest.of(kit))
        .isInstanceOf(IOException.class);
  }

  private Journal.Installation installation() {
    return new Journal.Installation(name(staged), "site-1.key", DIGEST);
  }

  private static Journal journal(Journal.Installation installation) {
    return new Journal(
        ChangeKind.REQUEST,
        "site-1",
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(installation));
  }

  private void plant(Journal content) throws IOException {
    plant(content.sealed(OWN, folder).orElseThrow());
  }

  private void plant(byte[] content) throws IOException {
    Files.deleteIfExists(journal);
    OUTPUT.writeInPlace(journal, content, FileMode.OWNER_FILE);
  }

  private Optional<InterruptedChange> find() {
    return InterruptedChange.in(folder, OUTPUT, OWN);
  }

  private void requireUntrusted(String reason) {
    Map<String, String> before = Refusals.snapshot(temp);
    Optional<InterruptedChange> found = find();
    assertThat(found).containsInstanceOf(InterruptedChange.Untrusted.class);
    assertThat(((InterruptedChange.Untrusted) found.orElseThrow()).reason()).contains(reason);
    Refusals.refused(ErrorCode.JOURNAL_UNTRUSTED, () -> InterruptedChange.complete(found));
    assertThat(Refusals.snapshot(temp)).isEqualTo(before);
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static Path write(Path file, String content, String mode) throws IOException {
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
