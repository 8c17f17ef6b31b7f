// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Namespace;
import java.util.Optional;

/** Pairs the two roles of a family under NVFlare's namespace; either may be absent. */
public interface CCAuthorizer {
  /**
   * Returns the family.
   *
   * @return its namespace
   */
  Namespace namespace();

  /**
   * Returns what collects evidence here.
   *
   * @return empty where this machine only verifies
   */
  Optional<EvidenceCollector> collector();

  /**
   * Returns what verifies evidence of others.
   *
   * @return empty where this machine only attests
   */
  Optional<EvidenceVerifier> verifier();

  /**
   * Returns where the verifier's collateral comes from.
   *
   * @return the source; by default it has nothing
   */
  default CollateralSource collateral() {
    return evidence -> Collateral.NONE;
  }
}
