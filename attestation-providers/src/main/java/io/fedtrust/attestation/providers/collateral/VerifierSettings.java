// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.model.TrustAnchor;
import java.security.Provider;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings that all verifiers of hardware evidence share.
 *
 * @param anchors the only roots that are trusted, of whatever family
 * @param revocation whether the status of certificates is checked
 * @param provider of cryptography; empty for the usual ones
 */
public record VerifierSettings(
    List<TrustAnchor> anchors, Revocation revocation, Optional<Provider> provider) {
  /**
   * Copies the list.
   *
   * @param anchors the only roots that are trusted, of whatever family
   * @param revocation whether the status of certificates is checked
   * @param provider of cryptography; empty for the usual ones
   */
  public VerifierSettings {
    anchors = List.copyOf(anchors);
  }

  /**
   * Returns the roots of one family: a root of one is none of another.
   *
   * @param family as records name it
   * @return its roots
   */
  public List<TrustAnchor> anchors(String family) {
    return anchors.stream().filter(anchor -> anchor.family().equals(family)).toList();
  }

  /**
   * Collects the settings of a verifier.
   *
   * @param <B> the builder of that verifier
   */
  public abstract static class Builder<B extends Builder<B>> {
    private List<TrustAnchor> anchors;
    private Revocation revocation = Revocation.REQUIRED;
    private Optional<Provider> provider = Optional.empty();

    /**
     * Starts with the vendors' own roots, revocation required.
     *
     * @param vendors their roots
     */
    protected Builder(List<TrustAnchor> vendors) {
      this.anchors = List.copyOf(vendors);
    }

    /** {@return this builder} */
    protected abstract B self();

    /** {@return the settings that were collected} */
    protected VerifierSettings settings() {
      return new VerifierSettings(anchors, revocation, provider);
    }

    /**
     * Uses the settings of another verifier.
     *
     * @param settings of another verifier
     * @return this builder
     */
    public B settings(VerifierSettings settings) {
      this.anchors = settings.anchors();
      this.revocation = settings.revocation();
      this.provider = settings.provider();
      return self();
    }

    /**
     * Replaces the vendors' roots.
     *
     * @param roots the only ones that are trusted; the vendors' are constants of the families,
     *     {@code ALL} of their anchors. Those of other families are not looked at
     * @return this builder
     */
    public B anchors(List<TrustAnchor> roots) {
      this.anchors = List.copyOf(roots);
      return self();
    }

    /**
     * Sets whether revocation lists, or the status of certificates, are required.
     *
     * @param choice {@link Revocation#REQUIRED} by default; verdicts show the choice
     * @return this builder
     */
    public B revocation(Revocation choice) {
      this.revocation = Objects.requireNonNull(choice, "revocation");
      return self();
    }

    /**
     * Uses a provider for all cryptography, instead of Bouncy Castle for curves and the JDK for
     * RSA.
     *
     * @param chosen with the family's algorithms: SHA384withECDSA, RSASSA-PSS and keys on P-384 of
     *     AMD; SHA256withECDSA and keys on P-256 of Intel; SHA384withECDSA and keys on P-384 of
     *     NVIDIA; of Azure those of its processors and SHA256withRSA
     * @return this builder
     */
    public B provider(Provider chosen) {
      this.provider = Optional.of(chosen);
      return self();
    }
  }
}
