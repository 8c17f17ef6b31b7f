// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Namespace;
import java.util.Objects;
import java.util.Optional;

/** A verifier, with or without a collector, under the namespace of their family. */
public final class Authorizer implements CCAuthorizer {
  private final Namespace namespace;
  private final Optional<EvidenceCollector> collector;
  private final EvidenceVerifier verifier;
  private final CollateralSource collateral;

  private Authorizer(
      Namespace namespace,
      Optional<EvidenceCollector> collector,
      EvidenceVerifier verifier,
      CollateralSource collateral) {
    this.namespace = namespace;
    this.collector = collector;
    this.verifier = verifier;
    this.collateral = collateral;
  }

  /**
   * Attests and verifies; collateral comes with the evidence alone.
   *
   * @param collector of this machine
   * @param verifier of others' evidence
   * @return the pair
   * @throws IllegalArgumentException if they are not of one family
   */
  public static Authorizer of(EvidenceCollector collector, EvidenceVerifier verifier) {
    Authorizer verifying = verifying(verifier);
    if (!collector.form().namespace().equals(verifying.namespace)) {
      throw new IllegalArgumentException(
          "collector: expected a form of " + verifying.namespace + ", was " + collector.form());
    }
    return new Authorizer(
        verifying.namespace, Optional.of(collector), verifying.verifier, verifying.collateral);
  }

  /**
   * Verifies only: this machine has no such hardware.
   *
   * @param verifier of others' evidence
   * @return the pair without a collector
   */
  public static Authorizer verifying(EvidenceVerifier verifier) {
    return new Authorizer(
        verifier.forms().iterator().next().namespace(),
        Optional.empty(),
        verifier,
        evidence -> Collateral.NONE);
  }

  /**
   * Also verifies evidence of other forms of the same family.
   *
   * @param another verifier, of forms that nothing here verifies yet
   * @return the same pair with it
   * @throws IllegalArgumentException if a form is of another family, or verified already
   */
  public Authorizer and(EvidenceVerifier another) {
    return new Authorizer(namespace, collector, FormVerifiers.of(verifier, another), collateral);
  }

  /**
   * Adds where endorsements and revocation lists come from: a collateral folder, a vendor's service
   * behind its cache, or anything else.
   *
   * @param source asked for each evidence
   * @return the same pair with it
   */
  public Authorizer collateral(CollateralSource source) {
    return new Authorizer(namespace, collector, verifier, Objects.requireNonNull(source, "source"));
  }

  @Override
  public Namespace namespace() {
    return namespace;
  }

  @Override
  public Optional<EvidenceCollector> collector() {
    return collector;
  }

  @Override
  public Optional<EvidenceVerifier> verifier() {
    return Optional.of(verifier);
  }

  @Override
  public CollateralSource collateral() {
    return collateral;
  }
}
