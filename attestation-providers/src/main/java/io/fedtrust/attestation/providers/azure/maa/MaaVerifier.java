// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.maa;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.token.AcceptedTokens;
import io.fedtrust.attestation.providers.token.TokenVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Verifies tokens of Microsoft Azure Attestation offline, with the instance's keys from the
 * collateral. A relying party that accepts them trusts Microsoft's service and the owner of the
 * instance, who can change its policy. {@code AciVerifier} and {@code CvmVerifier} verify the
 * evidence itself.
 */
public final class MaaVerifier implements EvidenceVerifier {
  private final EvidenceForm form;
  private final TokenVerifier verifier;

  private MaaVerifier(Builder parts) {
    this.form = parts.form;
    this.verifier =
        new TokenVerifier(
            MaaToken.SERVICE,
            new AcceptedTokens(parts.instances, MaaToken.SERVICE.algorithms(), parts.pins),
            new MaaChecks(parts.form, parts.maximumAge));
  }

  /**
   * Starts a verifier for tokens of container groups.
   *
   * @param instance whose tokens are accepted, for example {@code
   *     https://sharedeus2.eus2.attest.azure.net}, exactly as tokens have it in {@code iss}
   * @return a builder for tokens of at most an hour, without pins
   * @throws IllegalArgumentException as {@link MaaItems#instance} says
   */
  public static Builder containers(String instance) {
    return new Builder(EvidenceForm.MAA_JWT).instance(instance);
  }

  /**
   * Starts a verifier for tokens of confidential VMs.
   *
   * @param instance whose tokens are accepted, exactly as they have it in {@code iss}
   * @return a builder for tokens of at most an hour, without pins
   * @throws IllegalArgumentException as {@link MaaItems#instance} says
   */
  public static Builder virtualMachines(String instance) {
    return new Builder(EvidenceForm.MAA_CVM_JWT).instance(instance);
  }

  /**
   * Returns the claims of a token, without verifying anything.
   *
   * @param evidence a token
   * @return its claims
   * @throws MalformedEvidenceException if it is no such token
   */
  public static Claims unverified(Evidence evidence) throws MalformedEvidenceException {
    MaaToken token = MaaToken.of(evidence.form(), MaaToken.jws(evidence));
    return token.claims(token.hash().orElseGet(() -> new byte[0]));
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(form);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return verifier.verify(evidence, collateral, at);
  }

  /** Collects the options of a verifier. */
  public static final class Builder {
    private final EvidenceForm form;
    private final Set<String> instances = new HashSet<>();
    private Set<String> pins = Set.of();
    private Duration maximumAge = Duration.ofHours(1);

    private Builder(EvidenceForm form) {
      this.form = form;
    }

    /**
     * Accepts tokens of one more instance. Anyone can create an instance: accept only instances
     * whose owner you trust as you trust Microsoft.
     *
     * @param address as tokens have it in {@code iss}, exactly
     * @return this builder
     * @throws IllegalArgumentException as {@link MaaItems#instance} says
     */
    public Builder instance(String address) {
      instances.add(MaaItems.instance(address));
      return this;
    }

    /**
     * Accepts only these keys, from any key set.
     *
     * @param digests SHA-256 of SubjectPublicKeyInfo, of keys or of certificates above them, 64
     *     lower-case hex digits each
     * @return this builder
     */
    public Builder pins(Set<String> digests) {
      this.pins = Set.copyOf(digests);
      return this;
    }

    /**
     * Sets how long after its issue a token is accepted. The service's tokens are valid for eight
     * hours.
     *
     * @param age one hour by default
     * @return this builder
     */
    public Builder maximumAge(Duration age) {
      this.maximumAge = Objects.requireNonNull(age, "age");
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @return the verifier
     */
    public MaaVerifier build() {
      return new MaaVerifier(this);
    }
  }
}
