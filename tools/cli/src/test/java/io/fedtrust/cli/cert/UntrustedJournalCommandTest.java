// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At the command line: what a folder from elsewhere cannot make a command do. */
class UntrustedJournalCommandTest {
  private static final String PACKAGE = "package hospital-a/hospital-a.signed.zip";

  @TempDir Path temp;
  private Shell shell;
  private Path victim;

  @BeforeEach
  void federation() {
    shell = new Shell(temp);
    shell.writeFederation();
    assertThat(shell.run("cert init --profile project_profile.yaml -o ca").exit()).isZero();
    assertThat(shell.run("cert request --participant hospital-a.yaml").exit()).isZero();
    approve("hospital-a");
    victim = shell.write("victim/authorized_keys", "precious");
  }

  private Shell.Result approve(String name) {
    Shell.Result result =
        shell.run(
            "cert approve "
                + name
                + "/"
                + name
                + ".request.zip --ca-dir ca --profile project_profile.yaml");
    assertThat(result.exit()).as(result.err()).isZero();
    return result;
  }

  /** As 0.1 wrote them: a move of any file of the user to any place. */
  private void plant(String folder) throws IOException {
    Path journal = shell.folder.resolve(folder).resolve(".journal.fedtrust");
    shell.write(folder + "/loot", "evil");
    Files.writeString(
        journal,
        "fedtrust-journal 1\ninstall "
            + encode("loot")
            + " "
            + encode("../victim/authorized_keys")
            + "\nend\n");
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("rw-------"));
  }

  private static String encode(String path) {
    return Base64.getUrlEncoder().encodeToString(path.getBytes(UTF_8));
  }

  @Test
  @DisplayName("package, request --force, init --force and clean end with JOURNAL_UNTRUSTED")
  void refused() throws IOException {
    plant("hospital-a");
    plant("ca");
    for (String command :
        new String[] {
          PACKAGE,
          "cert request --participant hospital-a.yaml --force",
          "cert init --profile project_profile.yaml -o ca --deploy-version 01 --force",
          "cert clean hospital-a",
          "cert clean ca",
          "cert clean ca --dry-run"
        }) {
      Shell.Result result = shell.run(command);
      assertThat(result.exit()).as(command).isEqualTo(1);
      assertThat(result.err()).as(command).contains("Code: JOURNAL_UNTRUSTED (exit 1)");
    }
    assertThat(victim).hasContent("precious");
    assertThat(shell.folder.resolve("hospital-a/loot")).exists();
    assertThat(shell.folder.resolve("workspace")).doesNotExist();
  }

  @Test
  @DisplayName("inspect reports the journal with status 1; approve warns and goes on")
  void reported() throws IOException {
    plant("hospital-a");
    plant("ca");
    for (String folder : new String[] {"hospital-a", "ca"}) {
      Shell.Result result = shell.run("cert inspect " + folder);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.out())
          .contains("interrupted_change: not completed by any command of this account")
          .contains("error_code: JOURNAL_UNTRUSTED");
    }
    shell.run("cert request --participant hospital-b.yaml");
    assertThat(approve("hospital-b").err()).contains("Warning:").contains(".journal.fedtrust");
    assertThat(victim).hasContent("precious");
  }

  @Test
  @DisplayName("clean --discard-journal sets the journal aside; then the commands work")
  void discarded() throws IOException {
    plant("hospital-a");
    Shell.Result result = shell.run("cert clean hospital-a --discard-journal");
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("set aside: ")
        .contains(".journal.untrusted-1")
        .contains("hospital-a.key is the key of no certificate here");
    assertThat(shell.run(PACKAGE).exit()).isZero();
    assertThat(victim).hasContent("precious");
    assertThat(shell.run("cert clean hospital-a --discard-journal --dry-run").exit()).isEqualTo(4);
  }

  @Test
  @DisplayName("package refuses weaker security than required, and an approval that is older")
  void packageOptions() throws IOException {
    assertThat(shell.run(PACKAGE + " --require-security clear").exit()).isEqualTo(4);
    assertThat(shell.run(PACKAGE + " --require-security mtls").exit()).isZero();
    assertThat(shell.run(PACKAGE + " --force --allow-older").exit()).isZero();
    shell.write(
        "weak.yaml",
        Files.readString(shell.folder.resolve("project_profile.yaml")).replace("mtls", "clear"));
    shell.run("cert request --participant hospital-b.yaml");
    shell.run("cert approve hospital-b/hospital-b.request.zip --ca-dir ca --profile weak.yaml");
    String weak = "package hospital-b/hospital-b.signed.zip";
    Shell.Result refused = shell.run(weak + " --require-security tls");
    assertThat(refused.exit()).isEqualTo(4);
    assertThat(refused.err()).contains("Code: SECURITY_TOO_WEAK (exit 4)");
    Shell.Result accepted = shell.run(weak);
    assertThat(accepted.exit()).isZero();
    assertThat(accepted.err()).contains("WITHOUT ENCRYPTION").contains("no kit to compare with");
  }
}
