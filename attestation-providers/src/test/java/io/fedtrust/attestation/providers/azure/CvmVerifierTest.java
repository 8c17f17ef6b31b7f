// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.Judged.reason;
import static io.fedtrust.attestation.providers.Judged.undetermined;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.policy.CvmOptions;
import io.fedtrust.attestation.providers.azure.policy.CvmPolicy;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Confidential VMs without a service, one thing wrong at a time. */
class CvmVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(100));
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] PARAVISOR = filled(48, 5);
  private static final byte[] HASH = filled(32, 9);
  private static final SimulatedConfidentialVm AMD =
      SimulatedConfidentialVm.on(
          SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, RANDOM), PARAVISOR, RANDOM);
  private static final SimulatedConfidentialVm INTEL =
      SimulatedConfidentialVm.on(SimulatedTdxPlatform.create(MADE, RANDOM), PARAVISOR, RANDOM);
  private static final CvmVerifier VERIFIER =
      CvmVerifier.builder().anchors(List.of(AMD.anchor(), INTEL.anchor())).build();

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  static Stream<SimulatedConfidentialVm> machines() {
    return Stream.of(AMD, INTEL);
  }

  private static EvidenceVerification judged(SimulatedConfidentialVm machine, Evidence evidence) {
    return VERIFIER.verify(
        evidence, Collateral.of(machine.collateral(NOW.minus(Duration.ofDays(1)))), NOW);
  }

  private static EvidenceVerification judged(CvmEvidence presented) {
    return judged(AMD, presented.evidence());
  }

  private static EvidenceVerification quoted(byte[] attest, byte[] signature, byte[] pcrs) {
    return judged(
        new CvmEvidence(
            AMD.report(AMD.runtimeData()),
            Optional.of(new CvmEvidence.Quote(attest, signature, pcrs)),
            Optional.empty()));
  }

  private static AppraisalRules.Builder rules(SimulatedConfidentialVm machine) {
    return rules(
        List.of("sevsnpvm", "tdxvm"),
        machine.registers().entrySet().stream()
            .map(pcr -> pcr.getKey() + "=" + HexFormat.of().formatHex(pcr.getValue()))
            .toList());
  }

  private static AppraisalRules.Builder rules(List<String> tees, List<String> pcrs) {
    return CvmPolicy.strict()
        .measurement(ReferenceValue.of("paravisor", HexFormat.of().formatHex(PARAVISOR)))
        .set(CvmOptions.TEES, tees)
        .set(CvmOptions.PCRS, pcrs);
  }

  private static Verdict quotedAs(String... pcrs) {
    return appraised(AMD, rules(List.of("sevsnpvm"), List.of(pcrs)), AMD.evidence(HASH));
  }

  private static Verdict appraised(
      SimulatedConfidentialVm machine, AppraisalRules.Builder rules, Evidence evidence) {
    return FederationPolicy.named("hospitals", "1")
        .anySite(rules.build())
        .build()
        .find("site", Namespace.AZURE_CVM)
        .orElseThrow()
        .appraise(
            evidence,
            judged(machine, evidence),
            AppraisalContext.evidenceAlone("site", NOW).expecting(HASH));
  }

  private static void rejectedBy(String check, Verdict verdict) {
    assertThat(verdict).as(verdict.explain()).isInstanceOf(Verdict.Rejected.class);
    assertThat(verdict.explain()).contains("FAIL " + check);
  }

  @ParameterizedTest
  @MethodSource("machines")
  @DisplayName("a quote over the challenge by the attested key is trusted, and says what it is of")
  void good(SimulatedConfidentialVm machine) {
    Evidence evidence = machine.evidence(HASH);
    EvidenceVerification result = judged(machine, evidence);
    genuine(result);
    assertThat(result.verifiedClaims().orElseThrow().isBoundTo(HASH)).isTrue();
    assertThat(result.notes())
        .anyMatch(note -> note.contains("SIMULATED"))
        .anyMatch(note -> note.contains("the launch measurement is of the paravisor"));
    Verdict verdict = appraised(machine, rules(machine), evidence);
    assertThat(verdict).as(verdict.explain()).isInstanceOf(Verdict.Trusted.class);
  }

  @Test
  @DisplayName("without values for registers nothing is trusted, nor without a measurement")
  void references() {
    Evidence evidence = AMD.evidence(HASH);
    Verdict noRegisters =
        appraised(
            AMD,
            CvmPolicy.strict()
                .measurement(ReferenceValue.of("paravisor", HexFormat.of().formatHex(PARAVISOR))),
            evidence);
    assertThat(noRegisters)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            no -> assertThat(no.reason()).isEqualTo(ReasonCode.NO_REFERENCE_VALUES));
    rejectedBy("policy.measurement", appraised(AMD, CvmPolicy.strict(), evidence));
    String fourth = "4=" + HexFormat.of().formatHex(AMD.registers().get(4));
    String zeros = "00".repeat(32);
    rejectedBy("policy.pcrs", quotedAs("4=" + zeros));
    rejectedBy("policy.pcrs", quotedAs(fourth, "5=" + zeros));
    rejectedBy("policy.pcrs", quotedAs(fourth, "7=" + zeros));
    Verdict either = quotedAs(fourth, "4=" + zeros);
    assertThat(either).as(either.explain()).isInstanceOf(Verdict.Trusted.class);
  }

  @Test
  @DisplayName(
      "each kind of processor has the options of its family; Intel's is not strict's default")
  void kinds() {
    rejectedBy(
        "policy.tee",
        appraised(
            INTEL,
            rules(List.of("sevsnpvm"), List.of("4=" + "00".repeat(32))),
            INTEL.evidence(HASH)));
    rejectedBy(
        "policy.chip-id",
        appraised(AMD, rules(AMD).set(SnpOptions.CHIP_IDS, "00".repeat(64)), AMD.evidence(HASH)));
    Verdict other =
        appraised(
            INTEL, rules(INTEL).set(SnpOptions.CHIP_IDS, "00".repeat(64)), INTEL.evidence(HASH));
    assertThat(other).as(other.explain()).isInstanceOf(Verdict.Trusted.class);
    assertThat(claim(judged(INTEL, INTEL.evidence(HASH)), "tcb-status")).isEqualTo("UpToDate");
  }

  @Test
  @DisplayName("a report alone is as old as the machine's start")
  void alone() {
    EvidenceVerification result =
        judged(new CvmEvidence(AMD.report(AMD.runtimeData()), Optional.empty(), Optional.empty()));
    notGenuine(ReasonCode.NO_FRESHNESS, "cvm.quote", result);
    assertThat(reason(result, "snp.signature")).isEmpty();
  }

  @Test
  @DisplayName("a quote over another challenge answers another challenge; over no hash, none")
  void otherChallenge() {
    for (byte[] extraData : List.of(filled(32, 1), filled(31, 9), filled(64, 9), new byte[0])) {
      Evidence evidence = AMD.presented(AMD.runtimeData(), AMD.attest(extraData)).evidence();
      Verdict verdict = appraised(AMD, rules(AMD), evidence);
      assertThat(verdict)
          .isInstanceOfSatisfying(
              Verdict.Rejected.class,
              no ->
                  assertThat(no.reason())
                      .isEqualTo(
                          extraData.length == 32
                              ? ReasonCode.BINDING_MISMATCH
                              : ReasonCode.NO_FRESHNESS));
    }
  }

  @Test
  @DisplayName("the TPM's key is the one that the paravisor names, and signed the quote")
  void keys() {
    SimulatedConfidentialVm other =
        SimulatedConfidentialVm.on(SimulatedTdxPlatform.create(MADE, RANDOM), PARAVISOR, RANDOM);
    byte[] attest = AMD.attest(HASH);
    notGenuine(
        ReasonCode.SIGNATURE_INVALID,
        "tpm.signature",
        quoted(attest, other.sign(attest), AMD.values()));
    byte[] changed = attest.clone();
    changed[changed.length - 1] ^= 1;
    notGenuine(
        ReasonCode.SIGNATURE_INVALID,
        "tpm.signature",
        quoted(changed, AMD.sign(attest), AMD.values()));
    notGenuine(
        ReasonCode.BINDING_MISMATCH, "hcl.report-data", judged(swapped(other.runtimeData())));
    for (String json :
        List.of(
            AMD.runtimeData().replace("HCLAkPub", "HCLEkPub"),
            AMD.runtimeData().replace("{\"keys\":[", "{\"keys\":[{\"kid\":\"HCLAkPub\"},"),
            AMD.runtimeData().replace("\"kty\":\"RSA\"", "\"kty\":\"EC\""),
            AMD.runtimeData().replace("\"n\":\"", "\"n\":\"AAAA"))) {
      notGenuine(ReasonCode.EVIDENCE_MALFORMED, "hcl.format", judged(AMD.presented(json, attest)));
    }
    notGenuine(
        ReasonCode.ENDORSEMENT_INVALID,
        "tpm.key",
        judged(
            AMD.presented(
                AMD.runtimeData().replaceFirst("\"n\":\"[^\"]*\"", "\"n\":\"wwAB\""), attest)));
  }

  /** The hardware's report of one JSON, and another JSON. */
  private static CvmEvidence swapped(String json) {
    byte[] mine = AMD.report(AMD.runtimeData());
    byte[] theirs = AMD.report(json);
    System.arraycopy(mine, 32, theirs, 32, 1184);
    byte[] attest = AMD.attest(HASH);
    return new CvmEvidence(
        theirs,
        Optional.of(new CvmEvidence.Quote(attest, AMD.sign(attest), AMD.values())),
        Optional.empty());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {0x50470, 0x40472, 0x10472, 0x70472})
  @DisplayName(
      "a key that is not fixedTPM, restricted and for signing alone is refused by its name")
  void attributes(int attributes) {
    byte[] attest = AMD.attest(HASH, attributes);
    notGenuine(
        ReasonCode.ENDORSEMENT_INVALID,
        "tpm.key-name",
        judged(AMD.presented(AMD.runtimeData(), attest)));
    EvidenceVerification accepted =
        CvmVerifier.builder()
            .anchors(List.of(AMD.anchor()))
            .acceptUnprovenKey(true)
            .build()
            .verify(
                AMD.presented(AMD.runtimeData(), attest).evidence(),
                Collateral.of(AMD.collateral(NOW)),
                NOW);
    genuine(accepted);
    assertThat(accepted.notes()).anyMatch(note -> note.contains("the paravisor alone asserts"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {0x50072, 0x50002, 0x504F2})
  @DisplayName("attributes that do not matter are as they are")
  void otherAttributes(int attributes) {
    genuine(judged(AMD.presented(AMD.runtimeData(), AMD.attest(HASH, attributes))));
  }

  @Test
  @DisplayName("values of registers are those that were quoted, all of them, in their order")
  void registers() {
    byte[] attest = AMD.attest(HASH);
    byte[] signature = AMD.sign(attest);
    byte[] values = AMD.values();
    byte[] swapped = values.clone();
    System.arraycopy(values, 0, swapped, 32, 32);
    System.arraycopy(values, 32, swapped, 0, 32);
    for (byte[] other :
        List.of(
            swapped,
            Arrays.copyOf(values, values.length - 32),
            new byte[0],
            Arrays.copyOf(values, values.length + 32))) {
      notGenuine(ReasonCode.SIGNATURE_INVALID, "tpm.pcrs", quoted(attest, signature, other));
    }
  }

  private static byte[] patched(int offset, int... values) {
    byte[] attest = AMD.attest(HASH);
    for (int i = 0; i < values.length; i++) {
      attest[offset + i] = (byte) values[i];
    }
    return attest;
  }

  @Test
  @DisplayName("nothing but a quote that the TPM made, of the SHA-256 bank, in one fixed scheme")
  void shapes() {
    int selection = AMD.attest(HASH).length - 34 - 3 - 3 - 4;
    for (byte[] attest :
        List.of(
            patched(0, 0xFE),
            patched(4, 0x80, 0x17),
            patched(4, 0x80, 0x14),
            patched(6, 0xFF, 0xFF),
            patched(selection + 3, 2),
            patched(selection + 4, 0x00, 0x04),
            patched(selection + 6, 4),
            patched(selection + 7, 0, 0, 0),
            Arrays.copyOf(AMD.attest(HASH), 10),
            Arrays.copyOf(AMD.attest(HASH), AMD.attest(HASH).length + 1),
            new byte[2000])) {
      notGenuine(
          ReasonCode.EVIDENCE_MALFORMED,
          "tpm.format",
          quoted(attest, AMD.sign(attest), AMD.values()));
    }
    byte[] attest = AMD.attest(HASH);
    byte[] good = AMD.sign(attest);
    byte[] pss = good.clone();
    pss[1] = 0x16;
    byte[] sha1 = good.clone();
    sha1[3] = 0x04;
    notGenuine(
        ReasonCode.ALGORITHM_NOT_ALLOWED, "tpm.algorithm", quoted(attest, pss, AMD.values()));
    notGenuine(
        ReasonCode.ALGORITHM_NOT_ALLOWED, "tpm.algorithm", quoted(attest, sha1, AMD.values()));
    for (byte[] signature :
        List.of(Arrays.copyOf(good, 5), Arrays.copyOf(good, good.length + 1), new byte[0])) {
      notGenuine(
          ReasonCode.EVIDENCE_MALFORMED, "tpm.format", quoted(attest, signature, AMD.values()));
    }
  }

  @Test
  @DisplayName(
      "Intel's machines need a quote, whose report data is the same JSON's; AMD's bring none")
  void hardwareQuotes() {
    CvmEvidence intel = INTEL.presented(INTEL.runtimeData(), INTEL.attest(HASH));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "cvm.hardware-quote",
        judged(INTEL, new CvmEvidence(intel.hcl(), intel.quote(), Optional.empty()).evidence()));
    CvmEvidence other =
        INTEL.presented(INTEL.runtimeData().replace("SIM", "OTHER"), INTEL.attest(HASH));
    notGenuine(
        ReasonCode.BINDING_MISMATCH,
        "cvm.report-data",
        judged(
            INTEL, new CvmEvidence(intel.hcl(), intel.quote(), other.hardwareQuote()).evidence()));
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "cvm.hardware-quote",
        judged(
            new CvmEvidence(
                AMD.report(AMD.runtimeData()),
                AMD.presented(AMD.runtimeData(), AMD.attest(HASH)).quote(),
                intel.hardwareQuote())));
  }

  @Test
  @DisplayName("a paravisor's report of another shape is malformed")
  void reports() {
    byte[] good = AMD.report(AMD.runtimeData());
    byte[] behind = Arrays.copyOf(good, good.length + 8);
    genuine(judged(new CvmEvidence(behind, quote(), Optional.empty())));
    behind[behind.length - 1] = 1;
    byte[] magic = good.clone();
    magic[0] = 'h';
    byte[] type = good.clone();
    type[1224] = 3;
    byte[] hash = good.clone();
    hash[1228] = 4;
    byte[] length = good.clone();
    ByteBuffer.wrap(length).putInt(1232, 0xFFFFFFFF);
    for (byte[] other :
        List.of(behind, magic, type, hash, length, Arrays.copyOf(good, 1236), new byte[70_000])) {
      notGenuine(
          ReasonCode.EVIDENCE_MALFORMED,
          "hcl.format",
          judged(new CvmEvidence(other, quote(), Optional.empty())));
    }
  }

  private static Optional<CvmEvidence.Quote> quote() {
    byte[] attest = AMD.attest(HASH);
    return Optional.of(new CvmEvidence.Quote(attest, AMD.sign(attest), AMD.values()));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"hcl\":\"AA==\",\"hcl\":\"AA==\"}",
        "{\"hcl\":\"AB==\"}",
        "{\"hcl\":\"AAAA\",\"other\":\"\"}",
        "{\"hcl\":\"AAAA\",\"tpmsAttest\":\"AAAA\"}",
        "{\"hcl\":1}"
      })
  @DisplayName("JSON of another shape is malformed")
  void members(String json) {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "cvm.format",
        judged(AMD, Evidence.of(EvidenceForm.CVM_TPM, json)));
  }

  @Test
  @DisplayName("without collateral nothing is decided; secure boot is what the paravisor says")
  void undecided() {
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        "snp.endorsement",
        VERIFIER.verify(AMD.evidence(HASH), Collateral.NONE, NOW));
    Evidence off =
        AMD.presented(
                AMD.runtimeData().replace("\"secure-boot\":true", "\"secure-boot\":false"),
                AMD.attest(HASH))
            .evidence();
    rejectedBy("policy.secure-boot", appraised(AMD, rules(AMD), off));
    Evidence silent =
        AMD.presented(AMD.runtimeData().replace("\"secure-boot\":true,", ""), AMD.attest(HASH))
            .evidence();
    rejectedBy("policy.secure-boot", appraised(AMD, rules(AMD), silent));
  }
}
