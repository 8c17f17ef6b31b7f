// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.jws;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks of the tokens of one piece of evidence who signed them: issuer, algorithm, key and signature
 * by the same rules for every service (RFC 7515 section 5.2; RFC 7519 section 4.1.1).
 */
public final class TokenSigner {
  private static final String JWS = "RFC 7515 section 5.2";

  private final SigningKeys keys;
  private final Accepted accepted;
  private final Collateral collateral;
  private final Instant at;
  private final CheckRecorder recorder;
  private final Map<SigningKeys.Wanted, Optional<SigningKeys.Found>> found = new HashMap<>();

  /**
   * Judges for one authentication.
   *
   * @param keys of the service
   * @param accepted by the verifier
   */
  public TokenSigner(
      SigningKeys keys,
      Accepted accepted,
      Collateral collateral,
      Instant at,
      CheckRecorder recorder) {
    this.keys = keys;
    this.accepted = accepted;
    this.collateral = collateral;
    this.at = at;
    this.recorder = recorder;
  }

  /**
   * What a verifier accepts.
   *
   * @param issuers as tokens have them in {@code iss}, exactly
   * @param algorithms as headers have them in {@code alg}
   * @param pins SHA-256 of SubjectPublicKeyInfo, of keys or of certificates above them; none pins
   *     nothing
   */
  public record Accepted(Set<String> issuers, Set<String> algorithms, Set<String> pins) {
    /** Copies what it gets. */
    public Accepted {
      issuers = Set.copyOf(issuers);
      algorithms = Set.copyOf(algorithms);
      pins = Set.copyOf(pins);
    }
  }

  /** Adds what a token says of itself: {@code algorithm} and {@code issuer} behind a prefix. */
  public void stated(String prefix, CompactJws token) throws MalformedEvidenceException {
    allowed(
        prefix + "algorithm",
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        accepted.algorithms(),
        token.algorithm(),
        JWS);
    allowed(
        prefix + "issuer",
        ReasonCode.ISSUER_UNKNOWN,
        accepted.issuers(),
        token.payload().text("iss"),
        "RFC 7519 section 4.1.1");
  }

  private void allowed(
      String check, ReasonCode code, Set<String> expected, String actual, String source) {
    String shown =
        expected.size() == 1
            ? expected.iterator().next()
            : "one of " + expected.stream().sorted().toList();
    recorder.add(Check.of(check, code, expected.contains(actual), shown, actual, source));
  }

  /**
   * Finds the key that a token names, of an accepted issuer alone. What is said of it is said once.
   */
  public Optional<SigningKeys.Found> key(CompactJws token) throws MalformedEvidenceException {
    String issuer = token.payload().text("iss");
    if (!accepted.issuers().contains(issuer)) {
      recorder.add(
          Check.skipped(
              keys.check(), "keys of another issuer are not looked for", "RFC 7519 section 4.1.1"));
      return Optional.empty();
    }
    return found.computeIfAbsent(
        new SigningKeys.Wanted(
            issuer, token.header().text("kid"), token.algorithm(), accepted.pins()),
        wanted -> keys.find(wanted, collateral, at, recorder));
  }

  /** Adds whether that key signed the token, in an accepted algorithm, as {@code signature}. */
  public boolean signed(String prefix, CompactJws token, SigningKeys.Found key)
      throws MalformedEvidenceException {
    String algorithm = token.algorithm();
    boolean good =
        accepted.algorithms().contains(algorithm) && token.isSignedBy(key.key().publicKey());
    Check signature =
        Check.of(
            prefix + "signature",
            ReasonCode.SIGNATURE_INVALID,
            good,
            algorithm + " by the key " + key.key().id(),
            good ? "yes" : "no",
            JWS);
    recorder.add(key.proven() ? signature : CheckRecorder.unproven(signature));
    return good && key.pinned();
  }
}
