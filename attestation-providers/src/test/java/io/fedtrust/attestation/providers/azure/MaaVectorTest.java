// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.Judged.reason;
import static io.fedtrust.attestation.providers.Judged.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.policy.AciOptions;
import io.fedtrust.attestation.providers.azure.policy.AciPolicy;
import io.fedtrust.attestation.providers.azure.policy.CvmPolicy;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.jws.JsonWebKeys;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recorded and made-up tokens of Microsoft Azure Attestation give their stated outcomes. */
class MaaVectorTest {
  private static final String INSTANCE = "https://sharedeus2.eus2.attest.azure.net";
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
  private static final String LAUNCHED =
      "5feee30d6d7e1a29f403d70a4198237ddfb13051a2d6976439487c609388ed7f98189887920ab2fa0096903a0c23fca1";

  @BeforeAll
  static void vectors() {
    AzureVectors.assume();
  }

  private static Collateral keys(String instance, String file) {
    return AzureVectors.items(
        ServiceKeys.of(
                instance,
                Instant.parse("2026-12-31T00:00:00Z"),
                ServiceKeys.Trust.CONFIGURED,
                AzureVectors.bytes(file))
            .item(MaaItems.KEYS, MaaItems.subject(instance)));
  }

  private static Evidence token(EvidenceForm form, String name) {
    return Evidence.of(form, AzureVectors.text(name + ".jwt"));
  }

  private static EvidenceVerification judged(Evidence evidence) {
    MaaVerifier verifier =
        (evidence.form().equals(EvidenceForm.MAA_JWT)
                ? MaaVerifier.containers(INSTANCE)
                : MaaVerifier.virtualMachines(INSTANCE))
            .maximumAge(Duration.ofHours(2))
            .build();
    return verifier.verify(evidence, keys(INSTANCE, "maa-synthetic/jwks.json"), NOW);
  }

  private static EvidenceVerification aci(String name) {
    return judged(token(EvidenceForm.MAA_JWT, "maa-synthetic/" + name));
  }

  private static EvidenceVerification cvm(String name) {
    return judged(token(EvidenceForm.MAA_CVM_JWT, "maa-synthetic/" + name));
  }

  private static Verdict appraised(EvidenceForm form, String name, AppraisalRules.Builder rules) {
    Evidence evidence = token(form, "maa-synthetic/" + name);
    return FederationPolicy.named("hospitals", "1")
        .anySite(rules.forms(Set.of(form)).build())
        .build()
        .find("site", form.namespace())
        .orElseThrow()
        .appraise(evidence, judged(evidence), AppraisalContext.evidenceAlone("site", NOW));
  }

  /** Digests of the files that the tokens are of. */
  private static AppraisalRules.Builder containers() {
    return AciPolicy.strict()
        .set(
            AciOptions.CONTAINER_POLICIES,
            Digests.sha256(AzureVectors.bytes("maa-synthetic/security-policy.rego")))
        .set(
            SnpOptions.REPORT_DATA,
            HexFormat.of()
                .formatHex(
                    RuntimeData.reportData(AzureVectors.bytes("maa-synthetic/runtime-data.json"))));
  }

  private static AppraisalRules.Builder machines() {
    return CvmPolicy.strict().measurement(ReferenceValue.of("paravisor", LAUNCHED));
  }

  private static void rejectedBy(String check, Verdict verdict) {
    assertThat(verdict).as(verdict.explain()).isInstanceOf(Verdict.Rejected.class);
    assertThat(verdict.explain()).contains("FAIL " + check);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"aci-valid", "aci-valid-second-key"})
  @DisplayName("a good token of a container group, under either key of the set")
  void good(String name) {
    EvidenceVerification result = aci(name);
    genuine(result);
    assertThat(claim(result, "launch-measurement")).isEqualTo(LAUNCHED);
    assertThat(claim(result, "reported-tcb"))
        .isEqualTo("bootloader 4, tee 0, snp 24, microcode 219");
    assertThat(((EvidenceVerification.Genuine) result).expiresAt())
        .isEqualTo(Instant.parse("2026-01-01T02:00:00Z"));
    Verdict trusted = appraised(EvidenceForm.MAA_JWT, name, containers());
    assertThat(trusted).as(trusted.explain()).isInstanceOf(Verdict.Trusted.class);
  }

  @ParameterizedTest(name = "{0}: {2} {1}")
  @CsvSource({
    "aci-bad-signature, SIGNATURE_INVALID, maa.signature",
    "aci-payload-swapped, SIGNATURE_INVALID, maa.signature",
    "aci-kid-collision-attacker-key, SIGNATURE_INVALID, maa.signature",
    "aci-alg-none, EVIDENCE_MALFORMED, maa.format",
    "aci-alg-hs256-pem-secret, ALGORITHM_NOT_ALLOWED, maa.algorithm",
    "aci-alg-ps256, ALGORITHM_NOT_ALLOWED, maa.algorithm",
    "aci-jku-attacker, ISSUER_UNKNOWN, maa.key-address",
    "aci-embedded-jwk, EVIDENCE_MALFORMED, maa.format",
    "aci-no-kid, EVIDENCE_MALFORMED, maa.format",
    "aci-iss-suffix, ISSUER_UNKNOWN, maa.issuer",
    "aci-iss-missing, EVIDENCE_MALFORMED, maa.format",
    "aci-expired, TOKEN_NOT_VALID, maa.times",
    "aci-nbf-future, TOKEN_NOT_VALID, maa.times",
    "aci-exp-missing, EVIDENCE_MALFORMED, maa.format",
    "aci-type-sgx, EVIDENCE_MALFORMED, maa.attestation-type",
    "aci-four-parts, EVIDENCE_MALFORMED, maa.format",
    "cvm-valid, EVIDENCE_MALFORMED, maa.attestation-type"
  })
  @DisplayName("no token of a container group")
  void refused(String name, ReasonCode reason, String check) {
    notGenuine(reason, check, aci(name));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "aci-debuggable, policy.debug",
    "aci-migration-allowed, policy.migration",
    "aci-hostdata-other, policy.host-data",
    "aci-reportdata-other, policy.report-data",
    "aci-compliance-missing, policy.compliance-status"
  })
  @DisplayName("a well-signed token that says what no policy accepts")
  void rejected(String name, String check) {
    genuine(aci(name));
    rejectedBy(check, appraised(EvidenceForm.MAA_JWT, name, containers()));
  }

  @Test
  @DisplayName("a token of a confidential VM, with its hardware's claims where they belong")
  void machine() {
    EvidenceVerification result = cvm("cvm-valid");
    genuine(result);
    assertThat(claim(result, "tee")).isEqualTo("sevsnpvm");
    assertThat(claim(result, "vm-id")).isEqualTo("A80B7FE7-5B93-4027-9971-6CCEE468C2B3");
    Verdict trusted = appraised(EvidenceForm.MAA_CVM_JWT, "cvm-valid", machines());
    assertThat(trusted).as(trusted.explain()).isInstanceOf(Verdict.Trusted.class);
    rejectedBy(
        "policy.secure-boot",
        appraised(EvidenceForm.MAA_CVM_JWT, "cvm-secureboot-false", machines()));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED, "maa.format", cvm("cvm-trusted-launch-no-isolation-tee"));
    notGenuine(ReasonCode.EVIDENCE_MALFORMED, "maa.attestation-type", cvm("aci-valid"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"cvm-valid", "cvm-nonce-other"})
  @DisplayName("a nonce that is no challenge's hash carries none: such a token is never fresh")
  void nonce(String name) {
    Evidence evidence = token(EvidenceForm.MAA_CVM_JWT, "maa-synthetic/" + name);
    Verdict verdict =
        FederationPolicy.named("hospitals", "1")
            .anySite(machines().forms(Set.of(EvidenceForm.MAA_CVM_JWT)).build())
            .build()
            .find("site", Namespace.AZURE_CVM)
            .orElseThrow()
            .appraise(
                evidence,
                judged(evidence),
                AppraisalContext.evidenceAlone("site", NOW).expecting(new byte[32]));
    assertThat(verdict)
        .as(verdict.explain())
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            no -> assertThat(no.reason()).isEqualTo(ReasonCode.NO_FRESHNESS));
  }

  @Test
  @DisplayName("a recorded token of a test instance, which signs for everyone")
  void testInstance() {
    Evidence real = token(EvidenceForm.MAA_JWT, "maa-real/sevsnpvm-test-instance-2025");
    EvidenceVerification result =
        MaaVerifier.containers(INSTANCE)
            .build()
            .verify(
                real,
                keys(INSTANCE, "maa-synthetic/jwks.json"),
                Instant.parse("2025-04-08T04:30:00Z"));
    notGenuine(ReasonCode.ISSUER_UNKNOWN, "maa.issuer", result);
    assertThat(result.checks()).as(text(result)).anyMatch(c -> c.name().equals("maa.key-address"));
    assertThatThrownBy(() -> MaaVerifier.containers("https://sharedweu.weu.test.attest.azure.net"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName(
      "a recorded token of a confidential VM is read, its key is gone and its time is over")
  void recordedMachine() throws MalformedEvidenceException {
    Evidence real = token(EvidenceForm.MAA_CVM_JWT, "maa-real/azurevm-cvm-sharedweu-2023");
    assertThat(MaaVerifier.unverified(real).find("launch-measurement").orElseThrow().text())
        .startsWith("89625359");
    assertThat(MaaVerifier.unverified(real).find("secure-boot").orElseThrow().text())
        .isEqualTo("true");
    assertThat(MaaVerifier.unverified(real).find("os-type").orElseThrow().text())
        .isEqualTo("Windows");
    String instance = "https://sharedweu.weu.attest.azure.net";
    EvidenceVerification result =
        MaaVerifier.virtualMachines(instance)
            .build()
            .verify(real, keys(instance, "maa-synthetic/jwks.json"), NOW);
    notGenuine(ReasonCode.TOKEN_NOT_VALID, "maa.times", result);
    assertThat(reason(result, "maa.keys")).isEqualTo("COLLATERAL_UNAVAILABLE");
  }

  @Test
  @DisplayName("a recorded key set: keys by certificates only; a weak one is ignored")
  void recordedKeys() throws MalformedEvidenceException {
    JsonWebKeys keys =
        JsonWebKeys.read(
            JsonObject.read(
                new JsonObject.Kind("test", ReasonCode.COLLATERAL_UNAVAILABLE, "vectors"),
                AzureVectors.bytes("maa-real/jwks-gnkuks001-2020.json"),
                1 << 20));
    assertThat(keys.keys()).hasSize(4);
    assertThat(keys.unusable()).containsExactly("KQFAHrk1xALKHBD4b4u7TCvCJ1Mw0MlYZe+rxdePOtg=");
  }
}
