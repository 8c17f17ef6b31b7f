// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import java.time.Instant;

/** Verifies the tokens of one service. Remembers its parsed key sets. Safe for threads. */
public final class TokenVerifier {
  private final TokenService service;
  private final AcceptedTokens accepted;
  private final TokenChecks checks;
  private final SigningKeys keys;

  /** Creates a verifier that accepts these tokens and makes these checks. */
  public TokenVerifier(TokenService service, AcceptedTokens accepted, TokenChecks checks) {
    this.service = service;
    this.accepted = accepted;
    this.checks = checks;
    this.keys = new SigningKeys(service.name(), service.keys());
  }

  /** Verifies evidence with the service's keys among the collateral. Never throws. */
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return CheckRecorder.judged(
        service.name() + ".verifier",
        evidence,
        () -> new TokenVerification(service, accepted, keys, collateral, at).run(evidence, checks));
  }
}
