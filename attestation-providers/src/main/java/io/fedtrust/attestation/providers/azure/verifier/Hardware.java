// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.snp.format.SnpClaimNames;
import io.fedtrust.attestation.providers.tdx.format.TdxClaimNames;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The result of the processor's own family for the report within a bundle.
 *
 * @param claims if the report's signature verified
 * @param used what that rests on
 * @param ends when that ends
 */
record Hardware(Optional<Claims> claims, List<CollateralUse> used, Expiry ends) {
  private static final Set<String> OWN = Set.of(SnpClaimNames.MEASUREMENT, TdxClaimNames.EVENT_LOG);

  /** Takes the result and records its checks. */
  static Hardware of(EvidenceVerification found, CheckRecorder recorder) {
    recorder.addAll(found.checks());
    found.notes().forEach(recorder::note);
    return new Hardware(
        found.verifiedClaims(),
        found.collateral(),
        found instanceof EvidenceVerification.Genuine genuine
            ? new Expiry(genuine.expiresAt(), genuine.certificatesEnd())
            : Expiry.of(Instant.MIN));
  }

  /** Takes over what a report says; what was launched and logged has a name of its own here. */
  static void say(Claims report, Claims.Builder claims) {
    report.values().entrySet().stream()
        .filter(value -> !OWN.contains(value.getKey()))
        .forEach(value -> claims.put(value.getKey(), value.getValue()));
  }
}
