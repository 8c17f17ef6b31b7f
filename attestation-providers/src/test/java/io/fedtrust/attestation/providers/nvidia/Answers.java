// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.Optional;

/** What tests look for in an answer. */
final class Answers {
  private Answers() {}

  static Check check(Authentication authentication, String name) {
    return authentication.checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("no check " + name + " in " + authentication.checks()));
  }

  static Optional<ReasonCode> code(Authentication authentication, String name) {
    return check(authentication, name).code();
  }

  static String claim(Claims claims, String name) {
    return claims.find(name).orElseThrow(() -> new AssertionError("no claim " + name)).text();
  }

  static Claims claims(Authentication authentication) {
    if (authentication instanceof Authentication.Authentic authentic) {
      return authentic.claims();
    }
    throw new AssertionError("not authentic: " + authentication.checks());
  }
}
