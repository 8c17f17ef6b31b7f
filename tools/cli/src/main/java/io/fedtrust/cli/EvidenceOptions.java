// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.cli;

import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.ErrorCode;
import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How commands find collateral, anchors and the instant to judge for. */
final class EvidenceOptions {
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
      description = "Judge for this instant, for example 2026-11-21T00:00:00Z. Default: now.")
  Optional<Instant> at = Optional.empty();

  @Option(
      names = "--anchors",
      paramLabel = "FILE",
      description = "Also trust the roots recorded here, private or simulated. Verdicts say so.")
  Optional<Path> anchors = Optional.empty();

  @Option(
      names = "--no-revocation",
      description = "Do not ask for revocation lists. Verdicts say so.")
  boolean noRevocation;

  /** Reads an instant as ISO 8601 writes it. */
  static final class InstantConverter implements ITypeConverter<Instant> {
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

  Instant instant(Surroundings surroundings) {
    return at.orElseGet(surroundings.clock()::instant);
  }

  CollateralFolder folder(Surroundings surroundings) {
    return existing(surroundings, collateral);
  }

  /** A folder that is not there is a mistyped name, not one without items. */
  static CollateralFolder existing(Surroundings surroundings, Path folder) {
    Path place = surroundings.resolve(folder);
    if (!Files.isDirectory(place)) {
      throw new AttestationException(
          ErrorCode.COLLATERAL_FOLDER_INVALID, place.toString(), "a collateral folder", "none");
    }
    return CollateralFolder.open(place);
  }

  static Evidence evidence(Surroundings surroundings, Path file) {
    return EvidenceFiles.read(surroundings.resolve(file), EvidenceForm.SNP_REPORT);
  }

  Authentication authenticate(
      Surroundings surroundings, Evidence evidence, CollateralFolder folder, Instant instant) {
    List<TrustAnchor> trusted = new ArrayList<>(AmdAnchors.ALL);
    anchors.ifPresent(file -> trusted.addAll(TrustAnchors.read(surroundings.resolve(file))));
    return SnpVerifier.builder()
        .anchors(trusted)
        .revocation(noRevocation ? Revocation.NOT_CHECKED : Revocation.REQUIRED)
        .build()
        .authenticate(evidence, folder.collateral(), instant);
  }
}
