// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One authentication of one bundle, step by step
 * (docs/attestation-azure.md#a-container-groups-bundle-aci-raw).
 */
final class AciVerification {
  private static final String BINDING = "docs/protocol/bindings.md#aci-raw";
  private static final String UVM = "Confidential containers on Azure, UVM reference info";
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final Evidence evidence;
  private final Collateral collateral;
  private final Instant at;
  private final EvidenceVerifier processor;
  private final UvmProof endorsements;
  private final CheckRecorder recorder = new CheckRecorder();

  AciVerification(
      Evidence evidence,
      Collateral collateral,
      Instant at,
      EvidenceVerifier processor,
      UvmProof endorsements) {
    this.evidence = evidence;
    this.collateral = collateral;
    this.at = at;
    this.processor = processor;
    this.endorsements = endorsements;
  }

  EvidenceVerification run() {
    try {
      AciEvidence bundle = AciEvidence.parse(evidence.token());
      recorder.add(Check.passed("aci.format", "a bundle", "one", BINDING));
      SnpReport report = SnpReport.parse(Base64.getDecoder().decode(bundle.report().token()));
      Evidence presented =
          evidence.endorsements().map(bundle.report()::withEndorsements).orElseGet(bundle::report);
      Hardware hardware = Hardware.of(processor.verify(presented, collateral, at), recorder);
      Optional<ProvenUvm> uvm = endorsement(bundle, report);
      hostData(bundle, report);
      reportData(bundle, report);
      Optional<Claims> claims =
          uvm.flatMap(
              proven ->
                  hardware
                      .claims()
                      .map(found -> AciClaims.of(report, found, proven.statement(), bundle)));
      return recorder.conclude(claims, hardware.used(), hardware.ends());
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(List.of());
    }
  }

  private Optional<ProvenUvm> endorsement(AciEvidence bundle, SnpReport report)
      throws MalformedEvidenceException {
    ProvenUvm uvm = endorsements.of(bundle.endorsement());
    recorder.addAll(uvm.checks());
    uvm.root().map(AnchoredRoot::notes).ifPresent(notes -> notes.forEach(recorder::note));
    Instant signed = uvm.statement().signedAt().orElse(at);
    recorder.add(
        Check.of(
            "uvm.validity",
            ReasonCode.CERT_NOT_VALID,
            uvm.validity().isValid(signed) && !signed.isAfter(at.plus(SKEW)),
            uvm.validity() + ", signed before " + at,
            signed,
            UVM));
    String measured = HexFormat.of().formatHex(report.bytes(SnpField.MEASUREMENT));
    recorder.add(
        Check.of(
            "uvm.measurement",
            ReasonCode.REFERENCE_MISMATCH,
            uvm.statement().measurement().equals(measured),
            uvm.statement().measurement(),
            measured,
            UVM));
    return Optional.of(uvm).filter(ProvenUvm::proven);
  }

  private void hostData(AciEvidence bundle, SnpReport report) {
    String found = HexFormat.of().formatHex(report.bytes(SnpField.HOST_DATA));
    recorder.add(
        bundle
            .policy()
            .map(Digests::sha256)
            .map(
                expected ->
                    Check.of(
                        "aci.host-data",
                        ReasonCode.HOST_DATA_MISMATCH,
                        expected.equals(found),
                        expected,
                        found,
                        "Confidential containers on Azure, security policy"))
            .orElseGet(
                () ->
                    Check.skipped(
                        "aci.host-data",
                        "no container policy is presented; the relying party knows its digest",
                        "Confidential containers on Azure, security policy")));
  }

  private void reportData(AciEvidence bundle, SnpReport report) {
    byte[] found = report.bytes(SnpField.REPORT_DATA);
    recorder.add(
        bundle
            .runtimeData()
            .map(RuntimeData::reportData)
            .map(
                expected ->
                    Check.of(
                        "aci.report-data",
                        ReasonCode.BINDING_MISMATCH,
                        Arrays.equals(expected, found),
                        HexFormat.of().formatHex(expected),
                        HexFormat.of().formatHex(found),
                        BINDING))
            .orElseGet(
                () -> Check.skipped("aci.report-data", "no runtime data is presented", BINDING)));
  }
}
