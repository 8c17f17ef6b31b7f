// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

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
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaKeysClient;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/** Tokens of Intel Trust Authority. */
final class ItaTokenForm implements SupportedForm {
  private static final FamilyOption<String> ISSUER =
      FamilyOption.of(
              "issuer",
              FamilyOption.Use.VERIFY,
              OptionType.TEXT,
              "NAME",
              "Issuer whose tokens are accepted. Default: Intel Trust Authority.")
          .withStandard(ItaItems.ISSUER);

  private static final FamilyOption<URI> ITA =
      FamilyOption.service(
          "ita",
          "Trust Authority to use instead of Intel's. Its keys are fetched from /certs.",
          ItaKeysClient.INTEL);

  @Override
  public EvidenceForm form() {
    return EvidenceForm.ITA_JWT;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(ISSUER, ITA);
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return ItaVerifier.unverified(evidence, at);
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    return ItaVerifier.builder().issuer(choices.options().find(ISSUER).orElseThrow()).build();
  }

  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    return choices.apply(ItaKeysClient.builder(), ITA).build().fetch(evidence);
  }
}
