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
import java.util.TreeMap;
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

  private static final JobContext JOB =
      new JobContext(Bytes.of(ascii("root certificate DER")), PROJECT, SERVER, "job-1");
  private static final String SET_DIGEST =
      "5a586264a38d8c8532052a5fedee78b8978196dde4ec15fe5a4819e53234ffc5";

  private static CCToken shown(String token) {
    return new CCToken(
        token,
        "x-snp",
        Optional.of("snp-report"),
        Optional.empty(),
        Optional.of(
            new EntryProof(
                List.of(Bytes.of(ascii("certificate"))),
                Bytes.of(ascii("site signature")),
                Optional.of(
                    new EntryProof.Session(
                        Bytes.of(ascii("session SPKI")), Bytes.of(ascii("session signature")))),
                CHALLENGE.id(),
                Optional.empty())));
  }

  private static JobSet.Participant attested(String token) {
    return new JobSet.Participant(
        JobSet.Kind.ATTESTED,
        CCToken.entriesDigest(List.of(shown(token))),
        Optional.of(Bytes.of(ascii("session SPKI")).sha256()));
  }

  private static JobSet jobSet() {
    byte[] jobDigest = Hashes.sha256(ascii("job definition"));
    return new JobSet(
        "job-1",
        Optional.of(Bytes.of(jobDigest)),
        Challenge.ofGroup(
            PROJECT,
            "job-1",
            Optional.of(jobDigest),
            Instant.ofEpochSecond(1_800_000_000),
            Map.of(SERVER, filled(2), "hospital-a", filled(1), "hospital-b", filled(3))),
        Instant.ofEpochSecond(1_800_000_060),
        new TreeMap<>(
            Map.of(
                "hospital-a", attested("cpu token bytes"), SERVER, attested("server token bytes"))),
        new TreeMap<>(Map.of("hospital-b", JobSet.Left.REJECTED)));
  }

  private static String sha256(byte[] bytes) {
    return hex(Hashes.sha256(bytes));
  }

  @Test
  @DisplayName("second part, 4e: entries digest of a site, digest of a set, what both keys sign")
  void setOfJob() {
    assertThat(CCToken.entriesDigest(List.of(shown("cpu token bytes"))).hex())
        .isEqualTo("6443a9787f8db9478d6f1849b30dd46e9e4d7aa62769c36a4a88377598058488");
    assertThat(hex(jobSet().challenge().value()))
        .isEqualTo("533cf28eecaf5d308f54b136b1c831da777002502c2b5e56cecb2830791ec988");
    assertThat(jobSet().signatureInput(JOB)).hasSize(454);
    assertThat(jobSet().digest(JOB).hex()).isEqualTo(SET_DIGEST);
  }

  @Test
  @DisplayName("second part, 4e: acceptance, dispatch, start and end of a job")
  void courseOfJob() {
    Bytes set = Bytes.of(HEX.parseHex(SET_DIGEST));
    assertThat(sha256(JobAnswer.signatureInput(JOB, "hospital-a", set, true, Optional.empty())))
        .isEqualTo("429c2fe4578b40039056271f0814643fdbe094ce68ab5602b4b583a61db34d9f");
    byte[] dispatch =
        JobDispatch.signatureInput(
            JOB, set, Instant.ofEpochSecond(1_800_000_050), List.of(SERVER, "hospital-a"));
    assertThat(sha256(dispatch))
        .isEqualTo("4b0f1a7de207eb075fa88e945539bee7254e197c4173a000c58d4b33679c611c");
    assertThat(sha256(JobStart.signatureInput(JOB, "hospital-a", dispatch)))
        .isEqualTo("e1295318ff227083e7457d1b0c9aad601dac97880ab15f398bd279464e3d91be");
    assertThat(sha256(JobEnd.signatureInput(JOB, set, JobOutcome.NOT_DISPATCHED)))
        .isEqualTo("cb99b2bbb6100209075821ad29ba41d23a943247a8207f903565171908843d9e");
  }

  @Test
  @DisplayName("second part, 4e: a signed refusal")
  void refusal() {
    assertThat(
            sha256(
                SignedRefusal.signatureInput(
                    new SignedRefusal.Request(
                        JOB.root(), PROJECT, "hospital-a", SERVER, "job_list", Bytes.of(filled(4))),
                    RefusalCode.BUSY,
                    Optional.of(Duration.ofSeconds(30)),
                    Optional.of(ReasonCode.REQUESTED_TOO_OFTEN))))
        .isEqualTo("4f57da658d5716727d3ced708b6a9416436e58dee51dd1fa7cca3dcf3dfd7a56");
  }

  @Test
  @DisplayName("second part, 4e: presence of a site without evidence")
  void presence() {
    assertThat(
            sha256(
                Presence.signatureInput(
                    JOB.root(), PROJECT, "hospital-a", SERVER, Optional.empty(), CHALLENGE)))
        .isEqualTo("a0803b06d3396d93d134d86f8e7ae5335f266238b068e253548ab074299a67c6");
  }
}
