// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.Optional;

/** What tests look for in an answer. */
final class Answers {
  private Answers() {}

  static Check check(EvidenceVerification verification, String name) {
    return verification.checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no check " + name + " in " + verification.checks()));
  }

  static Optional<ReasonCode> code(EvidenceVerification verification, String name) {
    return check(verification, name).code();
  }

  static String claim(Claims claims, String name) {
    return claims.find(name).orElseThrow(() -> new AssertionError("no claim " + name)).text();
  }

  static Claims claims(EvidenceVerification verification) {
    if (verification instanceof EvidenceVerification.Genuine genuine) {
      return genuine.claims();
    }
    throw new AssertionError("not authentic: " + verification.checks());
  }
}
