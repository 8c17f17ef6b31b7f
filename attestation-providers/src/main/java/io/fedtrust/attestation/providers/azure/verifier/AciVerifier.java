// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.azure.collateral.AzureAnchors;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.Trail;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.security.Provider;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies bundles of confidential container groups offline: AMD's report, Microsoft's endorsement
 * of the utility VM, the digests of container policy and runtime data. No service of Microsoft's is
 * asked or believed. Safe for threads; keep one, it remembers what it has proven.
 */
public final class AciVerifier implements EvidenceVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(AciVerifier.class);

  private final SnpVerifier processor;
  private final UvmProof endorsements;

  private AciVerifier(Builder parts) {
    SnpVerifier.Builder snp =
        SnpVerifier.builder().anchors(parts.anchors).revocation(parts.revocation);
    this.processor = (parts.provider == null ? snp : snp.provider(parts.provider)).build();
    this.endorsements =
        new UvmProof(parts.anchors, new Signatures(Optional.ofNullable(parts.provider)));
  }

  /**
   * Starts a verifier.
   *
   * @return a builder with AMD's and Microsoft's anchors, revocation required
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(EvidenceForm.ACI_RAW);
  }

  @Override
  public Authentication authenticate(Evidence evidence, Collateral collateral, Instant at) {
    try {
      return new AciAuthentication(evidence, collateral, at, processor, endorsements).run();
    } catch (RuntimeException e) {
      // A defect here must not open a door: judging evidence never throws.
      LOG.error("cannot judge evidence sha256 {}", evidence.digest(), e);
      return Trail.defect("aci.verifier", e);
    }
  }

  /** Collects the options of a verifier. */
  public static final class Builder {
    private List<TrustAnchor> anchors =
        Stream.concat(AmdAnchors.ALL.stream(), AzureAnchors.ALL.stream()).toList();
    private Revocation revocation = Revocation.REQUIRED;
    private @Nullable Provider provider;

    private Builder() {}

    /**
     * Replaces AMD's and Microsoft's anchors.
     *
     * @param roots the only ones that are trusted; the vendors' are in {@link AmdAnchors#ALL} and
     *     {@link AzureAnchors#ALL}
     * @return this builder
     */
    public Builder anchors(List<TrustAnchor> roots) {
      this.anchors = List.copyOf(roots);
      return this;
    }

    /**
     * Says whether AMD's revocation lists are asked for.
     *
     * @param choice {@link Revocation#REQUIRED} unless said otherwise
     * @return this builder
     */
    public Builder revocation(Revocation choice) {
      this.revocation = Objects.requireNonNull(choice, "revocation");
      return this;
    }

    /**
     * Uses a provider for all cryptography.
     *
     * @param chosen with SHA384withECDSA, RSASSA-PSS and keys on P-384
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
    public AciVerifier build() {
      return new AciVerifier(this);
    }
  }
}
