// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;

/** A source of endorsements and revocation lists. */
@FunctionalInterface
public interface CollateralSource {
  /**
   * Returns the collateral for some evidence.
   *
   * @param evidence as received, not yet verified
   * @return the available collateral, which may be empty
   */
  Collateral collateral(Evidence evidence);
}
