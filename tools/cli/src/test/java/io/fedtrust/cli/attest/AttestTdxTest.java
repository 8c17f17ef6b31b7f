// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.simulated.SimulatedTcb;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import io.fedtrust.attestation.simulated.SimulatedTrustAuthority;
import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fedtrust attest} with TDX evidence, as a user types it. */
class AttestTdxTest {
  private static final Instant ISSUED = Shell.NOW.minus(Duration.ofDays(1));
  private static final String ZEROS = "0".repeat(96);
  private static SimulatedTdxPlatform platform;
  private static SimulatedTrustAuthority service;

  @TempDir Path temp;
  private Shell shell;

  @BeforeAll
  static void makePlatform() {
    SecureRandom random = new SecureRandom();
    platform = SimulatedTdxPlatform.create(Shell.NOW.minus(Duration.ofDays(30)), random);
    service = SimulatedTrustAuthority.create(random);
  }

  @BeforeEach
  void writeFiles() throws IOException {
    shell = new Shell(temp);
    byte[] quote = platform.sign(platform.quote().set(TdxField.REPORTDATA, new byte[] {1, 2}));
    Files.write(shell.folder.resolve("quote.bin"), Arrays.copyOf(quote, 8000));
    byte[] more = Arrays.copyOf(quote, quote.length + 1);
    more[quote.length] = 7;
    Files.write(shell.folder.resolve("more.bin"), more);
    quote[200] ^= 1;
    Files.write(shell.folder.resolve("tampered.bin"), quote);
    shell.write("entry.json", EvidenceFiles.write(platform.evidence(platform.quote())));
    shell.write(
        "token.jwt",
        service.sign(
            service
                .token(Shell.NOW)
                .bound(new byte[32], SimulatedTrustAuthority.reportData(new byte[32]))));
    shell.write("jwks.json", new String(service.jwks(), StandardCharsets.UTF_8));
    shell.write("anchors.json", TrustAnchors.write(java.util.List.of(platform.anchor())));
    shell.write(
        "policy.yaml",
        """
        id: central
        version: 1
        reviewed: true
        sites:
          "*":
            x-tdx:
              forms: [tdx-quote, ita-jwt]
              measurements:
                - name: nothing
                  measurement: '%s'
        """
            .formatted(ZEROS));
    fill("collateral", SimulatedTcb.upToDate());
  }

  private void fill(String folder, SimulatedTcb tcb) {
    shell.keep(folder, platform.collateral(tcb, ISSUED), ISSUED, Duration.ofDays(30));
  }

  @Test
  @DisplayName("verify: a quote with the kernel's padding, an entry, and one bit changed")
  void verifies() {
    Shell.Result good = shell.verify("quote.bin", "--all --form tdx-quote --nonce 0102");
    assertThat(good.exit()).as(good.out() + good.err()).isZero();
    assertThat(good.out())
        .startsWith("TRUSTED  *  tdx-quote")
        .contains("PASS tdx.tcb-status", "SIMULATED", "intel-sgx/tdx-tcb-info/fedfed000000");
    Shell.Result entry = shell.verify("entry.json", "");
    assertThat(entry.exit()).as(entry.out() + entry.err()).isZero();
    Shell.Result bad = shell.verify("tampered.bin", "--form tdx-quote");
    assertThat(bad.exit()).isEqualTo(1);
    assertThat(bad.out()).contains("FAIL tdx.signature");
    assertThat(shell.verify("quote.bin", "--form tdx-quote --nonce 03").out())
        .contains("BINDING_MISMATCH");
    assertThat(shell.verify("quote.bin", "").err()).contains("rules for x-snp");
  }

  @Test
  @DisplayName("verify: bytes behind a quote, the early channel, revocation, an event log")
  void options() {
    assertThat(shell.verify("more.bin", "--form tdx-quote").exit()).isEqualTo(1);
    assertThat(shell.verify("more.bin", "--form tdx-quote --ignore-trailing").exit()).isZero();
    Shell.Result early = shell.verify("quote.bin", "--form tdx-quote --early");
    assertThat(early.exit()).isEqualTo(2);
    assertThat(early.out()).contains("COLLATERAL_UNAVAILABLE", "fedfed000000-early");
    assertThat(shell.verify("quote.bin", "--form tdx-quote --no-revocation").out())
        .contains("revocation was not checked");
    shell.write("log", "no log");
    Shell.Result log = shell.verify("quote.bin", "--form tdx-quote --event-log log");
    assertThat(log.exit()).isEqualTo(4);
    assertThat(log.err()).contains("EVIDENCE_UNREADABLE");
    assertThat(shell.verify("quote.bin", "--form tdx").err())
        .contains("snp-report, tdx-quote, ita-jwt");
  }

  @Test
  @DisplayName("verify: a platform that is out of date is refused and says what is not mitigated")
  void outOfDate() {
    fill(
        "collateral",
        SimulatedTcb.of(
            io.fedtrust.attestation.providers.tdx.format.TcbStatus.OUT_OF_DATE,
            java.util.List.of("INTEL-SA-00837")));
    Shell.Result old = shell.verify("quote.bin", "--form tdx-quote");
    assertThat(old.exit()).isEqualTo(1);
    assertThat(old.out()).contains("FAIL policy.tcb-status");
    assertThat(shell.verify("quote.bin", "--form tdx-quote --format json").out())
        .contains("INTEL-SA-00837");
  }

  @Test
  @DisplayName("verify: a token with the service's keys; keys without an end are not taken")
  void tokens() {
    Shell.Result without = shell.verify("token.jwt", "--form ita-jwt");
    assertThat(without.exit()).isEqualTo(2);
    assertThat(without.out()).contains("MISS ita.keys");
    Shell.Result keys =
        shell.run(
            "attest collateral keys --jwks jwks.json --until 2030-01-01T00:00:00Z -d collateral");
    assertThat(keys.exit()).as(keys.err()).isZero();
    assertThat(keys.out()).contains("issuer: Intel Trust Authority");
    Shell.Result good =
        shell.verify("token.jwt", "--all --form ita-jwt --nonce " + "00".repeat(32));
    assertThat(good.exit()).as(good.out()).isZero();
    assertThat(good.out()).contains("trust: configured", "PASS ita.signature");
    assertThat(shell.verify("token.jwt", "--form ita-jwt --issuer Other").out())
        .contains("FAIL ita.issuer");
    assertThat(
            shell
                .run(
                    "attest collateral keys --jwks jwks.json --until 2030-01-01T00:00:00Z"
                        + " --pin 00 -d collateral")
                .exit())
        .isEqualTo(4);
    assertThat(
            shell
                .run("attest collateral keys --jwks quote.bin --until 2030-01-01T00:00:00Z -d c")
                .err())
        .contains("SERVICE_KEYS_INVALID");
    assertThat(shell.run("attest collateral keys --jwks jwks.json -d collateral").exit())
        .isEqualTo(4);
  }

  @Test
  @DisplayName("inspect, fetch, and a policy drafted from a quote")
  void others() throws IOException {
    assertThat(shell.run("attest inspect --form tdx-quote -e tampered.bin").out())
        .contains("verified: false", "td-report: TD_1_0", "sept-ve-disable: true");
    assertThat(shell.run("attest inspect --form ita-jwt -e token.jwt").out())
        .contains("verified: false", "tcb-status: UpToDate");
    assertThat(shell.run("attest inspect --form ita-jwt -e quote.bin").err())
        .contains("EVIDENCE_UNREADABLE");
    Shell.Result fetch =
        shell.run(
            "attest collateral fetch --form tdx-quote -e quote.bin -d other"
                + " --pcs http://127.0.0.1:1");
    assertThat(fetch.exit()).isEqualTo(3);
    assertThat(fetch.err()).contains("COLLATERAL_UNAVAILABLE");
    assertThat(
            shell
                .run(
                    "attest collateral fetch --form ita-jwt -e token.jwt -d other"
                        + " --ita http://127.0.0.1:1")
                .exit())
        .isEqualTo(3);
    assertThat(
            shell
                .run("attest collateral fetch --form tdx-quote -e quote.bin -d o --pcs file:/x")
                .exit())
        .isEqualTo(4);
    String init =
        "attest policy init --form tdx-quote --from quote.bin -d collateral"
            + " --anchors anchors.json";
    assertThat(shell.run(init + " --profile gcp -o draft.yaml").exit()).isZero();
    assertThat(Files.readString(shell.folder.resolve("draft.yaml")))
        .contains("x-tdx", "profile: gcp", "reviewed: false");
    assertThat(shell.run(init + " --profile aws-vlek -o other.yaml").err())
        .contains("strict, gcp, azure-cvm");
    assertThat(
            shell
                .run(
                    "attest policy test --form tdx-quote -p policy.yaml -d collateral"
                        + " --anchors anchors.json quote.bin")
                .exit())
        .isZero();
    assertThat(shell.run("attest policy options").out())
        .contains("key: tcbStatuses", "key: requiredEvents", "name: azure-cvm");
  }
}
