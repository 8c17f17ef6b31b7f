// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedNras;
import io.fedtrust.cli.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands under 'attest' with evidence of NVIDIA's devices. */
class AttestGpuTest {
  private static final Instant ISSUED = Shell.NOW.minus(Duration.ofHours(1));
  private static SimulatedGpuHost host;
  private static SimulatedNras service;

  @TempDir Path temp;
  private Shell shell;

  @BeforeAll
  static void makeHost() {
    SecureRandom random = new SecureRandom();
    host = SimulatedGpuHost.create(Shell.NOW.minus(Duration.ofDays(30)), random);
    host.gpu();
    service = SimulatedNras.create(random);
  }

  @BeforeEach
  void writeFiles() {
    shell = new Shell(temp);
    GpuEvidence evidence = host.evidence(new byte[32]);
    shell.write("gpus.json", evidence.json());
    shell.write("entry.json", EvidenceFiles.write(evidence.evidence()));
    shell.write(
        "printed.json",
        "{\"result_code\":0,\"result_message\":\"Ok\",\"evidences\":" + evidence.json() + "}");
    shell.write("tampered.json", evidence.json().replaceFirst("HOPPER", "BLACKWELL"));
    shell.write("bundle.json", service.sign(service.bundle(new byte[32], Shell.NOW)));
    shell.write("jwks.json", new String(service.jwks(), StandardCharsets.UTF_8));
    shell.write("anchors.json", TrustAnchors.write(host.anchors()));
    shell.write(
        "policy.yaml",
        """
        id: central
        version: 1
        reviewed: true
        sites:
          "*":
            x-nv-gpu:
              forms: [nv-evidence, nras-eat]
              driverVersions: 550.90.07
              vbiosVersions: 96.00.9F.00.01
        """);
    shell.keep("collateral", host.collateral(ISSUED).items(), ISSUED, Duration.ofDays(1));
  }

  @Test
  @DisplayName("verify: devices as a list, as an entry and as NVIDIA's tool prints them")
  void verifies() {
    for (String file : new String[] {"gpus.json", "printed.json"}) {
      Shell.Result good = shell.verify(file, "--all --form nv-evidence --nonce " + "00".repeat(32));
      assertThat(good.exit()).as(good.out() + good.err()).isZero();
      assertThat(good.out())
          .startsWith("TRUSTED  *  nv-evidence")
          .contains("PASS nvidia.gpu-0.measurements", "SIMULATED");
    }
    Shell.Result entry = shell.verify("entry.json", "");
    assertThat(entry.exit()).as(entry.out() + entry.err()).isZero();
    Shell.Result bad = shell.verify("tampered.json", "--form nv-evidence");
    assertThat(bad.exit()).isEqualTo(1);
    assertThat(bad.out()).contains("FAIL nvidia.gpu-0.architecture", "PRODUCT_MISMATCH");
    assertThat(shell.verify("gpus.json", "--form nv-evidence --nonce " + "01".repeat(32)).out())
        .contains("BINDING_MISMATCH");
    assertThat(shell.verify("policy.yaml", "--form nv-evidence").exit()).isEqualTo(1);
  }

  @Test
  @DisplayName("verify: exempt measurements, certificates on hold, no revocation")
  void options() {
    assertThat(shell.verify("gpus.json", "--form nv-evidence --exempt-measurement 25").out())
        .contains("measurements [25] of gpu-0 were exempt");
    assertThat(shell.verify("gpus.json", "--form nv-evidence --accept-hold").exit()).isZero();
    assertThat(shell.verify("gpus.json", "--form nv-evidence --no-revocation").out())
        .contains("revocation was not checked");
    Shell.Result wrong = shell.verify("gpus.json", "--form nv-evidence --exempt-measurement 999");
    assertThat(wrong.exit()).as(wrong.out() + wrong.err()).isEqualTo(4);
  }

  @Test
  @DisplayName("verify: an answer of NVIDIA's service with its keys")
  void tokens() {
    assertThat(shell.verify("bundle.json", "--form nras-eat").out()).contains("MISS nras.keys");
    Shell.Result keys =
        shell.run(
            "attest collateral keys --service nras --jwks jwks.json --until 2030-01-01T00:00:00Z"
                + " -d collateral");
    assertThat(keys.exit()).as(keys.err()).isZero();
    assertThat(keys.out()).contains("issuer: https://nras.attestation.nvidia.com");
    Shell.Result good = shell.verify("bundle.json", "--form nras-eat --nonce " + "00".repeat(32));
    assertThat(good.exit()).as(good.out() + good.err()).isZero();
    assertThat(shell.verify("bundle.json", "--form nras-eat --issuer Other").out())
        .contains("FAIL nras.overall-issuer");
  }

  @Test
  @DisplayName("inspect, fetch, and a policy drafted from devices")
  void others() throws IOException {
    assertThat(shell.run("attest inspect --form nv-evidence -e tampered.json").out())
        .contains("verified: false", "driver-version: 550.90.07", "mode: SPT");
    assertThat(shell.run("attest inspect --form nras-eat -e bundle.json").out())
        .contains("verified: false", "claims-version: 3.0");
    assertThat(shell.run("attest inspect --form nras-eat -e gpus.json").err())
        .contains("EVIDENCE_UNREADABLE");
    Shell.Result fetch =
        shell.run(
            "attest collateral fetch --form nv-evidence -e gpus.json -d other"
                + " --rim http://127.0.0.1:1 --ocsp http://127.0.0.1:1");
    assertThat(fetch.exit()).isEqualTo(3);
    assertThat(fetch.err()).contains("COLLATERAL_UNAVAILABLE");
    assertThat(
            shell
                .run(
                    "attest collateral fetch --form nras-eat -e bundle.json -d other --nras ftp://x")
                .exit())
        .isEqualTo(4);
    assertThat(
            shell
                .run(
                    "attest collateral fetch --form nv-evidence -e gpus.json -d other"
                        + " --service-key-file none --rim http://127.0.0.1:1")
                .err())
        .contains("service-key-file");
    Shell.Result draft =
        shell.run(
            "attest policy init --form nv-evidence --from gpus.json -d collateral"
                + " --anchors anchors.json -o drafted.yaml");
    assertThat(draft.exit()).as(draft.out() + draft.err()).isZero();
    assertThat(Files.readString(shell.folder.resolve("drafted.yaml")))
        .contains("driverVersions: 550.90.07", "gpuCount");
  }
}
