// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.Judged.reason;
import static io.fedtrust.attestation.providers.Judged.text;
import static io.fedtrust.attestation.providers.Judged.undetermined;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.azure.policy.AciOptions;
import io.fedtrust.attestation.providers.azure.policy.AciPolicy;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.simulated.SimulatedContainerGroup;
import io.fedtrust.attestation.simulated.SimulatedEndorsement;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedUvm;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles of container groups, one thing wrong at a time. */
class AciVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(100));
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SimulatedSnpPlatform PLATFORM =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, RANDOM);
  private static final SimulatedUvm UVM = SimulatedUvm.create(MADE, RANDOM);
  private static final byte[] POLICY = "package policy\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LAUNCHED = filled(48, 7);
  private static final byte[] HASH = filled(32, 9);
  private static final SimulatedContainerGroup GROUP = group(UVM);
  private static final AciVerifier VERIFIER = verifier(GROUP.anchors());

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static SimulatedContainerGroup group(SimulatedUvm uvm) {
    return SimulatedContainerGroup.on(
        PLATFORM, uvm, POLICY, LAUNCHED, NOW.minus(Duration.ofDays(9)));
  }

  private static AciVerifier verifier(List<TrustAnchor> anchors) {
    return AciVerifier.builder().anchors(anchors).build();
  }

  private static Collateral collateral() {
    return Collateral.of(GROUP.collateral(NOW.minus(Duration.ofDays(1))));
  }

  private static EvidenceVerification judged(Evidence evidence) {
    return VERIFIER.verify(evidence, collateral(), NOW);
  }

  private static EvidenceVerification judged(UnaryOperator<SimulatedEndorsement> change) {
    return judged(bundle(change).evidence());
  }

  private static AciEvidence bundle(UnaryOperator<SimulatedEndorsement> change) {
    byte[] runtimeData = RuntimeData.of(HASH);
    return GROUP.bundle(runtimeData, GROUP.report(runtimeData), change.apply(GROUP.endorsement()));
  }

  private static AppraisalRules.Builder rules() {
    return AciPolicy.strict()
        .set(AciOptions.UVM_ISSUERS, UVM.issuer())
        .set(AciOptions.CONTAINER_POLICIES, HexFormat.of().formatHex(GROUP.policySha256()));
  }

  private static Verdict appraised(AppraisalRules.Builder rules, Evidence evidence) {
    return FederationPolicy.named("hospitals", "1")
        .anySite(rules.build())
        .build()
        .find("site", Namespace.AZURE_ACI)
        .orElseThrow()
        .appraise(
            evidence,
            judged(evidence),
            AppraisalContext.evidenceAlone("site", NOW).expecting(HASH));
  }

  private static void rejectedBy(String check, Verdict verdict) {
    assertThat(verdict).as(verdict.explain()).isInstanceOf(Verdict.Rejected.class);
    assertThat(verdict.explain()).contains("FAIL " + check);
  }

  @Test
  @DisplayName("a good bundle carries its challenge, is trusted, and says SIMULATED")
  void good() {
    Evidence evidence = GROUP.evidence(HASH);
    EvidenceVerification result = judged(evidence);
    genuine(result);
    assertThat(result.verifiedClaims().orElseThrow().isBoundTo(HASH)).isTrue();
    assertThat(result.notes()).anyMatch(note -> note.contains("SIMULATED"));
    assertThat(claim(result, "uvm-svn")).isEqualTo("104");
    Verdict verdict = appraised(rules(), evidence);
    assertThat(verdict).as(verdict.explain()).isInstanceOf(Verdict.Trusted.class);
  }

  @Test
  @DisplayName("the newer endorsement, with CWT claims beside the bare measurement")
  void claims() {
    EvidenceVerification result = judged(endorsement -> endorsement.asClaims(105));
    genuine(result);
    assertThat(claim(result, "uvm-svn")).isEqualTo("105");
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "uvm.format",
        judged(endorsement -> endorsement.asClaims(105).header("iss", UVM.issuer())));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "uvm.format",
        judged(endorsement -> endorsement.asClaims(105).header(258L, -16L)));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "uvm.format",
        judged(endorsement -> endorsement.asClaims(105).without(259L)));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "uvm.format",
        judged(endorsement -> endorsement.asClaims(105).payload(new byte[47])));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"104", "\"104\""})
  @DisplayName("a security version is a number, written as text or not")
  void versions(String json) {
    EvidenceVerification result = judged(endorsement -> endorsement.svn(json));
    genuine(result);
    assertThat(claim(result, "uvm-svn")).isEqualTo("104");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "\"0104\"",
        "\"-1\"",
        "104.0",
        "-1",
        "true",
        "\"9999999999\"",
        "\"104\",\"x-ms-sevsnpvm-guestsvn-int\":105",
        "104,\"x-ms-sevsnpvm-guestsvn\":105"
      })
  @DisplayName("no other spelling of a security version, and not two of them")
  void otherVersions(String json) {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED, "uvm.format", judged(endorsement -> endorsement.svn(json)));
  }

  @Test
  @DisplayName("security versions are compared as numbers: 9 is below 104")
  void comparedAsNumbers() {
    rejectedBy(
        "policy.uvm-svn",
        appraised(rules(), bundle(endorsement -> endorsement.svn("\"9\"")).evidence()));
    rejectedBy(
        "policy.uvm-svn",
        appraised(rules().set(AciOptions.MINIMUM_UVM_SVN, 105), GROUP.evidence(HASH)));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(longs = {-37, -39, -7, -35, -257, 5})
  @DisplayName("no algorithm but PS384")
  void algorithms(long algorithm) {
    notGenuine(
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        "uvm.algorithm",
        judged(endorsement -> endorsement.header(1L, algorithm)));
  }

  @Test
  @DisplayName("the protected header names the signer; unsigned members are ignored")
  void unprotected() {
    genuine(judged(endorsement -> endorsement.unprotected("iss", "did:x509:0:sha256:x::eku:1")));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "uvm.format",
        judged(endorsement -> endorsement.without("iss").unprotected("iss", UVM.issuer())));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "uvm.format",
        judged(endorsement -> endorsement.header(2L, List.of("iss"))));
  }

  @Test
  @DisplayName("an endorser must be who it says it is, under a root among the anchors")
  void issuers() {
    SimulatedUvm other = SimulatedUvm.create(MADE, RANDOM);
    notGenuine(
        ReasonCode.CHAIN_INVALID,
        "uvm.chain",
        judged(endorsement -> endorsement.header("iss", other.issuer())));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "did.format",
        judged(endorsement -> endorsement.header("iss", "did:web:microsoft.com")));
    EvidenceVerification foreign = judged(group(other).evidence(HASH));
    notGenuine(ReasonCode.ANCHOR_UNKNOWN, "uvm.anchor", foreign);
    assertThat(reason(foreign, "uvm.chain")).isEmpty();
    notGenuine(
        ReasonCode.CHAIN_INVALID,
        "uvm.chain",
        judged(endorsement -> endorsement.header(33L, UVM.chain().subList(0, 1))));
    notGenuine(
        ReasonCode.CHAIN_INVALID,
        "uvm.chain",
        judged(
            endorsement ->
                endorsement.header(33L, List.of(UVM.chain().get(1), UVM.chain().get(0)))));
  }

  @Test
  @DisplayName("a thumbprint, if there is one, is the digest of the first certificate")
  void thumbprints() throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(UVM.chain().get(0));
    genuine(judged(endorsement -> endorsement.header(34L, List.of(-16L, digest))));
    byte[] other = MessageDigest.getInstance("SHA-256").digest(UVM.chain().get(1));
    for (Object wrong :
        List.of(
            List.of(-16L, other),
            List.of(-43L, digest),
            List.of(-16L),
            List.of(-16L, digest, 1L),
            List.of("SHA-256", digest),
            List.of(-16L, "digest"),
            "digest")) {
      notGenuine(
          ReasonCode.EVIDENCE_MALFORMED,
          "uvm.format",
          judged(endorsement -> endorsement.header(34L, wrong)));
    }
  }

  @Test
  @DisplayName("an endorser's key has at least 2048 bits")
  void signers() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    EvidenceVerification long2048 =
        judged(group(UVM.withKeys(generator.generateKeyPair())).evidence(HASH));
    genuine(long2048);
    assertThat(long2048.notes()).anyMatch(note -> note.contains("SIMULATED"));
    generator.initialize(2040);
    notGenuine(
        ReasonCode.ENDORSEMENT_INVALID,
        "uvm.key",
        judged(group(UVM.withKeys(generator.generateKeyPair())).evidence(HASH)));
  }

  @Test
  @DisplayName("an identity as long as it may be is held against the chain, and overflows nothing")
  void longIdentity() {
    String head = UVM.issuer() + "::subject:CN:";
    notGenuine(
        ReasonCode.CHAIN_INVALID,
        "uvm.chain",
        judged(endorsement -> endorsement.header("iss", head + "a".repeat(2048 - head.length()))));
  }

  private static byte[] payload(String measurement) {
    return ("{\"x-ms-sevsnpvm-launchmeasurement\":\""
            + measurement
            + "\",\"x-ms-sevsnpvm-guestsvn\":\"104\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("a signature with one bit changed")
  void signature() {
    AciEvidence bundle = bundle(UnaryOperator.identity());
    byte[] cose = bundle.endorsement();
    cose[cose.length - 1] ^= 1;
    notGenuine(
        ReasonCode.SIGNATURE_INVALID,
        "uvm.signature",
        judged(
            AciEvidence.of(Base64.getDecoder().decode(bundle.report().token()), cose).evidence()));
  }

  @Test
  @DisplayName("an infrastructure fragment is no endorsement: its signer is for another purpose")
  void otherPurpose() {
    SimulatedUvm fragments = UVM.forPurpose("1.3.6.1.4.1.311.76.59.1.3");
    Evidence evidence = group(fragments).evidence(HASH);
    genuine(judged(evidence));
    rejectedBy("policy.uvm-issuer", appraised(rules(), evidence));
    Evidence claimed =
        GROUP
            .bundle(
                RuntimeData.of(HASH),
                GROUP.report(RuntimeData.of(HASH)),
                GROUP.endorsement().header(33L, fragments.chain()))
            .evidence();
    notGenuine(ReasonCode.CHAIN_INVALID, "uvm.chain", judged(claimed));
  }

  @Test
  @DisplayName("another line of utility VMs is refused by its feed")
  void feeds() {
    rejectedBy(
        "policy.uvm-feed",
        appraised(
            rules(),
            bundle(endorsement -> endorsement.header("feed", "ConfAKS-AMD-UVM")).evidence()));
  }

  @Test
  @DisplayName("times: certificates are held against the instant of signing, which has begun")
  void times() {
    Instant end = MADE.plus(Duration.ofDays(365));
    genuine(
        verifier(GROUP.anchors())
            .verify(
                GROUP.evidence(HASH),
                Collateral.of(GROUP.collateral(end.plus(Duration.ofDays(29)))),
                end.plus(Duration.ofDays(30))));
    assertThat(
            reason(
                judged(
                    endorsement ->
                        endorsement.header("signingtime", NOW.plusSeconds(61).getEpochSecond())),
                "uvm.validity"))
        .isEqualTo("CERT_NOT_VALID");
    genuine(
        judged(
            endorsement ->
                endorsement.header("signingtime", NOW.plusSeconds(60).getEpochSecond())));
    assertThat(
            reason(
                judged(
                    endorsement ->
                        endorsement.header("signingtime", MADE.minusSeconds(1).getEpochSecond())),
                "uvm.validity"))
        .isEqualTo("CERT_NOT_VALID");
    genuine(judged(endorsement -> endorsement.without("signingtime")));
  }

  @Test
  @DisplayName("the measurement of the report is the one that is endorsed")
  void measurement() {
    notGenuine(
        ReasonCode.REFERENCE_MISMATCH,
        "uvm.measurement",
        judged(endorsement -> endorsement.measurement(filled(48, 8))));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "uvm.format",
        judged(endorsement -> endorsement.payload(payload("0A".repeat(48)))));
  }

  private static Evidence reported(UnaryOperator<SimulatedReport> change) {
    byte[] runtimeData = RuntimeData.of(HASH);
    return GROUP
        .bundle(runtimeData, change.apply(GROUP.report(runtimeData)), GROUP.endorsement())
        .evidence();
  }

  @Test
  @DisplayName("REPORT_DATA is the whole digest of the runtime data, zeros behind it")
  void reportData() {
    byte[] expected = RuntimeData.reportData(RuntimeData.of(HASH));
    for (int index : new int[] {0, 31, 32, 63}) {
      byte[] other = expected.clone();
      other[index] ^= 1;
      notGenuine(
          ReasonCode.BINDING_MISMATCH,
          "aci.report-data",
          judged(reported(report -> report.set(SnpField.REPORT_DATA, other))));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{\n}",
        "{\"nonce\":\"AAAA\"}",
        "{\"nonce\": \"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk\"}",
        "{\"nonce\":\"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQl\"}",
        "{\"nonce\":\"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk\",\"x\":1}"
      })
  @DisplayName("runtime data of another spelling carries no challenge")
  void otherRuntimeData(String json) {
    byte[] runtimeData = json.getBytes(StandardCharsets.UTF_8);
    Evidence evidence =
        GROUP.bundle(runtimeData, GROUP.report(runtimeData), GROUP.endorsement()).evidence();
    genuine(judged(evidence));
    assertThat(appraised(rules(), evidence))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            no -> assertThat(no.reason()).isEqualTo(ReasonCode.NO_FRESHNESS));
  }

  @Test
  @DisplayName("another challenge's hash is another challenge's")
  void otherChallenge() {
    Evidence evidence = GROUP.evidence(filled(32, 1));
    assertThat(appraised(rules(), evidence))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            no -> assertThat(no.reason()).isEqualTo(ReasonCode.BINDING_MISMATCH));
  }

  @Test
  @DisplayName(
      "HOST_DATA is the digest of the very bytes of the policy, and the policy is a known one")
  void hostData() {
    notGenuine(
        ReasonCode.HOST_DATA_MISMATCH,
        "aci.host-data",
        judged(reported(report -> report.set(SnpField.HOST_DATA, filled(32, 3)))));
    SimulatedContainerGroup other =
        SimulatedContainerGroup.on(
            PLATFORM,
            UVM,
            "package policy\r\n".getBytes(StandardCharsets.UTF_8),
            LAUNCHED,
            MADE.plusSeconds(1));
    genuine(judged(other.evidence(HASH)));
    rejectedBy("policy.host-data", appraised(rules(), other.evidence(HASH)));
  }

  @Test
  @DisplayName("what the report itself says is judged as of SEV-SNP: debug, migration, privilege")
  void reports() {
    rejectedBy(
        "policy.debug",
        appraised(rules(), reported(report -> report.set(SnpField.POLICY, 0x30000 | 1 << 19))));
    rejectedBy(
        "policy.migration",
        appraised(rules(), reported(report -> report.set(SnpField.POLICY, 0x30000 | 1 << 18))));
    rejectedBy(
        "policy.vmpl", appraised(rules(), reported(report -> report.set(SnpField.VMPL, -1))));
    rejectedBy("policy.vmpl", appraised(rules(), reported(report -> report.set(SnpField.VMPL, 1))));
  }

  @Test
  @DisplayName(
      "certificates come from the collateral or are attached; without them the result is undetermined")
  void certificates() {
    Evidence evidence = GROUP.evidence(HASH);
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        "snp.endorsement",
        VERIFIER.verify(evidence, Collateral.NONE, NOW));
    EvidenceVerification unchecked =
        AciVerifier.builder()
            .anchors(GROUP.anchors())
            .revocation(Revocation.NOT_CHECKED)
            .build()
            .verify(evidence, collateral(), NOW);
    genuine(unchecked);
    assertThat(unchecked.notes()).contains("revocation was not checked");
    assertThat(
            reason(AciVerifier.builder().build().verify(evidence, collateral(), NOW), "snp.anchor"))
        .isEqualTo("ANCHOR_UNKNOWN");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{}",
        "{\"report\":\"AA==\",\"endorsement\":\"AA==\"}",
        "{\"report\":\"\",\"endorsement\":\"AA==\",\"other\":1}",
        "[]",
        "{\"report\":\"AA==\",\"report\":\"AA==\"}"
      })
  @DisplayName("bundles of another shape are malformed")
  void shapes(String json) {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "aci.format",
        judged(
            Evidence.of(
                EvidenceForm.ACI_RAW,
                Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)))));
  }

  @Test
  @DisplayName("CBOR in other spellings, too deep, with keys twice or with bytes behind is refused")
  void cbor() throws MalformedEvidenceException {
    AciEvidence bundle = bundle(UnaryOperator.identity());
    byte[] good = bundle.endorsement();
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    byte[] indefinite = good.clone();
    indefinite[1] = (byte) 0x9F;
    byte[] deep = filled(64, 0x81);
    deep[0] = (byte) 0xD2;
    byte[] untagged = Arrays.copyOfRange(good, 1, good.length);
    byte[] twice = HexFormat.of().parseHex("d28443a10126a2616101616102404100");
    byte[] wide = HexFormat.of().parseHex("d2845803a10126a0404100");
    byte[] numberAsText = HexFormat.of().parseHex("d28445a261310101a0404100");
    byte[] claimsMore = HexFormat.of().parseHex("d2845a7fffffffa10126");
    for (byte[] spoiled :
        List.of(
            longer,
            indefinite,
            deep,
            untagged,
            twice,
            wide,
            numberAsText,
            claimsMore,
            new byte[0])) {
      EvidenceVerification result =
          judged(
              AciEvidence.of(Base64.getDecoder().decode(bundle.report().token()), spoiled)
                  .evidence());
      assertThat(reason(result, "uvm.format"))
          .as(HexFormat.of().formatHex(spoiled) + text(result))
          .isEqualTo("EVIDENCE_MALFORMED");
    }
    assertThat(AciEvidence.parse(bundle.evidence().token()).policy()).contains(POLICY);
  }
}
