// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The test vector of the trust protocol, section 13. */
class TranscriptVectorTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String SERVER = "server1.hospital-central.org";
  private static final String PROJECT = "hospital_federation";
  private static final Challenge CHALLENGE = Challenge.of(counted());
  private static final CCToken GPU =
      new CCToken(
          "gpu token bytes",
          "x-nv-gpu",
          Optional.of("nv-evidence"),
          Optional.empty(),
          Optional.empty());

  private static byte[] counted() {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] filled(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static Binding.Builder binding(EvidenceForm form, Challenge challenge, String audience) {
    return Binding.forEvidence(form)
        .challenge(challenge)
        .project(PROJECT, ascii("root certificate DER"))
        .site("hospital-a", "client", ascii("site SPKI"))
        .sessionKey(ascii("session SPKI"))
        .audience(audience);
  }

  private static Binding cpuWithGpu() {
    return binding(EvidenceForm.SNP_REPORT, CHALLENGE, SERVER)
        .devices(CCToken.deviceDigest(List.of(GPU)).orElseThrow())
        .build();
  }

  private static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  @Test
  @DisplayName("section 13: transcript of a device, SHA-256")
  void device() {
    assertThat(hex(binding(EvidenceForm.NV_EVIDENCE, CHALLENGE, SERVER).build().hash()))
        .isEqualTo("b9e9390ae7baff9759c78ee407422c7969a3f684f47ae85a2db56d5a926aef45");
  }

  @Test
  @DisplayName("section 13: digest over the device tokens")
  void deviceDigest() {
    assertThat(hex(CCToken.deviceDigest(List.of(GPU)).orElseThrow()))
        .isEqualTo("69b29c155c00a04b4367dff8313bbb75cfcd325298cf45b49621eaf74d47e551");
    assertThat(CCToken.deviceDigest(List.of())).isEmpty();
  }

  @Test
  @DisplayName("section 13: transcript of a CPU with a device, SHA-512")
  void cpu() {
    assertThat(cpuWithGpu().transcript()).hasSize(301);
    assertThat(hex(cpuWithGpu().hash()))
        .isEqualTo(
            "4145a69833f1f6e16cb3c165fd7b6e7ba433b4aca09bf890593ce0f4a48b580d"
                + "b429a7c81bdcdaf88bcc856338bb61024195a05322cdf4eac5afd8a6575ae46b");
  }

  @Test
  @DisplayName("section 13: challenge and transcript of a group round")
  void group() {
    Challenge challenge =
        Challenge.ofGroup(
            PROJECT,
            "job-1",
            Optional.of(Hashes.sha256(ascii("job definition"))),
            Instant.ofEpochSecond(1800000000),
            Map.of(SERVER, filled(2), "hospital-a", filled(1)));
    assertThat(hex(challenge.value()))
        .isEqualTo("d973f8a22b58f1a7991040ecf8f8db9e0c7e6882d6b2590ac959836cc65274d7");
    assertThat(
            hex(
                binding(EvidenceForm.SNP_REPORT, challenge, Binding.GROUP)
                    .job("job-1")
                    .build()
                    .hash()))
        .isEqualTo(
            "755b5c4c5a3a0c9e95d4ee73902c872ab5edb980fab580fb2b3d6d83271b3d56"
                + "4f9d47adc994a67ef5c0d272b89cf10c6f2ee5836d1f8d7097b48035aed15bc8");
  }

  @Test
  @DisplayName("section 13: root and transcript of a batch")
  void batch() {
    Challenge root =
        BatchTree.of(
                List.of(
                    new BatchTree.Leaf("hospital-a", Challenge.of(filled(1))),
                    new BatchTree.Leaf("hospital-b", Challenge.of(filled(2))),
                    new BatchTree.Leaf(SERVER, Challenge.of(filled(3)))))
            .root();
    assertThat(hex(root.value()))
        .isEqualTo("e8d0bb7fe8fba003a36b90e10bc3afdecf776cc5afb8227bd3215749ef78a8bf");
    assertThat(hex(binding(EvidenceForm.SNP_REPORT, root, Binding.BATCH).build().hash()))
        .isEqualTo(
            "e79bd4bba253c5e2b60b0e9d5142c0357efade4713862e569eb663a71a953a63"
                + "a78f8728d3715eda437d9915439faea804bfc58ebb934d69aa8da8972223f134");
  }

  @Test
  @DisplayName("second part, 4e: what is signed in an ask")
  void ask() {
    Ask ask =
        new Ask(
            Ask.Mode.BATCH,
            Ask.Purpose.REGISTRATION,
            "hospital-a",
            SERVER,
            Optional.empty(),
            CHALLENGE,
            Duration.ofMinutes(5),
            Instant.ofEpochSecond(1_800_000_000));
    assertThat(hex(Hashes.sha256(ask.signatureInput(ascii("root certificate DER")))))
        .isEqualTo("8dcffb45f1397e146b8675c3d97844d5e2b10e195f95ca05d016fa0c657378ac");
  }

  @Test
  @DisplayName("section 13: what site key and session key sign for an entry")
  void entry() {
    assertThat(
            hex(
                Hashes.sha256(
                    cpuWithGpu().entrySignatureInput("cpu token bytes", Optional.empty()))))
        .isEqualTo("7b8b5b27c4cd64eb0826cd5031ff7b067ef8ccc99274d620c8b6d0db1f1285f6");
    assertThat(hex(Hashes.sha256(cpuWithGpu().sessionSignatureInput("cpu token bytes"))))
        .isEqualTo("f81f34de539bb144bbfb3937c33502e2153814fbf42b5d76d891de9f771ad3c8");
  }

  @Test
  @DisplayName("section 13: the name of a challenge")
  void challengeId() {
    assertThat(CHALLENGE.id()).isEqualTo("630dcd2966c4336691125448bbb25b4f");
  }
}
