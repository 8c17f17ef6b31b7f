// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

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
 * Verifies tokens of Intel Trust Authority offline, with the service's keys from the collateral. A
 * relying party that accepts them trusts Intel's service; {@code TdxVerifier} verifies the quote
 * itself.
 */
public final class ItaVerifier implements EvidenceVerifier {
  /** The algorithms with which Intel signs. */
  public static final Set<String> ALGORITHMS = Set.of("PS384", "RS256");

  private final TokenVerifier verifier;

  private ItaVerifier(Builder parts) {
    this.verifier =
        new TokenVerifier(
            ItaToken.SERVICE,
            new AcceptedTokens(Set.of(parts.issuer), parts.algorithms, parts.pins),
            new ItaChecks());
  }

  /**
   * Starts a verifier.
   *
   * @return a builder for Intel's own service, both of its algorithms, without pins
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the claims of a token, without verifying anything.
   *
   * @param evidence a token
   * @param at time at which ages are computed
   * @return its claims
   * @throws MalformedEvidenceException if it is no such token
   */
  public static Claims unverified(Evidence evidence, Instant at) throws MalformedEvidenceException {
    ItaToken token = ItaToken.of(ItaToken.jws(evidence));
    return token.claims(token.heldData().orElseGet(() -> new byte[0]), at);
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(EvidenceForm.ITA_JWT);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return verifier.verify(evidence, collateral, at);
  }

  /** Collects the options of a verifier. */
  public static final class Builder {
    private String issuer = ItaItems.ISSUER;
    private Set<String> algorithms = ALGORITHMS;
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
     * Accepts fewer algorithms.
     *
     * @param accepted some of {@link #ALGORITHMS}
     * @return this builder
     * @throws IllegalArgumentException if the set is empty or contains another algorithm
     */
    public Builder algorithms(Set<String> accepted) {
      if (accepted.isEmpty() || !ALGORITHMS.containsAll(accepted)) {
        throw new IllegalArgumentException(
            "algorithms: expected some of " + ALGORITHMS + ", was " + accepted);
      }
      this.algorithms = Set.copyOf(accepted);
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
    public ItaVerifier build() {
      return new ItaVerifier(this);
    }
  }
}
