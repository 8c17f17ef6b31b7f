// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

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
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.collateral.UpdateChannel;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * Verifies quotes of Intel TDX offline. Safe for threads; keep one, it remembers certificates and
 * documents that it has proven.
 */
public final class TdxVerifier implements EvidenceVerifier {
  private final Options options;
  private final Signatures signatures;
  private final TdxCache cache;

  private TdxVerifier(VerifierSettings settings, Builder parts) {
    this.options = new Options(settings.revocation(), parts.channel, parts.trailing);
    this.signatures = new Signatures(settings.provider());
    this.cache =
        new TdxCache(
            settings.anchors(IntelAnchors.FAMILY),
            new IssuanceChecks(SignatureScheme.ECDSA_SHA256, signatures));
  }

  /** The options of a verifier. */
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
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return CheckRecorder.judged(
        "tdx.verifier",
        evidence,
        () -> new TdxVerification(evidence, collateral, at, options, signatures, cache).run());
  }

  /** Collects the options of a verifier. */
  public static final class Builder extends VerifierSettings.Builder<Builder> {
    private UpdateChannel channel = UpdateChannel.STANDARD;
    private TrailingBytes trailing = TrailingBytes.ZERO;

    private Builder() {
      super(IntelAnchors.ALL);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Sets which of Intel's TCB evaluations counts.
     *
     * @param choice {@link UpdateChannel#STANDARD} unless said otherwise
     * @return this builder
     */
    public Builder channel(UpdateChannel choice) {
      this.channel = Objects.requireNonNull(choice, "channel");
      return this;
    }

    /**
     * Sets which bytes may follow a quote.
     *
     * @param choice {@link TrailingBytes#ZERO} unless said otherwise
     * @return this builder
     */
    public Builder trailing(TrailingBytes choice) {
      this.trailing = Objects.requireNonNull(choice, "trailing");
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @return the verifier
     */
    public TdxVerifier build() {
      return new TdxVerifier(settings(), this);
    }
  }
}
