// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import java.util.Optional;

/** The checks of one service's evidence, in their order. */
@FunctionalInterface
public interface TokenChecks {
  /**
   * Makes all checks.
   *
   * @param verification records them
   * @return the claims, if every token of the evidence is signed by an accepted key
   * @throws MalformedEvidenceException if the evidence cannot be read
   */
  Optional<Claims> check(Evidence evidence, TokenVerification verification)
      throws MalformedEvidenceException;
}
