// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.support.Issuance;
import io.fedtrust.attestation.providers.support.SignatureScheme;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.Trail;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.security.Provider;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies what NVIDIA's GPUs and switches say of themselves, off line. The devices of one machine
 * are verified at the same time, on the threads that parallel streams use. Safe for threads; keep
 * one, it remembers certificates, manifests and their status that it has proven.
 */
public final class GpuVerifier implements EvidenceVerifier {
  /** Greatest index of a measurement, as manifests count from 0. */
  public static final int MAX_INDEX = 254;

  private static final Logger LOG = LoggerFactory.getLogger(GpuVerifier.class);

  private final Options options;
  private final NvidiaCache cache;

  private GpuVerifier(Builder parts) {
    this.options = new Options(parts.revocation, parts.acceptHold, parts.exempt);
    this.cache =
        new NvidiaCache(
            parts.anchors.stream()
                .filter(anchor -> anchor.family().equals(NvidiaAnchors.FAMILY))
                .toList(),
            new Issuance(
                SignatureScheme.ECDSA_SHA384, new Signatures(Optional.ofNullable(parts.provider))));
  }

  /** What was chosen. */
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
  public Authentication authenticate(Evidence evidence, Collateral collateral, Instant at) {
    try {
      return new GpuAuthentication(evidence, collateral, at, options, cache).run();
    } catch (RuntimeException e) {
      // A defect here must not open a door: judging evidence never throws.
      LOG.error("cannot judge evidence sha256 {}", evidence.digest(), e);
      return Trail.defect("nvidia.verifier", e);
    }
  }

  /** Collects the options of a verifier. */
  public static final class Builder {
    private List<TrustAnchor> anchors = NvidiaAnchors.ALL;
    private Revocation revocation = Revocation.REQUIRED;
    private boolean acceptHold;
    private Set<Integer> exempt = Set.of();
    private @Nullable Provider provider;

    private Builder() {}

    /**
     * Replaces NVIDIA's anchors.
     *
     * @param roots the only ones that are trusted; NVIDIA's are in {@link NvidiaAnchors#ALL}
     * @return this builder
     */
    public Builder anchors(List<TrustAnchor> roots) {
      this.anchors = List.copyOf(roots);
      return this;
    }

    /**
     * Says whether the status of certificates is asked for.
     *
     * @param choice {@link Revocation#REQUIRED} unless said otherwise
     * @return this builder
     */
    public Builder revocation(Revocation choice) {
      this.revocation = Objects.requireNonNull(choice, "revocation");
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
     * Uses a provider for signatures of devices, certificates and status answers.
     *
     * @param chosen with SHA384withECDSA and keys on P-384
     * @return this builder
     */
    public Builder provider(Provider chosen) {
      this.provider = Objects.requireNonNull(chosen, "provider");
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @return the verifier
     */
    public GpuVerifier build() {
      return new GpuVerifier(this);
    }
  }
}
