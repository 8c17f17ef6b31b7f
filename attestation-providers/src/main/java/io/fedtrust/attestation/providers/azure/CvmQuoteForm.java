// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.verifier.CvmClaims;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.eventlog.EventLogFile;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.FetchChoices;
import io.fedtrust.attestation.providers.family.OptionType;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.attestation.providers.snp.SnpReportForm;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.tdx.TdxQuoteForm;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** TPM quotes of Azure confidential virtual machines. */
final class CvmQuoteForm implements SupportedForm {
  private static final int MAX_BYTES = 4 << 20;

  private static final FamilyOption<Path> EVENT_LOG =
      FamilyOption.of(
          "event-log",
          FamilyOption.Use.READ,
          OptionType.PATH,
          "FILE",
          "The event log of a TPM, as in /sys/kernel/security/tpm0/binary_bios_measurements.");

  private static final FamilyOption<Boolean> ACCEPT_UNPROVEN_KEY =
      FamilyOption.flag(
          "accept-unproven-key",
          FamilyOption.Use.VERIFY,
          "Accept a TPM key whose quote does not prove its attributes. Verdicts say so.");

  private final List<SupportedForm> processors = List.of(new SnpReportForm(), new TdxQuoteForm());

  @Override
  public EvidenceForm form() {
    return EvidenceForm.CVM_TPM;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(
        EVENT_LOG,
        ACCEPT_UNPROVEN_KEY,
        SnpReportForm.PRODUCT,
        SnpReportForm.KDS,
        TdxQuoteForm.PCS,
        TdxQuoteForm.FETCH_EARLY);
  }

  /** A paravisor's report in binary, or what a TPM's command prints. */
  @Override
  public Evidence read(Path file, OptionValues options) {
    try {
      byte[] bytes = BoundedFile.read(file, MAX_BYTES);
      CvmEvidence presented =
          file.toString().endsWith(".bin")
              ? new CvmEvidence(bytes, Optional.empty(), Optional.empty())
              : CvmEvidence.parse(new String(bytes, StandardCharsets.UTF_8).strip());
      return presented.evidence();
    } catch (IOException | MalformedEvidenceException e) {
      return SupportedForm.super.read(file, options);
    }
  }

  @Override
  public Evidence attach(Evidence evidence, OptionValues options) {
    return options
        .find(EVENT_LOG)
        .map(file -> EventLogFile.attach(evidence, file, RegisterBank.PCR))
        .orElse(evidence);
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return CvmClaims.unverified(
        CvmEvidence.parse(evidence.token()), options.find(SnpReportForm.PRODUCT).orElseThrow());
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    return CvmVerifier.builder()
        .anchors(
            choices.anchors(
                Stream.concat(AmdAnchors.ALL.stream(), IntelAnchors.ALL.stream()).toList()))
        .revocation(choices.revocation())
        .acceptUnprovenKey(choices.options().isSet(ACCEPT_UNPROVEN_KEY))
        .build();
  }

  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    Evidence hardware = CvmEvidence.hardwareIn(evidence);
    return processors.stream()
        .filter(processor -> processor.form().equals(hardware.form()))
        .findFirst()
        .orElseThrow(
            () ->
                new AttestationException(
                    ErrorCode.EVIDENCE_UNREADABLE,
                    "hardware evidence within " + form(),
                    EvidenceForm.SNP_REPORT + " or " + EvidenceForm.TDX_QUOTE,
                    hardware.form()))
        .fetch(hardware, choices);
  }
}
