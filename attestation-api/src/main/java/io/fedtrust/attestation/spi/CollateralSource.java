// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;

/** Where a relying party has endorsements and revocation lists from. */
@FunctionalInterface
public interface CollateralSource {
  /**
   * Returns what may be used beside some evidence.
   *
   * @param evidence as received, not yet verified
   * @return what is at hand; nothing if there is nothing
   */
  Collateral collateral(Evidence evidence);
}
