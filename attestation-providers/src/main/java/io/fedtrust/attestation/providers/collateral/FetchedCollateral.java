// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.model.Collateral;
import java.util.List;

/**
 * The items that were fetched from a service, and the reasons why others are missing.
 *
 * @param collateral everything available for the evidence
 * @param failures why the rest is not
 */
public record FetchedCollateral(Collateral collateral, List<AttestationException> failures) {
  /**
   * Copies the list.
   *
   * @param collateral everything available for the evidence
   * @param failures why the rest is not
   */
  public FetchedCollateral {
    failures = List.copyOf(failures);
  }
}
