// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code fedtrust attest}, as a user types it. */
class AttestCommandTest {
  private static final Instant LISTED = Shell.NOW.minus(Duration.ofDays(1));
  private static SimulatedSnpPlatform platform;

  @TempDir Path temp;
  private Shell shell;

  @BeforeAll
  static void makePlatform() {
    platform =
        SimulatedSnpPlatform.create(
            ProductLine.MILAN, Shell.NOW.minus(Duration.ofDays(30)), new SecureRandom());
  }

  @BeforeEach
  void writeFiles() throws IOException {
    shell = new Shell(temp);
    SimulatedReport report = platform.report().set(SnpField.REPORT_DATA, new byte[] {1, 2});
    byte[] signed = platform.sign(report);
    Files.write(shell.folder.resolve("report.bin"), signed);
    shell.write("token.txt", Base64.getEncoder().encodeToString(signed) + "\n");
    shell.write("entry.json", EvidenceFiles.write(platform.evidence(report)));
    signed[SnpField.MEASUREMENT.offset()] ^= 1;
    Files.write(shell.folder.resolve("tampered.bin"), signed);
    shell.write("anchors.json", TrustAnchors.write(List.of(platform.anchor())));
    shell.write("policy.yaml", policy("0".repeat(96)));
    keep(platform.collateral(report, LISTED));
  }

  private void keep(List<CollateralItem> items) {
    shell.keep("collateral", items, LISTED, Duration.ofDays(60));
  }

  private static String policy(String measurement) {
    return """
        id: central
        version: 1
        reviewed: true
        sites:
          "*":
            x-snp:
              measurements:
                - {name: client, measurement: "%s"}
        """
        .formatted(measurement);
  }

  @ParameterizedTest
  @ValueSource(strings = {"report.bin", "token.txt", "entry.json"})
  @DisplayName("verify: genuine evidence in every kind of file is trusted; --all lists every check")
  void trusted(String file) {
    Shell.Result result = shell.verify(file, "--nonce 0102");
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .startsWith("TRUSTED  *  snp-report")
        .contains("SIMULATED", " passed, ")
        .doesNotContain("used  ", "PASS ", "SKIP ");
    assertThat(shell.verify(file, "--nonce 0102 --all").out())
        .contains(
            "used     amd-sev-snp/crl/vcek-Milan sha256 ",
            "PASS snp.signature",
            "PASS policy.binding",
            "SKIP policy.csp-id")
        .doesNotContain(" passed, ");
    assertThat(shell.folder.resolve("collateral/floors.json")).exists();
  }

  @Test
  @DisplayName("inspect: a CPU that is not known is not shown as Milan; fetch: nobody is asked")
  void unknownCpu() throws IOException {
    byte[] signed = platform.sign(platform.report().set(SnpField.CPUID_MOD_ID, 0x60));
    Files.write(shell.folder.resolve("unknown.bin"), signed);
    Shell.Result shown = shell.run("attest inspect -e unknown.bin --format json");
    assertThat(shown.exit()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("\"unknown\"").doesNotContain("Milan");
    Shell.Result fetched =
        shell.run("attest collateral fetch -e unknown.bin -d fresh --kds http://127.0.0.1:1");
    assertThat(fetched.exit()).isEqualTo(4);
    assertThat(fetched.err()).contains("EVIDENCE_UNREADABLE", "a CPU of [Milan, Genoa, Turin]");
  }

  @Test
  @DisplayName("verify: exit 1 and the reason for what is rejected, 2 for what cannot be told")
  void notTrusted() throws IOException {
    assertThat(shell.verify("tampered.bin", "").exit()).isEqualTo(1);
    assertThat(shell.verify("tampered.bin", "").out())
        .contains(
            "because  SIGNATURE_INVALID: " + ReasonCode.SIGNATURE_INVALID.cause(),
            "check    FAIL snp.signature",
            "remedy   " + ReasonCode.SIGNATURE_INVALID.hint());
    assertThat(shell.verify("report.bin", "--nonce 0103").exit()).isEqualTo(1);
    assertThat(shell.run("attest verify -e report.bin -d collateral -p policy.yaml").out())
        .contains("ANCHOR_UNKNOWN");
    Shell.Result late = shell.verify("report.bin", "--at 2027-06-01T00:00:00Z");
    assertThat(late.exit()).as(late.out()).isEqualTo(2);
    assertThat(late.out()).startsWith("INCONCLUSIVE").contains("COLLATERAL_EXPIRED");
    assertThat(shell.verify("report.bin", "--at 2027-06-01T00:00:00Z --no-revocation").exit())
        .isZero();
  }

  @Test
  @DisplayName("verify: a policy without rules for unnamed sites says which sites it names")
  void policyNamesSites() {
    shell.write("policy.yaml", policy("0".repeat(96)).replace("\"*\"", "any"));
    Shell.Result unnamed = shell.verify("report.bin", "--nonce 0102");
    assertThat(unnamed.exit()).isEqualTo(4);
    assertThat(unnamed.err())
        .contains(
            "POLICY_INVALID",
            "the policy has no rules for x-snp for sites that it does not name: it has rules for any",
            "Pass --site NAME");
    Shell.Result other = shell.verify("report.bin", "--nonce 0102 --site hospital-a");
    assertThat(other.err())
        .contains("the policy has no rules for x-snp for hospital-a: it has rules for any");
    Shell.Result named = shell.verify("report.bin", "--nonce 0102 --site any");
    assertThat(named.exit()).as(named.err()).isZero();
    assertThat(named.out()).startsWith("TRUSTED  any  snp-report");
    shell.write("policy.yaml", policy("0".repeat(96)).replace("x-snp", "x-tdx"));
    assertThat(shell.verify("report.bin", "").err())
        .contains("the policy has no rules for x-snp", "Add rules for x-snp to the policy.")
        .doesNotContain("it has rules for");
  }

  @Test
  @DisplayName("verify: JSON for machines")
  void json() {
    Shell.Result result = shell.verify("tampered.bin", "--format json");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.json("verdict")).isEqualTo("rejected");
    assertThat(result.json("reason")).isEqualTo("SIGNATURE_INVALID");
    assertThat(result.json("hint")).isNotBlank();
    assertThat(shell.verify("report.bin", "--format json").json("verdict")).isEqualTo("trusted");
  }

  @Test
  @DisplayName("verify: what cannot be judged ends with 3 or 4, never with a verdict")
  void badInput() {
    assertThat(shell.verify("missing.bin", "").exit()).isEqualTo(4);
    assertThat(shell.verify("report.bin", "--nonce 0x").exit()).isEqualTo(4);
    assertThat(shell.verify("report.bin", "--at yesterday").exit()).isEqualTo(4);
    shell.write("policy.yaml", "id: x");
    Shell.Result result = shell.verify("report.bin", "");
    assertThat(result.exit()).isEqualTo(4);
    assertThat(result.err()).contains("Code: POLICY_INVALID (exit 4)", "Hint: ");
    shell.write("anchors.json", "{}");
    shell.write("policy.yaml", policy("0".repeat(96)));
    assertThat(shell.verify("report.bin", "").err()).contains("ANCHORS_INVALID");
    assertThat(shell.verify("report.bin", "--format json").json("error_code"))
        .isEqualTo("ANCHORS_INVALID");
    assertThat(shell.run("attest").exit()).isEqualTo(4);
    assertThat(shell.run("attest verify --help").exit()).isZero();
  }

  @Test
  @DisplayName("verify: a folder that was rolled back is noticed")
  void rollback() {
    SimulatedReport report = platform.report();
    byte[] newer = platform.revocations(9, LISTED.plusSeconds(60), List.of());
    keep(List.of(CollateralItem.of("snp-crl", "vcek-Milan", newer)));
    assertThat(shell.verify("report.bin", "").exit()).isZero();
    keep(platform.collateral(report, LISTED));
    Shell.Result result = shell.verify("report.bin", "");
    assertThat(result.exit()).as(result.out()).isEqualTo(2);
    assertThat(result.out()).contains("COLLATERAL_ROLLBACK");
  }

  @Test
  @DisplayName("inspect: what evidence says, marked as not verified")
  void inspect() {
    Shell.Result result = shell.run("attest inspect -e tampered.bin");
    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("verified: false", "product: Milan", "debug: false");
    shell.write("short.bin", "abc");
    assertThat(shell.run("attest inspect -e short.bin").err()).contains("EVIDENCE_UNREADABLE");
    assertThat(shell.run("attest inspect -e report.bin --product Rome").exit()).isEqualTo(4);
  }

  @Test
  @DisplayName("a file or folder that is not there is named")
  void mistyped() {
    Shell.Result evidence = shell.run("attest verify -e no -d collateral -p policy.yaml");
    assertThat(evidence.err()).contains("EVIDENCE_UNREADABLE", "no: file not found");
    Shell.Result policy = shell.run("attest verify -e report.bin -d collateral -p no");
    assertThat(policy.err()).contains("POLICY_INVALID", "no: file not found");
    Shell.Result folder = shell.run("attest verify -e report.bin -d no -p policy.yaml");
    assertThat(folder.err()).contains("COLLATERAL_FOLDER_INVALID", "no: there is no such folder");
  }

  @Test
  @DisplayName("collateral: show and check; fetch says what it cannot get")
  void collateral() throws IOException {
    assertThat(shell.run("attest collateral show -d collateral").out())
        .contains("kind: snp-vcek", "kind: snp-chain", "kind: snp-crl", "sha256: ");
    assertThat(shell.run("attest collateral check -d collateral").exit()).isZero();
    Shell.Result soon = shell.run("attest collateral check -d collateral --within 60");
    assertThat(soon.exit()).isEqualTo(1);
    assertThat(soon.out()).contains("3 items checked, 3 end by", "snp-crl vcek-Milan ends ");
    assertThat(shell.run("attest collateral check -d collateral --at 2028-01-01T00:00:00Z").exit())
        .isEqualTo(1);
    assertThat(shell.run("attest collateral check -d collateral --within -1").exit()).isEqualTo(4);
    Files.createDirectory(shell.folder.resolve("empty"));
    assertThat(shell.run("attest collateral check -d empty").exit()).isEqualTo(1);
    for (String command : List.of("check", "show")) {
      Shell.Result mistyped = shell.run("attest collateral " + command + " -d colateral");
      assertThat(mistyped.exit()).isEqualTo(4);
      assertThat(mistyped.err())
          .contains("COLLATERAL_FOLDER_INVALID", "colateral: there is no such folder");
    }
    Shell.Result fetch =
        shell.run("attest collateral fetch -e report.bin -d other --kds http://127.0.0.1:1");
    assertThat(fetch.exit()).isEqualTo(3);
    assertThat(fetch.err()).contains("COLLATERAL_UNAVAILABLE", "no connection");
    assertThat(shell.run("attest collateral fetch -e report.bin -d o --kds file:/x").exit())
        .isEqualTo(4);
    assertThat(shell.run("attest collateral fetch -e report.bin -d o --kds http://[x").err())
        .contains("--kds: expected an http or https address, was http://[x", "INVALID_ARGS")
        .doesNotContain("java.", "Malformed", "Exception");
    shell.write("collateral/snp-crl-vcek-Milan", "changed");
    assertThat(shell.run("attest collateral show -d collateral").err())
        .contains("COLLATERAL_FOLDER_INVALID");
  }

  @Test
  @DisplayName("policy init: a draft of genuine evidence accepts nothing until it is reviewed")
  void policyInit() throws IOException {
    String init = "attest policy init --from report.bin -d collateral --anchors anchors.json";
    Shell.Result drafted = shell.run(init + " -o draft.yaml");
    assertThat(drafted.exit()).as(drafted.err()).isZero();
    assertThat(drafted.out()).contains("reviewed: false", "would_still_refuse: none");
    String test = "attest policy test -p draft.yaml -d collateral --anchors anchors.json ";
    assertThat(shell.run(test + "--expect rejected report.bin").exit()).isZero();
    assertThat(shell.run(test + "report.bin").out()).contains("POLICY_NOT_REVIEWED");
    Path file = shell.folder.resolve("draft.yaml");
    Files.writeString(file, Files.readString(file).replace("reviewed: false", "reviewed: true"));
    assertThat(shell.run(test + "report.bin token.txt").exit()).isZero();
    assertThat(shell.run(test + "report.bin tampered.bin").exit()).isEqualTo(1);

    assertThat(shell.run(init + " -o draft.yaml").err()).contains("OUTPUT_NOT_WRITABLE");
    assertThat(shell.run(init + " --profile lax -o lax.yaml").exit()).isEqualTo(4);
    assertThat(shell.run(init + " --profile aws-vlek -o aws.yaml").out())
        .contains("FAIL policy.signer");
    assertThat(shell.run(init.replace("report.bin", "tampered.bin") + " -o none.yaml").err())
        .contains("EVIDENCE_NOT_GENUINE");
    assertThat(shell.folder.resolve("none.yaml")).doesNotExist();
  }

  @Test
  @DisplayName("policy diff: what changes, profiles resolved")
  void policyDiff() {
    shell.write("new.yaml", policy("1".repeat(96)).replace("version: 1", "version: 2"));
    assertThat(shell.run("attest policy diff policy.yaml new.yaml").out())
        .contains("sites.*.x-snp.measurements.client.measurement: 000", "version: 1 -> 2");
    assertThat(shell.run("attest policy diff policy.yaml policy.yaml").out())
        .contains("changes: none");
  }

  @Test
  @DisplayName("policy check: which rules each site gets, and what it must present")
  void policyCheck() {
    shell.write(
        "sites.yaml",
        """
        id: central
        version: 1
        reviewed: true
        deny: {sites: [hospital-x]}
        sites:
          "*": {x-snp: {}, x-tdx: {}, x-nv-gpu: {}, anyOf: [[x-snp], [x-tdx, x-nv-gpu]]}
          hospital-a: {x-snp: {}, acceptUnbound: true}
          server: {attestation: none}
        """);
    Shell.Result result =
        shell.run(
            "attest policy check --sites hospital-a,hospital-b,hospital-x,server1 --server server1"
                + " sites.yaml --format json");
    assertThat(result.exit()).isZero();
    assertThat(result.out())
        .contains(
            "{\"site\":\"hospital-a\",\"rules_of\":\"hospital-a\",\"requires\":\"x-snp\","
                + "\"accept_unbound\":true,\"denied\":false}",
            "{\"site\":\"hospital-b\",\"rules_of\":\"*\",\"requires\":\"x-snp, or x-tdx and"
                + " x-nv-gpu\"",
            "{\"site\":\"hospital-x\",\"rules_of\":\"*\",\"requires\":\"nothing: the policy denies"
                + " this site\",\"accept_unbound\":false,\"denied\":true}",
            "{\"site\":\"server1\",\"rules_of\":\"server\",\"requires\":\"nothing: the policy says"
                + " attestation: none\"");
    assertThat(shell.run("attest policy check sites.yaml").out())
        .contains("site: hospital-a", "site: server", "requires: x-snp")
        .doesNotContain("site: *");
    shell.write(
        "twice.yaml",
        "id: x\nversion: 1\nreviewed: true\nsites: {server: {attestation: none},"
            + " server1: {x-snp: {}}}");
    assertThat(shell.run("attest policy check twice.yaml").exit()).isZero();
    Shell.Result twice = shell.run("attest policy check twice.yaml --server server1");
    assertThat(twice.exit()).isEqualTo(4);
    assertThat(twice.err()).contains("POLICY_INVALID", "which is the same site");
    shell.write("none.yaml", "id: x\nversion: 1\nreviewed: true\nsites: {}");
    assertThat(shell.run("attest policy check none.yaml --sites a").out())
        .contains("rules_of: none", "requires: nothing: this site is never accepted");
  }

  @Test
  @DisplayName("policy check: a name that no site can have is refused, as in a policy")
  void policyCheckNames() {
    shell.write("any.yaml", "id: x\nversion: 1\nreviewed: true\nsites: {'*': {x-snp: {}}}");
    for (String names : List.of(",,server1", "a*", "server1,,a", "server1,\u200ba")) {
      Shell.Result result = shell.run("attest policy check any.yaml --sites " + names);
      assertThat(result.exit()).as(names).isEqualTo(4);
      assertThat(result.out()).as(names).doesNotContain("rules_of");
      assertThat(result.err()).as(names).contains("INVALID_ARGS", "--sites");
    }
    assertThat(shell.run("attest policy check any.yaml --sites server1,a").exit()).isZero();
  }

  @Test
  @DisplayName("policy options: every key with its meaning, every profile with its difference")
  void policyOptions() {
    assertThat(shell.run("attest policy options").out())
        .contains("key: allowDebug", "name: strict", "name: aws-vlek", "GUEST_POLICY");
    assertThat(shell.run("attest policy options --schema").out()).contains("json-schema.org");
  }
}
