// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Namespace;
import java.util.Optional;

/** Pairs the two roles of a family under NVFlare's namespace; either may be absent. */
public interface CCAuthorizer {
  /**
   * Attests and verifies. Collateral comes with the evidence only, until {@link #withCollateral}
   * adds a source.
   *
   * @param collector of this machine
   * @param verifier of the evidence of other sites
   * @return the pair
   * @throws IllegalArgumentException if they are not of one family
   */
  static CCAuthorizer of(EvidenceCollector collector, EvidenceVerifier verifier) {
    CCAuthorizer verifying = verifying(verifier);
    if (!collector.form().namespace().equals(verifying.namespace())) {
      throw new IllegalArgumentException(
          "collector: expected a form of " + verifying.namespace() + ", was " + collector.form());
    }
    return new DefaultAuthorizer(
        verifying.namespace(),
        Optional.of(collector),
        Optional.of(verifier),
        verifying.collateral());
  }

  /**
   * Verifies only: this machine has no such hardware.
   *
   * @param verifier of the evidence of other sites
   * @return the pair without a collector
   */
  static CCAuthorizer verifying(EvidenceVerifier verifier) {
    return new DefaultAuthorizer(
        verifier.forms().iterator().next().namespace(),
        Optional.empty(),
        Optional.of(verifier),
        evidence -> Collateral.NONE);
  }

  /** {@return the namespace of the family} */
  Namespace namespace();

  /** {@return the collector; empty where this machine only verifies} */
  Optional<EvidenceCollector> collector();

  /** {@return the verifier; empty where this machine only attests} */
  Optional<EvidenceVerifier> verifier();

  /** {@return the source of the verifier's collateral; by default it is empty} */
  default CollateralSource collateral() {
    return evidence -> Collateral.NONE;
  }

  /**
   * Adds a source of endorsements and revocation lists: a collateral folder, a vendor's service
   * behind its cache, or anything else.
   *
   * @param source called for each evidence
   * @return the same pair with it
   */
  default CCAuthorizer withCollateral(CollateralSource source) {
    return new DefaultAuthorizer(namespace(), collector(), verifier(), source);
  }

  /**
   * Also verifies evidence of other forms of the same family.
   *
   * @param another verifier, of forms that nothing here verifies yet
   * @return the same pair with it
   * @throws IllegalArgumentException if a form is of another family, or verified already
   */
  default CCAuthorizer alsoVerifying(EvidenceVerifier another) {
    EvidenceVerifier all =
        verifier().map(first -> FormVerifiers.of(first, another)).orElse(another);
    return new DefaultAuthorizer(namespace(), collector(), Optional.of(all), collateral());
  }
}
