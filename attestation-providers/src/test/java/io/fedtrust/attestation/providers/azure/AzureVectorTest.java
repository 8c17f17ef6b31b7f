// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.Judged.reason;
import static io.fedtrust.attestation.providers.Judged.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.DidX509;
import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.azure.format.UvmEndorsement;
import io.fedtrust.attestation.providers.azure.policy.AciOptions;
import io.fedtrust.attestation.providers.azure.policy.AciPolicy;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.pki.Certificates;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real bundles, endorsements, identities and paravisor reports give their stated outcomes. */
class AzureVectorTest {
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind("test", ReasonCode.EVIDENCE_MALFORMED, "vectors");

  @BeforeAll
  static void vectors() {
    AzureVectors.assume();
  }

  private static EvidenceVerification judged(Evidence evidence, String at) {
    return AzureVectors.verifier().verify(evidence, Collateral.NONE, Instant.parse(at));
  }

  private static AppraisalRules.Builder rules(String policy, int svn) {
    return AciPolicy.profile("azure-aci")
        .set(AciOptions.CONTAINER_POLICIES, policy)
        .set(AciOptions.MINIMUM_UVM_SVN, svn);
  }

  private static Verdict appraised(Evidence evidence, String at, AppraisalRules.Builder rules) {
    return FederationPolicy.named("hospitals", "1")
        .anySite(rules.build())
        .build()
        .find("aci", Namespace.AZURE_ACI)
        .orElseThrow()
        .appraise(
            evidence,
            judged(evidence, at),
            AppraisalContext.evidenceAlone("aci", Instant.parse(at)));
  }

  private static void rejected(ReasonCode reason, Verdict verdict) {
    assertThat(verdict)
        .as(verdict.explain())
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, no -> assertThat(no.reason()).isEqualTo(reason));
  }

  @Test
  @DisplayName("a real bundle is authentic, and trusted by a policy that names its containers")
  void milan() {
    Evidence evidence = AzureVectors.bundle("aci-milan-svn101");
    String at = AzureVectors.MILAN_TIME.toString();
    EvidenceVerification result = judged(evidence, at);
    genuine(result);
    assertThat(claim(result, "launch-measurement"))
        .isEqualTo(
            "5feee30d6d7e1a29f403d70a4198237ddfb13051a2d6976439487c609388ed7f98189887920ab2fa0096903a0c23fca1");
    assertThat(claim(result, "uvm-svn")).isEqualTo("101");
    assertThat(claim(result, "uvm-feed")).isEqualTo("ContainerPlat-AMD-UVM");
    assertThat(claim(result, "uvm-issuer")).isEqualTo(UvmEndorsement.MICROSOFT_ACI);
    assertThat(claim(result, "uvm-signed-at")).isEqualTo("2024-11-14T05:20:59Z");
    String policy = "4f4448c67f3c8dfc8de8a5e37125d807dadcc41f06cf23f615dbd52eec777d10";
    assertThat(claim(result, "host-data")).isEqualTo(policy);
    Verdict trusted = appraised(evidence, at, rules(policy, 101));
    assertThat(trusted).as(trusted.explain()).isInstanceOf(Verdict.Trusted.class);
    rejected(ReasonCode.POLICY_VIOLATION, appraised(evidence, at, rules(policy, 104)));
    rejected(
        ReasonCode.POLICY_VIOLATION,
        appraised(evidence, at, AciPolicy.strict().set(AciOptions.CONTAINER_POLICIES, policy)));
    rejected(ReasonCode.POLICY_VIOLATION, appraised(evidence, at, rules("00".repeat(32), 101)));
    rejected(
        ReasonCode.NO_REFERENCE_VALUES,
        appraised(evidence, at, AciPolicy.strict().set(AciOptions.MINIMUM_UVM_SVN, 101)));
  }

  @Test
  @DisplayName("raw bytes in REPORT_DATA are no digest of runtime data, whatever is claimed")
  void rawReportData() throws MalformedEvidenceException {
    AciEvidence bundle = AciEvidence.parse(AzureVectors.bundle("aci-milan-svn101").token());
    Evidence claimed =
        bundle
            .runtimeData("1234".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
            .evidence()
            .withEndorsements(
                EvidenceAttachments.of(AzureVectors.host("aci-milan-svn101").certificates()));
    notGenuine(
        ReasonCode.BINDING_MISMATCH,
        "aci.report-data",
        judged(claimed, AzureVectors.MILAN_TIME.toString()));
  }

  @Test
  @DisplayName(
      "an answer of the sidecar's /attest/combined, whose firmware is newer than what is committed")
  void combined() throws IOException, MalformedEvidenceException {
    Map<String, ?> answer =
        StrictJson.read(
            AzureVectors.bytes("aci-combined-svn100/attest-combined-response.json"), 1 << 20);
    Evidence evidence =
        AciEvidence.of(base64(answer, "evidence"), base64(answer, "uvm_endorsements"))
            .evidence()
            .withEndorsements(
                EvidenceAttachments.of(Certificates.parsePem(base64(answer, "endorsements"))));
    String at = "2024-06-01T00:00:00Z";
    EvidenceVerification result = judged(evidence, at);
    genuine(result);
    assertThat(claim(result, "uvm-svn")).isEqualTo("100");
    assertThat(claim(result, "report-data"))
        .startsWith("36b03dab8e8751b26d9b33fa2fa1296f823a238ef3dd604f758a4aff5b2b41d0");
    String policy = "73973b78d70cc68353426de188db5dfc57e5b766e399935fb73a61127ea26d20";
    Verdict trusted = appraised(evidence, at, rules(policy, 100));
    assertThat(trusted).as(trusted.explain()).isInstanceOf(Verdict.Trusted.class);
    Verdict strict =
        appraised(
            evidence,
            at,
            AciPolicy.strict()
                .set(AciOptions.CONTAINER_POLICIES, policy)
                .set(AciOptions.MINIMUM_UVM_SVN, 100));
    rejected(ReasonCode.POLICY_VIOLATION, strict);
    assertThat(strict.explain()).contains("FAIL policy.committed");
  }

  private static byte[] base64(Map<String, ?> members, String name) {
    return Base64.getDecoder().decode((String) members.get(name));
  }

  @Test
  @DisplayName("an old utility VM is authentic, and refused by its security version")
  void oldUtilityVm() {
    Evidence evidence = AzureVectors.bundle("aci-svn22");
    String at = "2023-06-01T00:00:00Z";
    EvidenceVerification result = judged(evidence, at);
    genuine(result);
    assertThat(claim(result, "uvm-svn")).isEqualTo("22");
    String policy = "cadd74f71ebb8fbf9782baab649612520f3c416bc5ce9ac768808ddc8d9b031c";
    rejected(ReasonCode.POLICY_VIOLATION, appraised(evidence, at, rules(policy, 100)));
    Verdict trusted = appraised(evidence, at, rules(policy, 22));
    assertThat(trusted).as(trusted.explain()).isInstanceOf(Verdict.Trusted.class);
  }

  @Test
  @DisplayName("a genuine certificate of another chip: chip and signature are both refused")
  void wrongChip() {
    EvidenceVerification result =
        judged(AzureVectors.bundle("aci-wrong-vcek"), AzureVectors.MILAN_TIME.toString());
    // A certificate of another chip counts as absent
    // (docs/protocol/collateral.md#missing-collateral).
    assertThat(result)
        .isInstanceOfSatisfying(
            EvidenceVerification.Undetermined.class,
            open -> assertThat(open.missing()).isEqualTo(ReasonCode.ENDORSEMENT_MISSING));
    assertThat(reason(result, "snp.chip-id")).as(text(result)).isEqualTo("ENDORSEMENT_MISMATCH");
    assertThat(reason(result, "snp.signature")).isEmpty();
    assertThat(reason(result, "uvm.signature")).isEmpty();
    assertThat(reason(result, "uvm.measurement")).isEmpty();
    assertThat(reason(result, "aci.host-data")).isEmpty();
  }

  @Test
  @DisplayName("endorsement and policy of other bundles do not fit")
  void mixed() {
    Evidence evidence =
        AciEvidence.of(
                AzureVectors.bytes("aci-milan-svn101/snp-report.bin"),
                AzureVectors.decoded("aci-svn22/reference-info-base64"))
            .policy(AzureVectors.decoded("aci-svn22/security-policy-base64"))
            .evidence()
            .withEndorsements(
                EvidenceAttachments.of(AzureVectors.host("aci-milan-svn101").certificates()));
    EvidenceVerification result = judged(evidence, AzureVectors.MILAN_TIME.toString());
    assertThat(reason(result, "uvm.measurement")).isEqualTo("REFERENCE_MISMATCH");
    assertThat(reason(result, "aci.host-data")).isEqualTo("HOST_DATA_MISMATCH");
  }

  @Test
  @DisplayName("an endorsement that was signed after the instant to judge for")
  void fromTheFuture() {
    EvidenceVerification result =
        judged(AzureVectors.bundle("aci-milan-svn101"), "2024-11-14T05:19:58Z");
    assertThat(reason(result, "uvm.validity")).as(text(result)).isEqualTo("CERT_NOT_VALID");
    assertThat(
            reason(
                judged(AzureVectors.bundle("aci-milan-svn101"), "2024-11-14T05:19:59Z"),
                "uvm.validity"))
        .isEmpty();
  }

  @Test
  @DisplayName("the host's certificates fit the TCB of their report")
  void hostCertificates() {
    for (String folder : List.of("aci-milan-svn101", "aci-svn22", "aci-wrong-vcek")) {
      byte[] report = AzureVectors.bytes(folder + "/snp-report.bin");
      assertThat(AzureVectors.host(folder).certificates()).hasSize(3);
      assertThat(AzureVectors.host(folder).fit(java.util.Arrays.copyOfRange(report, 0x180, 0x188)))
          .isTrue();
    }
    assertThat(AzureVectors.host("aci-svn22").fit(HexFormat.of().parseHex("04000000000018db")))
        .isFalse();
  }

  static Stream<JsonObject> identities() throws MalformedEvidenceException {
    AzureVectors.assume();
    return JsonObject.readList(KIND, AzureVectors.text("did-x509/test-vectors-part.json"), 1 << 20)
        .stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("identities")
  @DisplayName("the official did:x509 vectors")
  void did(JsonObject vector) throws MalformedEvidenceException {
    JsonObject input = vector.object("input");
    List<X509Certificate> chain = new ArrayList<>();
    Optional<String> wrong;
    try {
      for (String der : input.texts("chain", 10)) {
        chain.add(Certificates.parse(Base64.getUrlDecoder().decode(der)));
      }
      wrong = DidX509.parse(input.text("did")).mismatch(chain);
    } catch (MalformedEvidenceException e) {
      wrong = Optional.of(e.check().toString());
    }
    assertThat(wrong.isEmpty())
        .as(vector.text("id") + ": " + wrong)
        .isEqualTo(vector.object("output").has("document"));
  }

  @Test
  @DisplayName("a paravisor's report of SEV-SNP: its JSON is bound, and alone it is never fresh")
  void hclOfSnp() throws MalformedEvidenceException {
    byte[] report = AzureVectors.bytes("cvm-hcl/hcl-report-snp.bin");
    HclReport hcl = HclReport.parse(report);
    assertThat(hcl.tee()).isEqualTo(HclReport.Tee.SNP);
    assertThat(hcl.secureBoot()).contains(true);
    assertThat(hcl.vmId()).contains("BAEFD3E1-184B-4C4C-AB88-0BDAD260505F");
    assertThat(hcl.reportData()).isEqualTo(hcl.expectedReportData());
    assertThat(HexFormat.of().formatHex(hcl.reportData()))
        .startsWith("1d0a466a9eed975e88f889f7aed4abc1c97e87c4f43e5e3478c9a4a5853cbd7d");
    assertThat(hcl.attestationKey().modulus()).hasSize(256);
    EvidenceVerification result = alone(report);
    notGenuine(ReasonCode.NO_FRESHNESS, "cvm.quote", result);
    assertThat(reason(result, "hcl.report-data")).isEmpty();
  }

  @Test
  @DisplayName("a paravisor's report of TDX: only its own machine could judge the TD report in it")
  void hclOfTdx() throws MalformedEvidenceException {
    byte[] report = AzureVectors.bytes("cvm-hcl/hcl-report-tdx.bin");
    HclReport hcl = HclReport.parse(report);
    assertThat(hcl.tee()).isEqualTo(HclReport.Tee.TDX);
    assertThat(hcl.secureBoot()).contains(false);
    assertThat(hcl.reportData()).isEqualTo(hcl.expectedReportData());
    assertThat(HexFormat.of().formatHex(hcl.reportData()))
        .startsWith("e8f0796193ba21d6d43d2ea4bb6e4081ce4920729b348f39099cd2f65ecb6170");
    EvidenceVerification result = alone(report);
    notGenuine(ReasonCode.EVIDENCE_MALFORMED, "cvm.hardware-quote", result);
    assertThat(reason(result, "cvm.quote")).isEqualTo("NO_FRESHNESS");
  }

  private static EvidenceVerification alone(byte[] report) {
    return CvmVerifier.builder()
        .build()
        .verify(
            new CvmEvidence(report, Optional.empty(), Optional.empty()).evidence(),
            Collateral.NONE,
            Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Test
  @DisplayName("every bit of an endorsement that is signed counts")
  void flippedEndorsement() {
    byte[] cose = AzureVectors.decoded("aci-milan-svn101/reference-info-base64");
    byte[] report = AzureVectors.bytes("aci-milan-svn101/snp-report.bin");
    int from = timestamp(cose)[0];
    int to = timestamp(cose)[1];
    for (int bit = 0; bit < cose.length * 8; bit += Integer.getInteger("fedtrust.flip.step", 97)) {
      if (bit / 8 >= from && bit / 8 < to) {
        continue;
      }
      byte[] other = cose.clone();
      other[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(
              AzureVectors.verifier()
                  .verify(
                      AciEvidence.of(report, other)
                          .evidence()
                          .withEndorsements(
                              EvidenceAttachments.of(
                                  AzureVectors.host("aci-milan-svn101").certificates())),
                      Collateral.NONE,
                      AzureVectors.MILAN_TIME))
          .as("bit " + bit)
          .isInstanceOf(EvidenceVerification.NotGenuine.class);
    }
  }

  /** The unprotected header, a time stamp of another authority: it is not signed, and not used. */
  private static int[] timestamp(byte[] cose) {
    byte[] name = "timestamp".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (int i = 0; i < cose.length; i++) {
      if (java.util.Arrays.equals(
          java.util.Arrays.copyOfRange(cose, i, Math.min(cose.length, i + name.length)), name)) {
        int head = i + name.length;
        int length = Byte.toUnsignedInt(cose[head + 1]) << 8 | Byte.toUnsignedInt(cose[head + 2]);
        return new int[] {i, head + 3 + length};
      }
    }
    throw new IllegalStateException(Digests.sha256(cose));
  }
}
