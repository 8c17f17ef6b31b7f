// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.support.Issuance;
import io.fedtrust.attestation.providers.support.SignatureScheme;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.Trail;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.collateral.UpdateChannel;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
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
 * Verifies quotes of Intel TDX offline. Safe for threads; keep one, it remembers certificates and
 * documents that it has proven.
 */
public final class TdxVerifier implements EvidenceVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(TdxVerifier.class);

  private final Options options;
  private final Signatures signatures;
  private final TdxCache cache;

  private TdxVerifier(Builder parts) {
    this.options = new Options(parts.revocation, parts.channel, parts.trailing);
    this.signatures = new Signatures(Optional.ofNullable(parts.provider));
    this.cache =
        new TdxCache(
            parts.anchors.stream()
                .filter(anchor -> anchor.family().equals(IntelAnchors.FAMILY))
                .toList(),
            new Issuance(SignatureScheme.ECDSA_SHA256, signatures));
  }

  /** What was chosen. */
  record Options(Revocation revocation, UpdateChannel channel, TrailingBytes trailing) {}

  /**
   * Starts a verifier.
   *
   * @return a builder with Intel's anchor, revocation required, the standard channel, nothing but
   *     zeros behind a quote, and Bouncy Castle for curves
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(EvidenceForm.TDX_QUOTE);
  }

  @Override
  public Authentication authenticate(Evidence evidence, Collateral collateral, Instant at) {
    try {
      return new TdxAuthentication(evidence, collateral, at, options, signatures, cache).run();
    } catch (RuntimeException e) {
      // A defect here must not open a door: judging evidence never throws.
      LOG.error("cannot judge evidence sha256 {}", evidence.digest(), e);
      return Trail.defect("tdx.verifier", e);
    }
  }

  /** Collects the options of a verifier. */
  public static final class Builder {
    private List<TrustAnchor> anchors = IntelAnchors.ALL;
    private Revocation revocation = Revocation.REQUIRED;
    private UpdateChannel channel = UpdateChannel.STANDARD;
    private TrailingBytes trailing = TrailingBytes.ZERO;
    private @Nullable Provider provider;

    private Builder() {}

    /**
     * Replaces Intel's anchor.
     *
     * @param roots the only ones that are trusted; Intel's is in {@link IntelAnchors#ALL}
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
     * Says which of Intel's judgements counts.
     *
     * @param choice {@link UpdateChannel#STANDARD} unless said otherwise
     * @return this builder
     */
    public Builder channel(UpdateChannel choice) {
      this.channel = Objects.requireNonNull(choice, "channel");
      return this;
    }

    /**
     * Says what may stand behind a quote.
     *
     * @param choice {@link TrailingBytes#ZERO} unless said otherwise
     * @return this builder
     */
    public Builder trailing(TrailingBytes choice) {
      this.trailing = Objects.requireNonNull(choice, "trailing");
      return this;
    }

    /**
     * Uses a provider for all cryptography.
     *
     * @param chosen with SHA256withECDSA and keys on P-256
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
    public TdxVerifier build() {
      return new TdxVerifier(this);
    }
  }
}
