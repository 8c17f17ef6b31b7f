// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.collateral.VerifierSettings;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.Set;

/**
 * Verifies reports of AMD SEV-SNP offline. Safe for threads; keep one, it remembers certificates
 * that it has proven.
 */
public final class SnpVerifier implements EvidenceVerifier {
  private final Revocation revocation;
  private final Signatures signatures;
  private final EndorsementCache cache;

  private SnpVerifier(VerifierSettings settings) {
    this.revocation = settings.revocation();
    this.signatures = new Signatures(settings.provider());
    this.cache =
        new EndorsementCache(
            settings.anchors(AmdAnchors.FAMILY),
            new IssuanceChecks(SignatureScheme.PSS_SHA384, signatures));
  }

  /**
   * Starts a verifier.
   *
   * @return a builder with AMD's anchors, revocation required, Bouncy Castle for curves and the JDK
   *     for RSA
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(EvidenceForm.SNP_REPORT);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return CheckRecorder.judged(
        "snp.verifier",
        evidence,
        () -> new SnpVerification(evidence, collateral, at, revocation, signatures, cache).run());
  }

  /** Collects the options of a verifier. */
  public static final class Builder extends VerifierSettings.Builder<Builder> {

    private Builder() {
      super(AmdAnchors.ALL);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @return the verifier
     */
    public SnpVerifier build() {
      return new SnpVerifier(settings());
    }
  }
}
