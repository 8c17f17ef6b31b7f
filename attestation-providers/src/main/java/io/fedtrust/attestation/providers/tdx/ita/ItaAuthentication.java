// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.jws.JsonWebKeys;
import io.fedtrust.attestation.providers.support.Digests;
import io.fedtrust.attestation.providers.support.Ends;
import io.fedtrust.attestation.providers.support.Trail;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One authentication of one token, step by step (TDX specification of this project, section 10).
 */
final class ItaAuthentication {
  private static final String SOURCE = "Intel Trust Authority, attestation token";
  private static final String JWS = "RFC 7515 section 5.2";
  private static final String KEYS = "trust protocol, section 9";
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final int HELD_BYTES = 32;

  private final Evidence evidence;
  private final Collateral collateral;
  private final Instant at;
  private final String issuer;
  private final Set<String> algorithms;
  private final Set<String> pins;
  private final KeySets keySets;
  private final Trail trail = new Trail();

  ItaAuthentication(
      Evidence evidence,
      Collateral collateral,
      Instant at,
      String issuer,
      Set<String> algorithms,
      Set<String> pins,
      KeySets keySets) {
    this.evidence = evidence;
    this.collateral = collateral;
    this.at = at;
    this.issuer = issuer;
    this.algorithms = algorithms;
    this.pins = pins;
    this.keySets = keySets;
  }

  /** A key, and until when it is used. */
  private record Found(JsonWebKeys.Key key, Instant until) {}

  Authentication run() {
    try {
      CompactJws jws = CompactJws.parse(ItaToken.KIND, evidence.token());
      ItaToken token = ItaToken.of(jws);
      String algorithm = jws.header().text("alg");
      trail.add(Check.passed("ita.format", "a compact JWS", "one", JWS));
      trail.add(
          Check.of(
              "ita.algorithm",
              ReasonCode.ALGORITHM_NOT_ALLOWED,
              algorithms.contains(algorithm),
              "one of " + algorithms,
              algorithm,
              JWS));
      issuer(token);
      times(token);
      trail.add(
          Check.of(
              "ita.attester",
              ReasonCode.EVIDENCE_MALFORMED,
              token.attester().equals("TDX"),
              "TDX",
              token.attester(),
              SOURCE));
      byte[] held = binding(token);
      status(token);
      Claims claims = token.claims(held, at);
      Optional<Found> key = key(jws.header().text("kid"), algorithm);
      boolean signed = key.filter(found -> signature(jws, algorithm, found)).isPresent();
      Ends ends = Ends.of(token.expiresAt());
      return trail.conclude(
          signed ? Optional.of(claims) : Optional.empty(),
          List.of(),
          key.map(found -> ends.and(found.until())).orElse(ends));
    } catch (MalformedEvidenceException e) {
      return trail.add(e.check()).conclude(List.of());
    }
  }

  private void issuer(ItaToken token) throws MalformedEvidenceException {
    trail.add(
        Check.of(
            "ita.issuer",
            ReasonCode.ISSUER_UNKNOWN,
            token.issuer().equals(issuer),
            issuer,
            token.issuer(),
            "RFC 7519 section 4.1.1"));
  }

  /** Skew is granted to beginnings alone. */
  private void times(ItaToken token) throws MalformedEvidenceException {
    Instant late = at.plus(SKEW);
    boolean begun = !token.notBefore().isAfter(late) && !token.issuedAt().isAfter(late);
    trail.add(
        Check.of(
            "ita.times",
            ReasonCode.TOKEN_NOT_VALID,
            begun && at.isBefore(token.expiresAt()),
            token.notBefore() + " to " + token.expiresAt(),
            at,
            "RFC 7519 section 4.1; trust protocol, section 4"));
  }

  /** REPORTDATA is the digest of both nonces; ours must be of 32 bytes to carry a binding. */
  private byte[] binding(ItaToken token) throws MalformedEvidenceException {
    Optional<byte[]> held = token.heldData();
    ByteArrayOutputStream hashed = new ByteArrayOutputStream();
    token.serviceNonce().orElse(List.of()).forEach(hashed::writeBytes);
    held.ifPresent(hashed::writeBytes);
    if (hashed.size() == 0) {
      trail.add(Check.skipped("ita.report-data", "the token names no nonce", SOURCE));
      return new byte[0];
    }
    byte[] expected = Digests.sha512(hashed.toByteArray());
    byte[] found = token.reportData();
    trail.add(
        Check.of(
            "ita.report-data",
            ReasonCode.BINDING_MISMATCH,
            Arrays.equals(expected, found),
            HexFormat.of().formatHex(expected),
            HexFormat.of().formatHex(found),
            "trust protocol, section 3"));
    return held.filter(bytes -> bytes.length == HELD_BYTES).orElseGet(() -> new byte[0]);
  }

  private void status(ItaToken token) throws MalformedEvidenceException {
    String status = token.tcbStatus();
    trail.add(
        Check.of(
            "ita.tcb-status",
            ReasonCode.TCB_REVOKED,
            !status.equals(TcbStatus.REVOKED.text()),
            "any but " + TcbStatus.REVOKED + "; policy says which",
            status,
            SOURCE));
  }

  private Optional<Found> key(String id, String algorithm) {
    List<CollateralItem> items = collateral.items(ItaItems.KEYS);
    if (items.isEmpty()) {
      trail.add(
          Check.missing(
              "ita.keys", ReasonCode.COLLATERAL_MISSING, "keys of " + issuer, "none", KEYS));
      return Optional.empty();
    }
    Optional<Check> wrong = Optional.empty();
    for (CollateralItem item : items) {
      try {
        KeySets.KeySet set = keySets.read(item);
        ServiceKeys keys = set.stated();
        Optional<JsonWebKeys.Key> key =
            keys.issuer().equals(issuer) ? set.keys().find(id) : Optional.empty();
        if (key.isPresent()) {
          return Optional.of(usable(key.get(), keys, algorithm, item));
        }
      } catch (MalformedEvidenceException e) {
        wrong = wrong.or(() -> Optional.of(invalid(e.check().expected(), e.check().actual())));
      } catch (AttestationException e) {
        wrong = wrong.or(() -> Optional.of(invalid("service keys", e.getMessage())));
      }
    }
    trail.add(
        wrong.orElseGet(
            () ->
                Check.missing(
                    "ita.keys",
                    ReasonCode.COLLATERAL_MISSING,
                    "a key " + id + " of " + issuer,
                    "none",
                    KEYS)));
    return Optional.empty();
  }

  private static Check invalid(String expected, String actual) {
    return Check.missing("ita.keys", ReasonCode.COLLATERAL_INVALID, expected, actual, KEYS);
  }

  private Found usable(
      JsonWebKeys.Key key, ServiceKeys keys, String algorithm, CollateralItem item) {
    boolean current = at.isBefore(keys.expiresAt());
    trail.add(
        current
            ? Check.passed("ita.keys", "until " + keys.expiresAt(), at, KEYS)
            : Check.missing(
                "ita.keys", ReasonCode.COLLATERAL_EXPIRED, "until " + keys.expiresAt(), at, KEYS));
    key.chainValidity()
        .filter(validity -> !validity.isValid(at))
        .ifPresent(
            validity ->
                trail.add(
                    Check.missing(
                        "ita.key-validity",
                        ReasonCode.COLLATERAL_EXPIRED,
                        validity,
                        at,
                        "RFC 5280 section 4.1.2.5")));
    pinned("ita.key-pins", key, keys.pins());
    pinned("ita.verifier-pins", key, pins);
    trail.add(
        Check.of(
            "ita.key-algorithm",
            ReasonCode.ALGORITHM_NOT_ALLOWED,
            key.algorithm().map(algorithm::equals).orElse(true),
            key.algorithm().orElse("any"),
            algorithm,
            "RFC 7517 section 4.4"));
    trail.note(
        "keys of " + issuer + ": trust: " + keys.trust().text() + ", sha256 " + item.sha256());
    if (keys.trust() == ServiceKeys.Trust.SIMULATED) {
      trail.note("SIMULATED service: this evidence was made in software");
    }
    Instant end = keys.expiresAt();
    return new Found(
        key,
        key.chainValidity().filter(validity -> validity.end().isBefore(end)).isPresent()
            ? key.chainValidity().get().end()
            : end);
  }

  private void pinned(String check, JsonWebKeys.Key key, Set<String> accepted) {
    if (accepted.isEmpty()) {
      return;
    }
    trail.add(
        Check.of(
            check,
            ReasonCode.ANCHOR_UNKNOWN,
            !Collections.disjoint(key.fingerprints(), accepted),
            "a pinned key, or one under a pinned certificate",
            key.id(),
            KEYS));
  }

  private boolean signature(CompactJws jws, String algorithm, Found found) {
    boolean good = algorithms.contains(algorithm) && jws.isSignedBy(found.key().publicKey());
    trail.add(
        Check.of(
            "ita.signature",
            ReasonCode.SIGNATURE_INVALID,
            good,
            algorithm + " by the key " + found.key().id(),
            good ? "yes" : "no",
            JWS));
    return good;
  }
}
