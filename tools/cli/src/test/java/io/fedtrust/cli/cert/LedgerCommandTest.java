// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.cli.cert.Federation.AGAIN;
import static io.fedtrust.cli.cert.Federation.APPROVE;
import static io.fedtrust.cli.cert.Federation.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ledger is told later, and what happens after a restore. */
class LedgerCommandTest {
  private static final String APPROVE_B =
      "cert approve hospital-b/hospital-b.request.zip" + PROFILE;
  private static final String ACCEPT = "cert ledger accept-head -c ca";
  private static final String IMPORT = "cert ledger import -c ca ";

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void federation() throws IOException {
    shell = Federation.in(temp);
  }

  private Shell.Result done(String command) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
    return result;
  }

  private Shell.Result refused(String command, String code, int exit) {
    Shell.Result result = shell.run(command);
    assertThat(result.out() + result.err()).contains(code);
    assertThat(result.exit()).isEqualTo(exit);
    return result;
  }

  private Path ledger() {
    return shell.folder.resolve("ca/approvals.ledger");
  }

  /** Approves hospital-a and hospital-b, and restores the ledger as it was in between. */
  private void restoreAnOlderLedger() throws IOException {
    done(APPROVE);
    Path backup = Files.copy(ledger(), shell.folder.resolve("backup"));
    done(APPROVE_B);
    Files.copy(backup, ledger(), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Approves hospital-a so that nothing here knows of it, as NVFlare's own command does. */
  private void approveElsewhere() throws IOException {
    done(APPROVE);
    Federation.delete(shell.folder.resolve("account"));
    Files.delete(ledger());
  }

  @Test
  @DisplayName("import adds an approval made elsewhere: the name is held, and cert list shows it")
  void imports() throws IOException {
    approveElsewhere();
    assertThat(done("cert list -c ca").out()).contains("approvals: none", "cert ledger import");
    Shell.Result result = done(IMPORT + "hospital-a/hospital-a.signed.zip");
    assertThat(result.out())
        .contains("imported:\n  - name: hospital-a\n", "serial: 0x", "DNS:hospital-a")
        .contains("failed: none", "ledger_head: ");
    assertThat(done("cert list -c ca").out())
        .contains("name: hospital-a\n", "state: valid", "DNS:hospital-a");
    refused("cert approve " + AGAIN + PROFILE, "PARTICIPANT_ALREADY_CERTIFIED", 1);
  }

  @Test
  @DisplayName("import goes on after a zip that is known, foreign, damaged or missing")
  void importsTheGoodOnes() throws IOException {
    approveElsewhere();
    done(APPROVE_B);
    done("cert init --profile project_profile.yaml -o other --key-type rsa:2048");
    done(
        "cert approve hospital-b/hospital-b.request.zip -c other --profile project_profile.yaml"
            + " --out other/foreign.signed.zip");
    shell.write("bad.signed.zip", "not a zip");
    Shell.Result result =
        refused(
            IMPORT
                + "hospital-b/hospital-b.signed.zip other/foreign.signed.zip bad.signed.zip"
                + " none.signed.zip hospital-a/hospital-a.signed.zip",
            "PARTIAL_FAILURE",
            1);
    assertThat(result.out())
        .contains("imported:\n  - name: hospital-a\n")
        .contains("already_known:\n  - name: hospital-b\n", "ROOTCA_FINGERPRINT_MISMATCH")
        .contains("INVALID_SIGNED_ZIP", "SIGNED_ZIP_NOT_FOUND");
    assertThat(result.err()).contains("3 of 5 signed zips were not imported");
    assertThat(refused(IMPORT + "bad.signed.zip --format json", "PARTIAL_FAILURE", 1).out())
        .contains(
            "\"imported\":[],\"already_known\":[],\"failed\":[{\"file\":\"bad.signed.zip\",\"error_code\":");
    refused("cert ledger import -c ca", "INVALID_ARGS", 4);
  }

  @Test
  @DisplayName("import has one head signed for all its zips; known zips are no failure")
  void oneHeadForAll() throws IOException {
    done(APPROVE_B);
    approveElsewhere();
    String both = IMPORT + "hospital-a/hospital-a.signed.zip hospital-b/hospital-b.signed.zip";
    done(both);
    assertThat(Files.readString(ledger()).split("\"event\":\"head\"", -1)).hasSize(2);
    String before = Files.readString(ledger());
    assertThat(done(both).out()).contains("imported: none", "already_known:\n");
    assertThat(ledger()).content().isEqualTo(before);
  }

  @Test
  @DisplayName("an older ledger stops approvals, revocations and imports; the list warns")
  void olderLedger() throws IOException {
    restoreAnOlderLedger();
    Shell.Result approve =
        refused("cert approve localhost/localhost.request.zip" + PROFILE, "LEDGER_INVALID", 1);
    assertThat(approve.err()).contains("entries that this account has seen", "accept-head");
    refused("cert approve hospital-b --all --force" + PROFILE, "LEDGER_INVALID", 1);
    refused("cert revoke hospital-a -c ca --reason superseded", "LEDGER_INVALID", 1);
    refused(IMPORT + "hospital-b/hospital-b.signed.zip", "LEDGER_INVALID", 1);
    Shell.Result list = done("cert list -c ca");
    assertThat(list.out()).contains("hospital-a").doesNotContain("hospital-b");
    assertThat(list.err())
        .contains("Warning: ", "entries that this account has seen", "accept-head");
  }

  @Test
  @DisplayName("accept-head goes on after y at the terminal; the ledger records who decided")
  void accepts() throws IOException {
    restoreAnOlderLedger();
    shell.typing("y\n");
    Shell.Result result = done(ACCEPT + " --approver Ana");
    assertThat(result.err())
        .contains("entries that this account has seen")
        .contains("This ledger knows 1 certificate.", "Continue with this ledger? [y/N] ");
    assertThat(result.out()).contains("accepted: true", "ledger_head: ", "cert ledger import");
    assertThat(ledger()).content().contains("\"approver\":\"Ana\"");
    assertThat(done("cert list -c ca").err()).isEmpty();
    shell.withoutTerminal();
    done(IMPORT + "hospital-b/hospital-b.signed.zip");
    assertThat(done("cert list -c ca").out()).contains("hospital-b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n\n", "\n", "", "yes\n"})
  @DisplayName("accept-head changes nothing after any other answer")
  void declined(String typed) throws IOException {
    restoreAnOlderLedger();
    String before = Files.readString(ledger());
    shell.typing(typed);
    assertThat(refused(ACCEPT, "APPROVAL_DECLINED", 1).err())
        .contains("accept-head: not confirmed", "Nothing was changed");
    assertThat(ledger()).content().isEqualTo(before);
  }

  @Test
  @DisplayName("accept-head without a terminal, or as JSON, is refused, and no option changes that")
  void withoutTerminal() throws IOException {
    restoreAnOlderLedger();
    refused(ACCEPT, "APPROVAL_DECLINED", 1);
    shell.typing("y\n");
    refused(ACCEPT + " --format json", "APPROVAL_DECLINED", 1);
    shell.withVariable("CI", "1");
    String before = Files.readString(ledger());
    refused(ACCEPT, "APPROVAL_DECLINED", 1);
    refused(ACCEPT + " --yes", "INVALID_ARGS", 4);
    assertThat(ledger()).content().isEqualTo(before);
  }

  @Test
  @DisplayName("accept-head has nothing to do where no newer ledger was seen")
  void nothingToAccept() throws IOException {
    done(APPROVE);
    String before = Files.readString(ledger());
    assertThat(done(ACCEPT).out()).contains("accepted: false", "Nothing to do");
    assertThat(ledger()).content().isEqualTo(before);
  }

  @Test
  @DisplayName("accept-head does not accept a ledger that was edited")
  void editedLedger() throws IOException {
    restoreAnOlderLedger();
    Files.writeString(ledger(), Files.readString(ledger()).replace("hospital-a", "hospital-x"));
    shell.typing("y\n");
    refused(ACCEPT, "LEDGER_INVALID", 1);
  }
}
