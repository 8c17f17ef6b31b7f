// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.model.Collateral;
import java.util.List;

/**
 * What was got from a service, and what was not.
 *
 * @param collateral everything at hand for the evidence
 * @param failures why the rest is not
 */
public record FetchedCollateral(Collateral collateral, List<AttestationException> failures) {
  /**
   * Copies the list.
   *
   * @param collateral everything at hand for the evidence
   * @param failures why the rest is not
   */
  public FetchedCollateral {
    failures = List.copyOf(failures);
  }
}
