// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.mock;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.family.FamilyOption;
import io.fedtrust.attestation.providers.family.FetchChoices;
import io.fedtrust.attestation.providers.family.InvalidOptionException;
import io.fedtrust.attestation.providers.family.OptionType;
import io.fedtrust.attestation.providers.family.OptionValues;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** What programs and the command line can do with a note. */
final class MockForm implements SupportedForm {
  static final FamilyOption<Path> KEY =
      FamilyOption.of(
          "mock-key",
          FamilyOption.Use.VERIFY,
          OptionType.PATH,
          "FILE",
          "The public key that signs notes, in DER. Required.");

  @Override
  public EvidenceForm form() {
    return MockFamily.NOTE;
  }

  @Override
  public List<FamilyOption<?>> options() {
    return List.of(KEY);
  }

  @Override
  public Claims inspect(Evidence evidence, Instant at, OptionValues options)
      throws MalformedEvidenceException {
    return MockClaims.of(MockNote.parse(evidence.token()));
  }

  @Override
  public EvidenceVerifier verifier(VerifierChoices choices) {
    Path file =
        choices
            .options()
            .find(KEY)
            .orElseThrow(() -> new InvalidOptionException(KEY, "required for mock-json"));
    try {
      return new MockVerifier(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new InvalidOptionException(KEY, "no readable file: " + file);
    }
  }

  /** A note brings everything along. */
  @Override
  public FetchedCollateral fetch(Evidence evidence, FetchChoices choices) {
    return new FetchedCollateral(Collateral.NONE, List.of());
  }
}
