// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.cert;

import static io.fedtrust.cli.cert.Federation.AGAIN;
import static io.fedtrust.cli.cert.Federation.APPROVE;
import static io.fedtrust.cli.cert.Federation.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.cli.Shell;
import io.fedtrust.provisioning.model.KeyFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code cert revoke} records, and what follows from it. */
class RevokeCommandTest {
  private static final String REQUEST_AGAIN = "cert approve " + AGAIN + PROFILE;

  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void approve() throws IOException {
    shell = Federation.in(temp);
    done(APPROVE);
  }

  private Shell.Result done(String command) {
    Shell.Result result = shell.run(command);
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
    return result;
  }

  private void refused(String command, String code, int exit) {
    Shell.Result result = shell.run(command);
    assertThat(result.err()).contains("Code: " + code);
    assertThat(result.exit()).isEqualTo(exit);
  }

  private List<String> serials() {
    return done("cert list -c ca")
        .out()
        .lines()
        .filter(line -> line.contains("serial: "))
        .map(line -> line.substring(line.indexOf("0x")))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unspecified",
        "keyCompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "privilegeWithdrawn"
      })
  @DisplayName("every reason but a hold frees the name; cert list shows it")
  void freesTheName(String reason) {
    Shell.Result result = done("cert revoke hospital-a -c ca --reason " + reason);
    assertThat(result.out())
        .contains("reason: " + reason, "  - name: hospital-a\n", "serial: " + serials().get(0))
        .contains("NVFlare's runtime does not check this")
        .contains("ledger_head: ");
    assertThat(done("cert list -c ca").out()).contains("state: revoked", "reason: " + reason);
    done(REQUEST_AGAIN);
  }

  @Test
  @DisplayName("keyCompromise refuses the key from then on, also for another name and with --force")
  void compromisedKey() {
    done("cert revoke hospital-a -c ca --reason keyCompromise");
    refused(APPROVE + " --force", "KEY_REVOKED", 1);
    refused(APPROVE + " --force --renew", "KEY_REVOKED", 1);
  }

  @Test
  @DisplayName("a hold keeps the name held, and removeFromCRL ends it")
  void hold() {
    done("cert revoke hospital-a -c ca --reason certificateHold");
    assertThat(done("cert list -c ca").out()).contains("state: on hold", "reason: certificateHold");
    refused(REQUEST_AGAIN, "PARTICIPANT_ALREADY_CERTIFIED", 1);
    done("cert revoke hospital-a -c ca --reason removeFromCRL");
    assertThat(done("cert list -c ca").out()).contains("state: valid").doesNotContain("reason: ");
    refused("cert revoke hospital-a -c ca --reason removeFromCRL", "CERT_NOT_FOUND", 1);
  }

  @Test
  @DisplayName("a name revokes every certificate it has, a serial number one")
  void nameOrSerial() throws IOException {
    String key = shell.run("cert inspect " + AGAIN + " --format json").json("public_key_sha256");
    done(REQUEST_AGAIN + " --renew --expect-key " + new KeyFingerprint(key));
    List<String> serials = serials();
    Shell.Result one = done("cert revoke " + serials.get(0) + " -c ca --reason superseded");
    assertThat(one.out()).contains(serials.get(0)).doesNotContain(serials.get(1));
    Shell.Result rest = done("cert revoke HOSPITAL-A -c ca --reason superseded");
    assertThat(rest.out()).contains(serials.get(1)).doesNotContain(serials.get(0));
    String ledger = Files.readString(shell.folder.resolve("ca/approvals.ledger"));
    assertThat(ledger.lines().filter(line -> line.contains("superseded"))).hasSize(2);
  }

  @Test
  @DisplayName("what the ledger does not know, or knows as revoked, is not revoked")
  void unknown() throws IOException {
    refused("cert revoke hospital-z -c ca --reason superseded", "CERT_NOT_FOUND", 1);
    refused("cert revoke 0x1234 -c ca --reason superseded", "CERT_NOT_FOUND", 1);
    done("cert revoke hospital-a -c ca --reason superseded");
    String before = Files.readString(shell.folder.resolve("ca/approvals.ledger"));
    refused("cert revoke hospital-a -c ca --reason superseded", "CERT_NOT_FOUND", 1);
    assertThat(shell.folder.resolve("ca/approvals.ledger")).content().isEqualTo(before);
  }

  @Test
  @DisplayName("a reason is required, and one of RFC 5280")
  void reasons() {
    refused("cert revoke hospital-a -c ca", "INVALID_ARGS", 4);
    Shell.Result result = shell.run("cert revoke hospital-a -c ca --reason stolen");
    assertThat(result.exit()).isEqualTo(4);
    assertThat(result.err()).contains("--reason takes one of unspecified, keyCompromise");
  }

  @Test
  @DisplayName("approver and note are in the ledger; ones that cannot be shown are refused")
  void approver() throws IOException {
    refused("cert revoke hospital-a -c ca --reason superseded --note \u202Ex", "INVALID_ARGS", 4);
    refused(
        "cert revoke hospital-a -c ca --reason superseded --approver \u001B", "INVALID_ARGS", 4);
    done("cert revoke hospital-a -c ca --reason superseded --approver Ana --note moved");
    assertThat(shell.folder.resolve("ca/approvals.ledger"))
        .content()
        .contains("\"approver\":\"Ana\"", "\"note\":\"moved\"");
    assertThat(done("cert list -c ca").out())
        .contains("revoked_at: 2026-11-20T21:30:00Z", "revoked_by: Ana", "revocation_note: moved");
  }

  @Test
  @DisplayName("the answer as JSON has reason, certificates and head")
  void json() {
    Shell.Result result = done("cert revoke hospital-a -c ca --reason superseded --format json");
    assertThat(result.out())
        .contains("\"reason\":\"superseded\"", "\"certificates\":[{\"name\":\"hospital-a\"")
        .contains("\"ledger_head\":\"")
        .hasLineCount(1);
  }
}
