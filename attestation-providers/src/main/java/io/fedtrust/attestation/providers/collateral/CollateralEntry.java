// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.model.CollateralItem;
import java.time.Instant;
import java.util.Optional;

/**
 * An item with where it comes from and when it ends.
 *
 * @param item kind, subject and bytes
 * @param source address it was fetched from, or where else it comes from
 * @param fetchedAt when it was put into the folder
 * @param thisUpdate when its issuer issued it, if it says so
 * @param nextUpdate when it ends, if it does
 */
public record CollateralEntry(
    CollateralItem item,
    String source,
    Instant fetchedAt,
    Optional<Instant> thisUpdate,
    Optional<Instant> nextUpdate) {

  /**
   * Tells whether it has ended.
   *
   * @param at an instant
   * @return true if its next update is before that
   */
  public boolean isExpired(Instant at) {
    return nextUpdate.filter(end -> end.isBefore(at)).isPresent();
  }
}
