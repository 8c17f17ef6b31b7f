// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.jws.JsonWebKeys;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the keys of a service among a relying party's collateral
 * (docs/protocol/collateral.md#service-keys). Each key set is parsed, and its chains are verified,
 * only once. Safe for threads.
 */
final class SigningKeys {
  private static final String SOURCE = "docs/protocol/collateral.md#service-keys";
  private static final String USABLE = "a key for signatures, RSA of 2048 to 8192 bits or on P-384";
  private static final int MAX_SETS = 64;

  private final String family;
  private final String itemKind;
  private final JsonObject.Kind kind;
  private final Cache<String, KeySet> known = Caffeine.newBuilder().maximumSize(MAX_SETS).build();

  /**
   * Creates an object that searches items of one kind.
   *
   * @param family first part of the names of checks
   * @param itemKind kind of the items with service keys
   */
  SigningKeys(String family, String itemKind) {
    this.family = family;
    this.itemKind = itemKind;
    this.kind = new JsonObject.Kind(check(), ReasonCode.COLLATERAL_UNAVAILABLE, SOURCE);
  }

  /** The content of an item: what it states about its keys, and the keys. */
  private record KeySet(ServiceKeys stated, JsonWebKeys keys) {}

  /**
   * A key, and until when it is used.
   *
   * @param key of the service
   * @param until first time at which it is not
   * @param pinned whether it is one of the pinned keys, or none are pinned
   * @param current whether the key set and the key's certificates are valid
   */
  record Found(JsonWebKeys.Key key, Instant until, boolean pinned, boolean current) {
    /** Returns the same key, which counts as absent. */
    Found unpinned() {
      return new Found(key, until, false, current);
    }

    /** Tells whether the token is to blame if this key did not sign it. */
    boolean proven() {
      return pinned && current;
    }
  }

  /**
   * A key to find.
   *
   * @param issuer the service
   * @param id as in {@code kid} of the token's header
   * @param algorithm as in {@code alg} of the token's header
   * @param pins of the verifier, in addition to those of the key set
   */
  record Wanted(String issuer, String id, String algorithm, Set<String> pins) {}

  /** Returns the name of the check that tells whether the key is available. */
  String check() {
    return family + ".keys";
  }

  /** Finds a key and records the checks of it. */
  Optional<Found> find(Wanted wanted, Collateral collateral, Instant at, CheckRecorder recorder) {
    List<CollateralItem> items = collateral.items(itemKind);
    if (items.isEmpty()) {
      recorder.add(missing("keys of " + wanted.issuer()));
      return Optional.empty();
    }
    Optional<Check> wrong = Optional.empty();
    for (CollateralItem item : items) {
      try {
        KeySet set = read(item);
        if (!set.stated().issuer().equals(wanted.issuer())) {
          continue;
        }
        Optional<JsonWebKeys.Key> key = set.keys().find(wanted.id());
        if (key.isPresent()) {
          return Optional.of(usable(key.get(), set.stated(), wanted, item, at, recorder));
        }
        if (set.keys().unusable().contains(wanted.id())) {
          wrong = wrong.or(() -> Optional.of(invalid(USABLE, "another key " + wanted.id())));
        }
      } catch (MalformedEvidenceException e) {
        wrong = wrong.or(() -> Optional.of(invalid(e.check().expected(), e.check().actual())));
      } catch (AttestationException e) {
        wrong = wrong.or(() -> Optional.of(invalid("service keys", ReadableFailure.textOf(e))));
      }
    }
    recorder.add(wrong.orElseGet(() -> missing("a key " + wanted.id() + " of " + wanted.issuer())));
    return Optional.empty();
  }

  private KeySet read(CollateralItem item) throws MalformedEvidenceException {
    KeySet set = known.getIfPresent(item.sha256());
    if (set == null) {
      ServiceKeys stated = ServiceKeys.read(item.bytes());
      set = new KeySet(stated, JsonWebKeys.read(new JsonObject(kind, "jwks.", stated.jwks())));
      known.put(item.sha256(), set);
    }
    return set;
  }

  private Check missing(String what) {
    return Check.missing(check(), ReasonCode.COLLATERAL_UNAVAILABLE, what, "none", SOURCE);
  }

  private Check invalid(String expected, String actual) {
    return Check.missing(check(), ReasonCode.COLLATERAL_UNAVAILABLE, expected, actual, SOURCE);
  }

  private Found usable(
      JsonWebKeys.Key key,
      ServiceKeys keys,
      Wanted wanted,
      CollateralItem item,
      Instant at,
      CheckRecorder recorder) {
    String until = "until " + keys.expiresAt();
    recorder.add(
        at.isBefore(keys.expiresAt())
            ? Check.passed(check(), until, at, SOURCE)
            : Check.missing(check(), ReasonCode.COLLATERAL_EXPIRED, until, at, SOURCE));
    key.chainValidity()
        .filter(validity -> !validity.isValid(at))
        .ifPresent(
            validity ->
                recorder.add(
                    Check.missing(
                        family + ".key-validity",
                        ReasonCode.COLLATERAL_EXPIRED,
                        validity,
                        at,
                        "RFC 5280 section 4.1.2.5")));
    boolean pinned = pinned("key-pins", key, keys.pins(), recorder);
    pinned &= pinned("verifier-pins", key, wanted.pins(), recorder);
    boolean current =
        at.isBefore(keys.expiresAt())
            && key.chainValidity().map(validity -> validity.isValid(at)).orElse(true);
    Check algorithm =
        Check.of(
            family + ".key-algorithm",
            ReasonCode.ALGORITHM_NOT_ALLOWED,
            key.algorithm().map(wanted.algorithm()::equals).orElse(true),
            key.algorithm().orElse("any"),
            wanted.algorithm(),
            "RFC 7517 section 4.4");
    recorder.add(pinned && current ? algorithm : CheckRecorder.unproven(algorithm));
    recorder.note(
        "keys of "
            + wanted.issuer()
            + ": trust: "
            + keys.trust().text()
            + ", sha256 "
            + item.sha256());
    if (keys.trust() == ServiceKeys.Trust.SIMULATED) {
      recorder.note("SIMULATED service: this evidence was made in software");
    }
    Instant end = keys.expiresAt();
    return new Found(
        key,
        key.chainValidity().filter(validity -> validity.end().isBefore(end)).isPresent()
            ? key.chainValidity().get().end()
            : end,
        pinned,
        current);
  }

  /** A key that is not pinned counts as absent. */
  private boolean pinned(
      String check, JsonWebKeys.Key key, Set<String> accepted, CheckRecorder recorder) {
    if (accepted.isEmpty()) {
      return true;
    }
    boolean pinned = !Collections.disjoint(key.fingerprints(), accepted);
    String expected = "a pinned key, or one under a pinned certificate";
    String name = family + "." + check;
    recorder.add(
        pinned
            ? Check.passed(name, expected, key.id(), SOURCE)
            : Check.missing(name, ReasonCode.COLLATERAL_UNAVAILABLE, expected, key.id(), SOURCE));
    return pinned;
  }
}
