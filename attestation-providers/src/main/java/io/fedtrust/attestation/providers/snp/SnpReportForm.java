// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.FetchChoices;
import io.fedtrust.attestation.providers.family.OptionType;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.collateral.KdsClient;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpClaims;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/** Reports of SEV-SNP. */
public final class SnpReportForm implements SupportedForm {
  /** Which line of processors a report is of that does not say so. */
  public static final FamilyOption<ProductLine> PRODUCT =
      FamilyOption.of(
              "product",
              FamilyOption.Use.INSPECT,
              OptionType.one(SnpReportForm::product),
              "LINE",
              "Product line of an SEV-SNP report that names none (version 2): Milan, Genoa or"
                  + " Turin. Default: Milan.")
          .withStandard(ProductLine.MILAN.text());

  /** Where AMD's certificates come from. */
  public static final FamilyOption<URI> KDS =
      FamilyOption.service(
          "kds",
          "Key distribution service to use instead of AMD's, for example a mirror.",
          KdsClient.AMD);

  @Override
  public EvidenceForm form() {
    return EvidenceForm.SNP_REPORT;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(PRODUCT, KDS);
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return SnpClaims.unverified(
        SnpReport.parse(EvidenceFiles.bytes(evidence)), options.find(PRODUCT).orElseThrow());
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    return SnpVerifier.builder()
        .anchors(choices.anchors(AmdAnchors.ALL))
        .revocation(choices.revocation())
        .build();
  }

  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    return choices.apply(KdsClient.builder(), KDS).build().fetch(evidence);
  }

  private static ProductLine product(String text) {
    return ProductLine.of(text)
        .orElseThrow(
            () -> new IllegalArgumentException("expected Milan, Genoa or Turin, was " + text));
  }
}
