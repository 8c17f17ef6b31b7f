// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
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
 * Verifies reports of AMD SEV-SNP offline. Safe for threads; keep one, it remembers certificates
 * that it has proven.
 */
public final class SnpVerifier implements EvidenceVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(SnpVerifier.class);

  private final Revocation revocation;
  private final Signatures signatures;
  private final EndorsementCache cache;

  private SnpVerifier(Builder parts) {
    this.revocation = parts.revocation;
    this.signatures = new Signatures(Optional.ofNullable(parts.provider));
    this.cache =
        new EndorsementCache(parts.anchors, new Issuance(SignatureScheme.PSS_SHA384, signatures));
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
  public Authentication authenticate(Evidence evidence, Collateral collateral, Instant at) {
    try {
      return new SnpAuthentication(evidence, collateral, at, revocation, signatures, cache).run();
    } catch (RuntimeException e) {
      // A defect here must not open a door: judging evidence never throws.
      LOG.error("cannot judge evidence sha256 {}", evidence.digest(), e);
      return Trail.defect("snp.verifier", e);
    }
  }

  /** Collects the options of a verifier. */
  public static final class Builder {
    private List<TrustAnchor> anchors = AmdAnchors.ALL;
    private Revocation revocation = Revocation.REQUIRED;
    private @Nullable Provider provider;

    private Builder() {}

    /**
     * Replaces AMD's anchors.
     *
     * @param roots the only ones that are trusted; those of AMD's are in {@link AmdAnchors#ALL}
     * @return this builder
     */
    public Builder anchors(List<TrustAnchor> roots) {
      this.anchors = List.copyOf(roots);
      return this;
    }

    /**
     * Says whether revocation lists are asked for.
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
    public SnpVerifier build() {
      return new SnpVerifier(this);
    }
  }
}
