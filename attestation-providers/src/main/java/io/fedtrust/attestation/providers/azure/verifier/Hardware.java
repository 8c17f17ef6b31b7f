// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.providers.support.Ends;
import io.fedtrust.attestation.providers.support.Trail;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the processor's own family found of the report within a bundle.
 *
 * @param claims if the report's signature verified
 * @param used what that rests on
 * @param ends when that ends
 */
record Hardware(Optional<Claims> claims, List<CollateralUse> used, Ends ends) {
  private static final Set<String> OWN = Set.of("measurement", "event-log");

  /** Takes what was found, and its checks onto the trail. */
  static Hardware of(Authentication found, Trail trail) {
    trail.addAll(found.checks());
    found.notes().forEach(trail::note);
    return new Hardware(
        found.verifiedClaims(),
        found.collateral(),
        found instanceof Authentication.Authentic authentic
            ? new Ends(authentic.expiresAt(), authentic.certificatesEnd())
            : Ends.of(Instant.MIN));
  }

  /** Takes over what a report says; what was launched and logged has a name of its own here. */
  static void say(Claims report, Claims.Builder claims) {
    report.values().entrySet().stream()
        .filter(value -> !OWN.contains(value.getKey()))
        .forEach(value -> claims.put(value.getKey(), value.getValue()));
  }
}
