// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.token.AcceptedTokens;
import io.fedtrust.attestation.providers.token.TokenVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.Set;

/**
 * Verifies tokens of NVIDIA's remote attestation service offline, with the service's keys from the
 * collateral. A relying party that accepts them trusts NVIDIA's service; {@code GpuVerifier}
 * verifies the devices' own reports.
 */
public final class NrasVerifier implements EvidenceVerifier {
  private final TokenVerifier verifier;

  private NrasVerifier(Builder parts) {
    this.verifier =
        new TokenVerifier(
            NrasBundle.SERVICE,
            new AcceptedTokens(Set.of(parts.issuer), NrasBundle.SERVICE.algorithms(), parts.pins),
            new NrasChecks());
  }

  /**
   * Starts a verifier.
   *
   * @return a builder for NVIDIA's own service, without pins
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the claims of a bundle, without verifying anything.
   *
   * @param evidence a bundle
   * @return its claims
   * @throws MalformedEvidenceException if it is no such bundle
   */
  public static Claims unverified(Evidence evidence) throws MalformedEvidenceException {
    return NrasClaims.of(NrasBundle.parse(evidence.token()));
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(EvidenceForm.NRAS_EAT);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return verifier.verify(evidence, collateral, at);
  }

  /** Collects the options of a verifier. */
  public static final class Builder {
    private String issuer = NrasItems.ISSUER;
    private Set<String> pins = Set.of();

    private Builder() {}

    /**
     * Sets the issuer whose tokens are accepted.
     *
     * @param name as tokens have it in {@code iss}, exactly
     * @return this builder
     */
    public Builder issuer(String name) {
      this.issuer = name;
      return this;
    }

    /**
     * Accepts only these keys, from any key set.
     *
     * @param accepted SHA-256 of SubjectPublicKeyInfo, of keys or of certificates above them, 64
     *     lower-case hex digits each
     * @return this builder
     */
    public Builder pins(Set<String> accepted) {
      this.pins = Set.copyOf(accepted);
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @return the verifier
     */
    public NrasVerifier build() {
      return new NrasVerifier(this);
    }
  }
}
