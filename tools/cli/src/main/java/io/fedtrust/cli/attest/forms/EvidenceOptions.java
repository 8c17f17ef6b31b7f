// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli.attest.forms;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.family.VerifierChoices;
import io.fedtrust.cli.CliEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How commands find collateral, anchors and the instant of verification. */
public final class EvidenceOptions {
  @Option(
      names = {"-d", "--collateral"},
      required = true,
      paramLabel = "DIR",
      description = "The collateral folder; 'attest collateral fetch' fills one.")
  Path collateral = Path.of("");

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = InstantConverter.class,
      description = "Verify as of this time, for example 2026-11-21T00:00:00Z. Default: now.")
  Optional<Instant> at = Optional.empty();

  @Option(
      names = "--anchors",
      paramLabel = "FILE",
      description = "Also trust the private or simulated roots in this file. Verdicts say so.")
  Optional<Path> anchors = Optional.empty();

  @Option(
      names = "--no-revocation",
      description = "Do not require revocation lists. Verdicts say so.")
  boolean noRevocation;

  /** Reads an instant as ISO 8601 writes it. */
  public static final class InstantConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String value) {
      try {
        return Instant.parse(value);
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "expected an instant such as 2026-11-21T00:00:00Z, was " + value);
      }
    }
  }

  public Instant instant(CliEnvironment environment) {
    return at.orElseGet(environment.clock()::instant);
  }

  public CollateralFolder folder(CliEnvironment environment) {
    return existing(environment, collateral);
  }

  /** A folder that is not there is a mistyped name, not one without items. */
  public static CollateralFolder existing(CliEnvironment environment, Path folder) {
    Path place = environment.resolve(folder);
    if (!Files.isDirectory(place)) {
      throw AttestationException.of(
          ErrorCode.COLLATERAL_FOLDER_INVALID, place.toString(), "there is no such folder");
    }
    return CollateralFolder.open(place);
  }

  /** Verifies evidence as the user chose for its form. */
  public EvidenceVerification verify(
      CliEnvironment environment,
      EvidenceInput input,
      Evidence evidence,
      CollateralFolder folder,
      Instant instant) {
    List<TrustAnchor> more =
        anchors.map(file -> TrustAnchors.read(environment.resolve(file))).orElse(List.of());
    Revocation revocation = noRevocation ? Revocation.NOT_CHECKED : Revocation.REQUIRED;
    return input
        .with(
            environment,
            evidence,
            (support, chosen) -> support.verifier(new VerifierChoices(more, revocation, chosen)))
        .verify(evidence, folder.collateral(), instant);
  }
}
