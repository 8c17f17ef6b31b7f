// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaKeysClient;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.FetchChoices;
import io.fedtrust.attestation.providers.family.InvalidOptionException;
import io.fedtrust.attestation.providers.family.OptionType;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Tokens of Microsoft Azure Attestation, of one kind of machine. */
final class MaaTokenForm implements SupportedForm {
  private static final FamilyOption<String> ISSUER =
      FamilyOption.of(
          "issuer",
          FamilyOption.Use.VERIFY,
          OptionType.TEXT,
          "NAME",
          "The instance of Microsoft's service whose tokens are accepted, for example"
              + " https://sharedeus2.eus2.attest.azure.net. Required.");

  private static final FamilyOption<Duration> MAXIMUM_TOKEN_AGE =
      FamilyOption.of(
              "maximum-token-age",
              FamilyOption.Use.VERIFY,
              OptionType.DURATION,
              "TIME",
              "How long after its issue a token of Microsoft's service is accepted. Default: PT1H.")
          .withStandard("PT1H");

  private static final FamilyOption<String> MAA =
      FamilyOption.of(
          "maa",
          FamilyOption.Use.FETCH,
          OptionType.TEXT,
          "URI",
          "The instance of Microsoft's service whose keys are fetched, for example"
              + " https://sharedeus2.eus2.attest.azure.net. A token does not choose it.");

  private final EvidenceForm form;

  MaaTokenForm(EvidenceForm form) {
    this.form = form;
  }

  @Override
  public EvidenceForm form() {
    return form;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(ISSUER, MAXIMUM_TOKEN_AGE, MAA);
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return MaaVerifier.unverified(evidence);
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    String instance = instance(choices.options().find(ISSUER).orElse("none"));
    return (form.equals(EvidenceForm.MAA_JWT)
            ? MaaVerifier.containers(instance)
            : MaaVerifier.virtualMachines(instance))
        .maximumAge(choices.options().find(MAXIMUM_TOKEN_AGE).orElseThrow())
        .build();
  }

  /** Anyone can have an instance, so none is accepted without being named. */
  private static String instance(String issuer) {
    try {
      return MaaItems.instance(issuer);
    } catch (IllegalArgumentException e) {
      throw new AttestationException(
          ErrorCode.SERVICE_KEYS_INVALID,
          "--issuer",
          "the address of the instance of Microsoft's service whose tokens are accepted",
          issuer);
    }
  }

  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    String address =
        choices
            .options()
            .find(MAA)
            .orElseThrow(
                () ->
                    new InvalidOptionException(MAA, "required for tokens of Microsoft's service"));
    return client(address).clock(choices.clock()).folder(choices.folder()).build().fetch(evidence);
  }

  private static MaaKeysClient.Builder client(String address) {
    try {
      return MaaKeysClient.builder(address);
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(
          MAA, "expected https:// and a host that is no test cluster, was " + address);
    }
  }
}
