// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.collateral.AzureAnchors;
import io.fedtrust.attestation.providers.azure.collector.SecurityContext;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.verifier.AciClaims;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.FetchChoices;
import io.fedtrust.attestation.providers.family.OptionType;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.attestation.providers.snp.SnpReportForm;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reports of Azure confidential containers, with what Azure puts next to them. */
final class AciBundleForm implements SupportedForm {
  private static final int MAX_REPORT_BYTES = 1 << 16;

  private static final FamilyOption<Path> SECURITY_CONTEXT =
      FamilyOption.of(
          "security-context",
          FamilyOption.Use.READ,
          OptionType.PATH,
          "DIR",
          "Folder of a container group's security context. The evidence file is then only the report.");

  private final SnpReportForm processor = new SnpReportForm();

  @Override
  public EvidenceForm form() {
    return EvidenceForm.ACI_RAW;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(SECURITY_CONTEXT, SnpReportForm.PRODUCT, SnpReportForm.KDS);
  }

  @Override
  public Evidence read(Path file, OptionValues options) {
    return options
        .find(SECURITY_CONTEXT)
        .map(folder -> bundle(file, folder))
        .orElseGet(() -> SupportedForm.super.read(file, options));
  }

  private static Evidence bundle(Path report, Path folder) {
    SecurityContext context = SecurityContext.at(folder);
    try {
      return context.bundle(BoundedFile.read(report, MAX_REPORT_BYTES), Optional.empty());
    } catch (IOException | MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, report.toString(), e);
    }
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return AciClaims.unverified(
        AciEvidence.parse(evidence.token()), options.find(SnpReportForm.PRODUCT).orElseThrow());
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    return AciVerifier.builder()
        .anchors(
            choices.anchors(
                Stream.concat(AmdAnchors.ALL.stream(), AzureAnchors.ALL.stream()).toList()))
        .revocation(choices.revocation())
        .build();
  }

  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    return processor.fetch(AciEvidence.reportIn(evidence), choices);
  }
}
