// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.collector;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.CollateralSource;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.util.Objects;
import java.util.Optional;

/** SEV-SNP under NVFlare's namespace {@code x-snp}. */
public final class SnpAuthorizer implements CCAuthorizer {
  private final Optional<EvidenceCollector> collector;
  private final Optional<EvidenceVerifier> verifier;
  private final CollateralSource collateral;

  private SnpAuthorizer(
      Optional<EvidenceCollector> collector,
      Optional<EvidenceVerifier> verifier,
      CollateralSource collateral) {
    this.collector = collector;
    this.verifier = verifier;
    this.collateral = collateral;
  }

  /**
   * Attests and verifies; collateral comes with the evidence alone.
   *
   * @param collector of this machine
   * @param verifier of others' evidence
   * @return the pair
   */
  public static SnpAuthorizer of(EvidenceCollector collector, EvidenceVerifier verifier) {
    return new SnpAuthorizer(
        Optional.of(Objects.requireNonNull(collector, "collector")),
        Optional.of(Objects.requireNonNull(verifier, "verifier")),
        evidence -> Collateral.NONE);
  }

  /**
   * Verifies only: this machine has no such hardware.
   *
   * @param verifier of others' evidence
   * @return the pair without a collector
   */
  public static SnpAuthorizer verifying(EvidenceVerifier verifier) {
    return new SnpAuthorizer(
        Optional.empty(),
        Optional.of(Objects.requireNonNull(verifier, "verifier")),
        evidence -> Collateral.NONE);
  }

  /**
   * Adds where endorsements and revocation lists come from: a collateral folder, a key service
   * behind its cache, or anything else.
   *
   * @param source asked for each evidence
   * @return the same pair with it
   */
  public SnpAuthorizer collateral(CollateralSource source) {
    return new SnpAuthorizer(collector, verifier, Objects.requireNonNull(source, "source"));
  }

  @Override
  public Namespace namespace() {
    return Namespace.SNP;
  }

  @Override
  public Optional<EvidenceCollector> collector() {
    return collector;
  }

  @Override
  public Optional<EvidenceVerifier> verifier() {
    return verifier;
  }

  @Override
  public CollateralSource collateral() {
    return collateral;
  }
}
