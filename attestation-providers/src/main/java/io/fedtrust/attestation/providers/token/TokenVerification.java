// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.jws.JsonWebKeys;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One verification of one piece of evidence. Issuer, algorithm, times, key and signature of a token
 * are checked by the same rules for every service (RFC 7515 section 5.2; RFC 7519 section 4.1.1).
 */
public final class TokenVerification {
  private static final String JWS = "RFC 7515 section 5.2";
  private static final String ISSUER = "RFC 7519 section 4.1.1";

  private final TokenService service;
  private final AcceptedTokens accepted;
  private final SigningKeys keys;
  private final Collateral collateral;
  private final Instant at;
  private final CheckRecorder recorder = new CheckRecorder();
  private final Map<SigningKeys.Wanted, Optional<SigningKeys.Found>> found = new HashMap<>();
  private Expiry expiry = Expiry.of(Instant.MAX);

  TokenVerification(
      TokenService service,
      AcceptedTokens accepted,
      SigningKeys keys,
      Collateral collateral,
      Instant at) {
    this.service = service;
    this.accepted = accepted;
    this.keys = keys;
    this.collateral = collateral;
    this.at = at;
  }

  EvidenceVerification run(Evidence evidence, TokenChecks checks) {
    try {
      Optional<Claims> claims = checks.check(evidence, this);
      return recorder.conclude(claims, List.of(), expiry);
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(List.of());
    }
  }

  /** Returns the time of the verification. */
  public Instant at() {
    return at;
  }

  /** Adds a check of the service's own. */
  public void add(Check check) {
    recorder.add(check);
  }

  /** Adds a check that two values are equal; the service's name goes before the check's. */
  public void equal(String check, ReasonCode code, Object expected, Object actual) {
    recorder.add(
        Check.of(
            name(check), code, expected.equals(actual), expected, actual, service.kind().source()));
  }

  /** Says that the result expires at this time, if not earlier. */
  public void expiresBy(Instant end) {
    expiry = expiry.and(end);
  }

  /**
   * Checks the algorithm and the issuer that a token names.
   *
   * @param part of the evidence, before the names of checks; empty for evidence that is one token
   */
  public void stated(String part, CompactJws token) throws MalformedEvidenceException {
    allowed(
        part + "algorithm",
        ReasonCode.ALGORITHM_NOT_ALLOWED,
        accepted.algorithms(),
        token.algorithm(),
        JWS);
    allowed(
        part + "issuer",
        ReasonCode.ISSUER_UNKNOWN,
        accepted.issuers(),
        token.payload().text("iss"),
        ISSUER);
  }

  /**
   * Checks the times of a token; the result expires no later than the token.
   *
   * @param part of the evidence, as for {@link #stated}
   */
  public void valid(String part, TokenTimes times) {
    recorder.add(times.check(name(part + "times"), at));
    expiry = expiry.and(Expiry.of(times.expiresAt()));
  }

  /**
   * Checks that an accepted key signed a token.
   *
   * @param part of the evidence, as for {@link #stated}
   * @return whether it did
   */
  public boolean signed(String part, CompactJws token) throws MalformedEvidenceException {
    return signed(part, token, key -> true);
  }

  /**
   * Checks that an accepted key signed a token.
   *
   * @param part of the evidence, as for {@link #stated}
   * @param usable tells whether the key counts; if not, it counts as absent
   * @return whether it did
   */
  public boolean signed(String part, CompactJws token, Predicate<JsonWebKeys.Key> usable)
      throws MalformedEvidenceException {
    Optional<SigningKeys.Found> key =
        key(token).map(any -> usable.test(any.key()) ? any : any.unpinned());
    key.ifPresent(known -> expiresBy(known.until()));
    return key.isPresent() && signed(part, token, key.get());
  }

  /** Finds the key that a token names, of an accepted issuer only. Its checks are added once. */
  private Optional<SigningKeys.Found> key(CompactJws token) throws MalformedEvidenceException {
    String issuer = token.payload().text("iss");
    if (!accepted.issuers().contains(issuer)) {
      recorder.add(
          Check.skipped(keys.check(), "keys of another issuer are not looked for", ISSUER));
      return Optional.empty();
    }
    return found.computeIfAbsent(
        new SigningKeys.Wanted(
            issuer, token.header().text("kid"), token.algorithm(), accepted.pins()),
        wanted -> keys.find(wanted, collateral, at, recorder));
  }

  private boolean signed(String part, CompactJws token, SigningKeys.Found key)
      throws MalformedEvidenceException {
    String algorithm = token.algorithm();
    boolean good =
        accepted.algorithms().contains(algorithm) && token.isSignedBy(key.key().publicKey());
    Check signature =
        Check.of(
            name(part + "signature"),
            ReasonCode.SIGNATURE_INVALID,
            good,
            algorithm + " by the key " + key.key().id(),
            good ? "yes" : "not signed by it",
            JWS);
    recorder.add(key.proven() ? signature : CheckRecorder.unproven(signature));
    return good && key.pinned();
  }

  private void allowed(
      String check, ReasonCode code, Set<String> expected, String actual, String source) {
    String shown =
        expected.size() == 1
            ? expected.iterator().next()
            : "one of " + expected.stream().sorted().toList();
    recorder.add(Check.of(name(check), code, expected.contains(actual), shown, actual, source));
  }

  private String name(String check) {
    return service.name() + "." + check;
  }
}
