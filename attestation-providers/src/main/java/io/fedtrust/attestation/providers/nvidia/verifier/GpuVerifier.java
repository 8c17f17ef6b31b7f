// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.collateral.VerifierSettings;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.Set;

/**
 * Verifies the reports of NVIDIA's GPUs and switches offline. The devices of one machine are
 * verified at the same time, on the threads that parallel streams use. Safe for threads; keep one,
 * it remembers certificates, manifests and their status that it has proven.
 */
public final class GpuVerifier implements EvidenceVerifier {
  /** Greatest index of a measurement, as manifests count from 0. */
  public static final int MAX_INDEX = 254;

  private final Options options;
  private final NvidiaCache cache;

  private GpuVerifier(VerifierSettings settings, Builder parts) {
    this.options = new Options(settings.revocation(), parts.acceptHold, parts.exempt);
    this.cache =
        new NvidiaCache(
            settings.anchors(NvidiaAnchors.FAMILY),
            new IssuanceChecks(SignatureScheme.ECDSA_SHA384, new Signatures(settings.provider())));
  }

  /** The options of a verifier. */
  record Options(Revocation revocation, boolean acceptHold, Set<Integer> exempt) {}

  /**
   * Starts a verifier.
   *
   * @return a builder with NVIDIA's anchors, revocation required, no measurement exempt, and Bouncy
   *     Castle for curves
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(EvidenceForm.NV_EVIDENCE);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return CheckRecorder.judged(
        "nvidia.verifier",
        evidence,
        () -> new GpuVerification(evidence, collateral, at, options, cache).run());
  }

  /** Collects the options of a verifier. */
  public static final class Builder extends VerifierSettings.Builder<Builder> {
    private boolean acceptHold;
    private Set<Integer> exempt = Set.of();

    private Builder() {
      super(NvidiaAnchors.ALL);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Accepts certificates that are on hold. Verdicts say so.
     *
     * @param accepted false unless said otherwise: on hold is revoked
     * @return this builder
     */
    public Builder acceptCertificateHold(boolean accepted) {
      this.acceptHold = accepted;
      return this;
    }

    /**
     * Leaves measurements out of the comparison with NVIDIA's manifests. Verdicts say so.
     *
     * @param indexes as manifests count, from 0
     * @return this builder
     * @throws IllegalArgumentException for an index that no manifest can have
     */
    public Builder exemptMeasurements(Set<Integer> indexes) {
      for (int index : indexes) {
        if (index < 0 || index > MAX_INDEX) {
          throw new IllegalArgumentException(
              "exemptMeasurements: expected 0 to " + MAX_INDEX + ", was " + index);
        }
      }
      this.exempt = Set.copyOf(indexes);
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @return the verifier
     */
    public GpuVerifier build() {
      return new GpuVerifier(settings(), this);
    }
  }
}
