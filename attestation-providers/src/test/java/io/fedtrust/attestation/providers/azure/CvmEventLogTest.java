// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.undetermined;
import static io.fedtrust.attestation.providers.eventlog.PcrLog.APPLICATION;
import static io.fedtrust.attestation.providers.eventlog.PcrLog.SEPARATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.policy.CvmOptions;
import io.fedtrust.attestation.providers.azure.policy.CvmPolicy;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.eventlog.PcrLog;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Event logs of a confidential VM's TPM: they explain its registers, or they are refused. */
class CvmEventLogTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(100));
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] PARAVISOR = new byte[48];
  private static final byte[] HASH = HexFormat.of().parseHex("09".repeat(32));
  private static final SimulatedSnpPlatform PLATFORM =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, RANDOM);
  private static final PcrLog LOG =
      PcrLog.start()
          .startedFrom(3)
          .event(0, SEPARATOR, "firmware")
          .event(4, APPLICATION, "shim")
          .event(4, APPLICATION, "grub")
          .event(7, SEPARATOR, "")
          .event(14, SEPARATOR, "of a register that is not quoted");
  private static final SimulatedConfidentialVm AMD =
      booted(SimulatedConfidentialVm.on(PLATFORM, PARAVISOR, RANDOM));
  private static final SimulatedConfidentialVm INTEL =
      booted(
          SimulatedConfidentialVm.on(SimulatedTdxPlatform.create(MADE, RANDOM), PARAVISOR, RANDOM));

  /** Registers 0, 4 and 7 as the log says; 11 from elsewhere; 14 is not quoted. */
  private static SimulatedConfidentialVm booted(SimulatedConfidentialVm machine) {
    LOG.registers().headMap(14).forEach(machine::register);
    return machine;
  }

  static Stream<SimulatedConfidentialVm> machines() {
    return Stream.of(AMD, INTEL);
  }

  private static Evidence with(SimulatedConfidentialVm machine, byte[] log) {
    return machine.evidence(HASH).withEndorsements(EvidenceAttachments.ofEventLog(log));
  }

  private static EvidenceVerification judged(SimulatedConfidentialVm machine, Evidence evidence) {
    return CvmVerifier.builder()
        .anchors(List.of(AMD.anchor(), INTEL.anchor()))
        .build()
        .verify(evidence, Collateral.of(machine.collateral(NOW.minus(Duration.ofDays(1)))), NOW);
  }

  private static Verdict appraised(Evidence evidence, PolicyOption option, Object setting) {
    AppraisalRules rules =
        CvmPolicy.strict()
            .measurement(ReferenceValue.of("paravisor", HexFormat.of().formatHex(PARAVISOR)))
            .set(CvmOptions.PCRS, "11=" + HexFormat.of().formatHex(AMD.registers().get(11)))
            .set(option, setting)
            .build();
    return FederationPolicy.named("hospitals", "1")
        .anySite(rules)
        .build()
        .find("site", Namespace.AZURE_CVM)
        .orElseThrow()
        .appraise(
            evidence,
            judged(AMD, evidence),
            AppraisalContext.evidenceAlone("site", NOW).expecting(HASH));
  }

  private static void trusted(PolicyOption option, Object setting) {
    Verdict verdict = appraised(with(AMD, LOG.bytes()), option, setting);
    assertThat(verdict).as(verdict.explain()).isInstanceOf(Verdict.Trusted.class);
  }

  private static void rejected(
      String check, Evidence evidence, PolicyOption option, Object setting) {
    Verdict verdict = appraised(evidence, option, setting);
    assertThat(verdict)
        .as(verdict.explain())
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            no -> assertThat(no.reason()).isEqualTo(ReasonCode.POLICY_VIOLATION));
    assertThat(verdict.explain()).contains("FAIL policy." + check);
  }

  private static void rejected(String check, PolicyOption option, Object setting) {
    rejected(check, with(AMD, LOG.bytes()), option, setting);
  }

  @ParameterizedTest
  @MethodSource("machines")
  @DisplayName("a log that gives the quoted registers names the events of those registers alone")
  void explained(SimulatedConfidentialVm machine) {
    EvidenceVerification result = judged(machine, with(machine, LOG.bytes()));
    genuine(result);
    assertThat(claim(result, "event-log")).isEqualTo("true");
    assertThat(claim(result, "pcr-events"))
        .contains(LOG.events().subList(0, 4))
        .doesNotContain("14=");
  }

  @Test
  @DisplayName("without a log the quote is as good as it is, and says nothing of events")
  void none() {
    EvidenceVerification result = judged(AMD, AMD.evidence(HASH));
    genuine(result);
    assertThat(claim(result, "event-log")).isEqualTo("not claimed");
    assertThat(claim(result, "pcr-events")).isEqualTo("not claimed");
  }

  @ParameterizedTest
  @MethodSource("machines")
  @DisplayName("EVENT_LOG_MISMATCH: a log of another boot leaves it open")
  void otherBoot(SimulatedConfidentialVm machine) {
    for (PcrLog other :
        List.of(
            PcrLog.start().startedFrom(3).event(0, SEPARATOR, "other firmware"),
            PcrLog.start().event(4, APPLICATION, "shim"),
            PcrLog.start().event(4, APPLICATION, "grub").event(4, APPLICATION, "shim"),
            PcrLog.start().event(0, SEPARATOR, "firmware"),
            PcrLog.start().startedFrom(3).event(0, SEPARATOR, "firmware").event(11, SEPARATOR, ""),
            PcrLog.start(),
            PcrLog.start().event(14, SEPARATOR, "of a register that is not quoted"))) {
      undetermined(
          ReasonCode.EVENT_LOG_MISMATCH,
          "tpm.event-log",
          judged(machine, with(machine, other.bytes())));
    }
  }

  @Test
  @DisplayName("one bit of a digest in the log changed is EVENT_LOG_MISMATCH, of quoted registers")
  void oneBit() {
    byte[] log = LOG.bytes();
    byte[] shim =
        HexFormat.of()
            .parseHex(LOG.events().get(1).substring(LOG.events().get(1).indexOf(':') + 1));
    int at = indexOf(log, shim);
    for (int bit = 0; bit < 8 * shim.length; bit += 37) {
      byte[] changed = log.clone();
      changed[at + bit / 8] ^= (byte) (1 << bit % 8);
      undetermined(ReasonCode.EVENT_LOG_MISMATCH, "tpm.event-log", judged(AMD, with(AMD, changed)));
    }
  }

  private static int indexOf(byte[] all, byte[] part) {
    String hex = HexFormat.of().formatHex(all);
    return hex.indexOf(HexFormat.of().formatHex(part)) / 2;
  }

  @Test
  @DisplayName("EVIDENCE_MALFORMED: what is no log of a TPM")
  void malformed() {
    for (byte[] log : List.of(new byte[] {1}, java.util.Arrays.copyOf(LOG.bytes(), 100))) {
      undetermined(ReasonCode.EVIDENCE_MALFORMED, "tpm.event-log", judged(AMD, with(AMD, log)));
    }
  }

  @Test
  @DisplayName("a log is demanded by requireEventLog alone")
  void demanded() {
    trusted(CvmOptions.REQUIRE_EVENT_LOG, true);
    rejected("event-log", AMD.evidence(HASH), CvmOptions.REQUIRE_EVENT_LOG, true);
  }

  @Test
  @DisplayName("requiredEvents: each must be in the log, of that register and type")
  void required() {
    trusted(CvmOptions.REQUIRED_EVENTS, LOG.events().subList(0, 3));
    String shim = LOG.events().get(1);
    rejected("required-events", CvmOptions.REQUIRED_EVENTS, "7" + shim.substring(1));
    rejected(
        "required-events",
        CvmOptions.REQUIRED_EVENTS,
        shim.replace("EV_EFI_BOOT_SERVICES_APPLICATION", "EV_IPL"));
    rejected(
        "required-events",
        CvmOptions.REQUIRED_EVENTS,
        List.of(shim, shim.substring(0, 40) + "0".repeat(59)));
    rejected("required-events", CvmOptions.REQUIRED_EVENTS, LOG.events().get(4));
    rejected("required-events", AMD.evidence(HASH), CvmOptions.REQUIRED_EVENTS, shim);
  }

  @Test
  @DisplayName(
      "acceptedEvents: of a register and type named only these, at least one; updates overlap")
  void accepted() {
    List<String> applications = LOG.events().subList(1, 3);
    String next = "4=EV_EFI_BOOT_SERVICES_APPLICATION:" + "ab".repeat(32);
    trusted(CvmOptions.ACCEPTED_EVENTS, applications);
    trusted(CvmOptions.ACCEPTED_EVENTS, List.of(applications.get(0), applications.get(1), next));
    rejected("accepted-events", CvmOptions.ACCEPTED_EVENTS, applications.get(0));
    rejected("accepted-events", CvmOptions.ACCEPTED_EVENTS, next);
    rejected(
        "accepted-events",
        CvmOptions.ACCEPTED_EVENTS,
        List.of(applications.get(0), applications.get(1), "4=EV_IPL:" + "ab".repeat(32)));
    rejected("accepted-events", AMD.evidence(HASH), CvmOptions.ACCEPTED_EVENTS, applications);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "24=EV_SEPARATOR:",
        "04=EV_SEPARATOR:",
        "4=EV_SEPARATORS:",
        "4=0x8000009:",
        "4=EV_SEPARATOR=",
        "=EV_SEPARATOR:",
        "EV_SEPARATOR:"
      })
  @DisplayName("an event that cannot be is refused where it is written")
  void spelling(String start) {
    assertThatThrownBy(
            () -> CvmPolicy.strict().set(CvmOptions.REQUIRED_EVENTS, start + "00".repeat(32)))
        .hasMessageContaining("index=type:digest");
    CvmPolicy.strict().set(CvmOptions.REQUIRED_EVENTS, "4=0x80000099:" + "00".repeat(32));
  }

  @Test
  @DisplayName("the processor's part of the evidence goes to its vendor's client without the log")
  void hardware() {
    Evidence hardware = CvmEvidence.hardwareIn(with(AMD, LOG.bytes()));
    assertThat(hardware.form()).isEqualTo(EvidenceForm.SNP_REPORT);
    assertThat(hardware.endorsements()).isEmpty();
    byte[] certificate = {1, 2, 3};
    assertThat(
            CvmEvidence.hardwareIn(
                    AMD.evidence(HASH)
                        .withEndorsements(EvidenceAttachments.of(List.of(certificate))))
                .endorsements())
        .contains(EvidenceAttachments.of(List.of(certificate)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"not JSON", "{}", "{\"eventLog\":\"?\"}", "{\"crl\":[]}"})
  @DisplayName(
      "attachments that cannot be read are left aside: whoever passes them on may change them")
  void unreadableAttachments(String json) {
    EvidenceVerification result =
        judged(AMD, AMD.evidence(HASH).withEndorsements(json.getBytes(StandardCharsets.UTF_8)));
    genuine(result);
    assertThat(result.checks())
        .anyMatch(
            check ->
                check.name().equals("evidence.endorsements")
                    && check.actual().contains("cannot be used"));
  }
}
