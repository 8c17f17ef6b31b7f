// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.collector;

import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.util.Objects;
import java.util.Optional;

/** SEV-SNP under NVFlare's namespace {@code x-snp}. */
public final class SnpAuthorizer implements CCAuthorizer {
  private final Optional<EvidenceCollector> collector;
  private final Optional<EvidenceVerifier> verifier;

  private SnpAuthorizer(
      Optional<EvidenceCollector> collector, Optional<EvidenceVerifier> verifier) {
    this.collector = collector;
    this.verifier = verifier;
  }

  /**
   * Attests and verifies.
   *
   * @param collector of this machine
   * @param verifier of others' evidence
   * @return the pair
   */
  public static SnpAuthorizer of(EvidenceCollector collector, EvidenceVerifier verifier) {
    return new SnpAuthorizer(
        Optional.of(Objects.requireNonNull(collector, "collector")),
        Optional.of(Objects.requireNonNull(verifier, "verifier")));
  }

  /**
   * Verifies only: this machine has no such hardware.
   *
   * @param verifier of others' evidence
   * @return the pair without a collector
   */
  public static SnpAuthorizer verifying(EvidenceVerifier verifier) {
    return new SnpAuthorizer(
        Optional.empty(), Optional.of(Objects.requireNonNull(verifier, "verifier")));
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
}
