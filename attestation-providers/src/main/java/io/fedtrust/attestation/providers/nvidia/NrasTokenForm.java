// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

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
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasKeysClient;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/** Tokens of NVIDIA's remote attestation service. */
final class NrasTokenForm implements SupportedForm {
  private static final FamilyOption<String> ISSUER =
      FamilyOption.of(
              "issuer",
              FamilyOption.Use.VERIFY,
              OptionType.TEXT,
              "NAME",
              "Issuer whose tokens are accepted. Default: NVIDIA's service.")
          .withStandard(NrasItems.ISSUER);

  private static final FamilyOption<URI> NRAS =
      FamilyOption.service(
          "nras",
          "Remote attestation service to use instead of NVIDIA's. Its keys are fetched.",
          NrasKeysClient.NVIDIA);

  @Override
  public EvidenceForm form() {
    return EvidenceForm.NRAS_EAT;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(ISSUER, NRAS);
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return NrasVerifier.unverified(evidence);
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    return NrasVerifier.builder().issuer(choices.options().find(ISSUER).orElseThrow()).build();
  }

  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    return choices.apply(NrasKeysClient.builder(), NRAS).build().fetch(evidence);
  }
}
