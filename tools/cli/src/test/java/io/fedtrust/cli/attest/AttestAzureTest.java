// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedContainerGroup;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedUvm;
import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Azure's evidence on the command line. */
class AttestAzureTest {
  private static final Instant MADE = Shell.NOW.minus(Duration.ofDays(30));
  private static final Instant ISSUED = Shell.NOW.minus(Duration.ofHours(1));
  private static final byte[] POLICY = "package policy\n".getBytes(StandardCharsets.UTF_8);
  private static final String ZEROS = "00".repeat(32);
  private static SimulatedSnpPlatform platform;
  private static SimulatedUvm uvm;
  private static SimulatedContainerGroup group;
  private static SimulatedConfidentialVm machine;
  private static SimulatedMaa service;

  @TempDir Path temp = Path.of("");
  private Shell shell;

  @BeforeAll
  static void makePlatform() {
    SecureRandom random = new SecureRandom();
    platform = SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, random);
    uvm = SimulatedUvm.create(MADE, random);
    group = SimulatedContainerGroup.on(platform, uvm, POLICY, new byte[48], MADE);
    machine = SimulatedConfidentialVm.on(platform, new byte[48], random);
    service = SimulatedMaa.create(MADE, random);
  }

  @BeforeEach
  void writeFiles() throws IOException {
    shell = new Shell(temp);
    Files.write(shell.folder.resolve("report.bin"), platform.sign(group.report(new byte[0])));
    Path context = Files.createDirectories(shell.folder.resolve("context"));
    Files.writeString(
        context.resolve("reference-info-base64"), base64(uvm.sign(group.endorsement())));
    Files.writeString(context.resolve("security-policy-base64"), base64(POLICY));
    shell.write("bundle.json", EvidenceFiles.write(group.evidence(new byte[32])));
    shell.write("machine.json", machine.evidence(new byte[32]).token());
    Files.write(shell.folder.resolve("hcl.bin"), machine.report(machine.runtimeData()));
    shell.write("container.txt", service.sign(service.container(Shell.NOW).bound(new byte[32])));
    shell.write("vm.txt", service.sign(service.machine(Shell.NOW).bound(new byte[32])));
    shell.write("jwks.json", new String(service.jwks(), StandardCharsets.UTF_8));
    shell.write("anchors.json", TrustAnchors.write(group.anchors()));
    String pcr = HexFormat.of().formatHex(machine.registers().get(7));
    shell.write(
        "policy.yaml",
        """
        id: central
        version: 1
        reviewed: true
        sites:
          containers:
            x-az-aci:
              uvmIssuers: "ISSUER"
              containerPolicies: "DIGEST"
          tokens:
            x-az-aci:
              forms: [maa-jwt]
              containerPolicies: "ZEROS"
          vms:
            x-az-cvm:
              forms: [maa-cvm-jwt]
              measurements: [{name: paravisor, measurement: MEASUREMENT}]
          "*":
            x-az-cvm:
              measurements: [{name: paravisor, measurement: MEASUREMENT}]
              pcrs: 7=PCR
        """
            .replace("ISSUER", uvm.issuer())
            .replace("DIGEST", HexFormat.of().formatHex(group.policySha256()))
            .replace("MEASUREMENT", "00".repeat(48))
            .replace("ZEROS", ZEROS)
            .replace("PCR", pcr));
    shell.keep("collateral", group.collateral(ISSUED), ISSUED, Duration.ofDays(1));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes) + "\n";
  }

  private static void trusted(Shell.Result result, String form) {
    assertThat(result.exit()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).contains("TRUSTED", form, "SIMULATED");
  }

  @Test
  @DisplayName("verify: a bundle as an entry, and a report with its security context")
  void bundles() {
    trusted(shell.verify("bundle.json", "--site containers --nonce " + ZEROS), "aci-raw");
    trusted(
        shell.verify("report.bin", "--form aci-raw --site containers --security-context context"),
        "aci-raw");
    Shell.Result stale =
        shell.verify(
            "report.bin",
            "--form aci-raw --site containers --security-context context --nonce " + ZEROS);
    assertThat(stale.exit()).isEqualTo(1);
    assertThat(stale.out()).contains("NO_FRESHNESS");
    assertThat(shell.verify("report.bin", "--form aci-raw --security-context none").exit())
        .isEqualTo(3);
    assertThat(shell.verify("report.bin", "--form aci-raw --site containers").out())
        .contains("FAIL aci.format");
  }

  @Test
  @DisplayName("tokens of Microsoft's service: the instance is named by whoever relies on it")
  void tokens() {
    assertThat(
            shell
                .run(
                    "attest collateral keys --service maa --jwks jwks.json --until"
                        + " 2099-01-01T00:00:00Z -d collateral --issuer "
                        + service.instance())
                .exit())
        .isZero();
    String issuer = " --issuer " + service.instance();
    Shell.Result token = shell.verify("container.txt", "--form maa-jwt --site tokens" + issuer);
    assertThat(token.exit()).as(token.out() + token.err()).isZero();
    Shell.Result vm =
        shell.verify("vm.txt", "--form maa-cvm-jwt --site vms --nonce " + ZEROS + issuer);
    assertThat(vm.exit()).as(vm.out() + vm.err()).isZero();
    assertThat(shell.verify("vm.txt", "--form maa-jwt --site tokens" + issuer).out())
        .contains("FAIL maa.attestation-type");
    assertThat(shell.verify("container.txt", "--form maa-jwt --site tokens").err())
        .contains("--issuer");
    assertThat(
            shell
                .verify(
                    "container.txt",
                    "--form maa-jwt --site tokens --at "
                        + Shell.NOW.plus(Duration.ofHours(2))
                        + issuer)
                .out())
        .contains("FAIL maa.age");
    Shell.Result older =
        shell.verify(
            "container.txt",
            "--form maa-jwt --site tokens --maximum-token-age PT3H --at "
                + Shell.NOW.plus(Duration.ofHours(2))
                + issuer);
    assertThat(older.exit()).as(older.out() + older.err()).isZero();
    for (String wrong :
        List.of(
            "attest collateral keys --service maa --jwks jwks.json --until 2099-01-01T00:00:00Z -d c",
            "attest collateral fetch --form maa-jwt -e container.txt -d c",
            "attest collateral fetch --form maa-jwt -e container.txt -d c --maa ftp://x",
            "attest verify --maximum-token-age soon -e container.txt -d collateral -p policy.yaml")) {
      assertThat(shell.run(wrong).exit()).as(wrong).isEqualTo(4);
    }
  }

  @Test
  @DisplayName("a confidential VM's evidence, and a report alone, which is never fresh")
  void machines() {
    trusted(shell.verify("machine.json", "--form cvm-tpm --nonce " + ZEROS), "cvm-tpm");
    Shell.Result alone = shell.verify("hcl.bin", "--form cvm-tpm");
    assertThat(alone.exit()).isEqualTo(1);
    assertThat(alone.out()).contains("because  NO_FRESHNESS");
    trusted(
        shell.verify("machine.json", "--form cvm-tpm --accept-unproven-key --nonce " + ZEROS),
        "cvm-tpm");
  }

  @Test
  @DisplayName("inspect and draft: what each form says, and what a policy copies of it")
  void inspects() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String input :
        List.of(
            "--form aci-raw -e report.bin --security-context context",
            "--form cvm-tpm -e machine.json",
            "--form cvm-tpm -e hcl.bin",
            "--form maa-jwt -e container.txt",
            "--form maa-cvm-jwt -e vm.txt")) {
      Shell.Result result = shell.run("attest inspect " + input);
      assertThat(result.exit()).as(input + result.err()).isZero();
      lines.add(result.out());
    }
    assertThat(lines.get(0)).contains("uvm-svn: 104");
    assertThat(lines.get(1)).contains("pcrs:", "tee: sevsnpvm");
    assertThat(lines.get(3)).contains("compliance-status: azure-compliant-uvm");
    Shell.Result draft =
        shell.run(
            "attest policy init --form cvm-tpm --from machine.json -d collateral --anchors"
                + " anchors.json -o draft.yaml");
    assertThat(draft.exit()).as(draft.out() + draft.err()).isZero();
    assertThat(Files.readString(shell.folder.resolve("draft.yaml")))
        .contains("pcrs:", "7=", "measurement:");
    assertThat(EvidenceForm.of("aci-raw")).contains(EvidenceForm.ACI_RAW);
  }
}
