// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a service that signs tokens. Such keys have no vendor root: the relying party states
 * the issuer, the expiry and, optionally, digests of the keys
 * (docs/protocol/collateral.md#service-keys).
 *
 * @param issuer as tokens name it in {@code iss}
 * @param expiresAt first instant at which they are no longer used
 * @param trust origin of the keys
 * @param pins SHA-256 of SubjectPublicKeyInfo, 64 lower-case hex digits each: a key counts only if
 *     it, or a certificate above it, is among them; empty for any
 * @param jwks the set (RFC 7517)
 */
public record ServiceKeys(
    String issuer, Instant expiresAt, Trust trust, Set<String> pins, Map<String, ?> jwks) {
  private static final int MAX_BYTES = 1 << 20;
  private static final Set<String> MEMBERS = Set.of("issuer", "expiresAt", "trust", "pins", "jwks");

  /** The origin of the keys. */
  public enum Trust {
    /** The relying party provided them. */
    CONFIGURED("configured"),
    /** Fetched from an address whose certificate a public authority issued. */
    WEB_PKI("WebPKI"),
    /** For tests: tokens signed with them are created in software. */
    SIMULATED("SIMULATED");

    private final String text;

    Trust(String text) {
      this.text = text;
    }

    /**
     * Returns the word that verdicts have for it.
     *
     * @return for example {@code WebPKI}
     */
    public String text() {
      return text;
    }
  }

  /**
   * Checks pins and copies.
   *
   * @param issuer as tokens name it
   * @param expiresAt first instant at which they are no longer used
   * @param trust origin of the keys
   * @param pins 64 lower-case hex digits each
   * @param jwks the set
   */
  public ServiceKeys {
    pins = Set.copyOf(pins);
    jwks = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(jwks));
    for (String pin : pins) {
      if (!pin.matches("[0-9a-f]{64}")) {
        throw new IllegalArgumentException(
            "pins: expected 64 lower-case hex digits, was " + pin.length() + " characters");
      }
    }
    if (issuer.isBlank()) {
      throw new IllegalArgumentException("issuer: expected text, was nothing");
    }
  }

  /**
   * Creates keys from a key set as a service publishes it.
   *
   * @param issuer as tokens name it
   * @param expiresAt first instant at which they are no longer used
   * @param trust origin of the keys
   * @param jwks JSON, at most 1 MiB
   * @return the keys, not yet looked at
   * @throws AttestationException {@code SERVICE_KEYS_INVALID} if it is no key set
   */
  public static ServiceKeys of(String issuer, Instant expiresAt, Trust trust, byte[] jwks) {
    try {
      Map<String, ?> set = StrictJson.read(jwks, MAX_BYTES);
      if (!(set.get("keys") instanceof List<?>)) {
        throw new UnreadableException("expected a JSON Web Key Set, was " + set.keySet());
      }
      return new ServiceKeys(issuer, expiresAt, trust, Set.of(), set);
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.SERVICE_KEYS_INVALID, "jwks", e);
    }
  }

  /**
   * Pins keys.
   *
   * @param accepted SHA-256 of SubjectPublicKeyInfo, of keys or of certificates above them
   * @return the same keys, of which only these count
   */
  public ServiceKeys pinned(Set<String> accepted) {
    return new ServiceKeys(issuer, expiresAt, trust, accepted, jwks);
  }

  /**
   * Reads keys from an item.
   *
   * @param json as {@link #item} writes it
   * @return the keys
   * @throws AttestationException {@code SERVICE_KEYS_INVALID} if it has another shape
   */
  public static ServiceKeys read(byte[] json) {
    try {
      Map<String, @Nullable Object> members = StrictJson.read(json, MAX_BYTES);
      if (!members.keySet().equals(MEMBERS)
          || !(members.get("jwks") instanceof Map<?, ?> jwks)
          || !(members.get("pins") instanceof List<?> pins)) {
        throw new UnreadableException("expected exactly " + MEMBERS + ", was " + members.keySet());
      }
      Map<String, @Nullable Object> set = new LinkedHashMap<>();
      jwks.forEach((name, value) -> set.put(String.valueOf(name), value));
      String trust = String.valueOf(members.get("trust"));
      return new ServiceKeys(
          String.valueOf(members.get("issuer")),
          Instant.parse(String.valueOf(members.get("expiresAt"))),
          Arrays.stream(Trust.values())
              .filter(known -> known.text().equals(trust))
              .findFirst()
              .orElseThrow(
                  () ->
                      new UnreadableException(
                          "trust: expected configured, WebPKI or SIMULATED, was another word")),
          Set.copyOf(pins.stream().map(String::valueOf).toList()),
          set);
    } catch (IOException e) {
      throw AttestationException.because(ErrorCode.SERVICE_KEYS_INVALID, "service keys", e);
    } catch (DateTimeException e) {
      throw AttestationException.because(
          ErrorCode.SERVICE_KEYS_INVALID,
          "service keys",
          "expiresAt: expected a time such as 2026-11-21T00:00:00Z",
          e);
    } catch (IllegalArgumentException e) {
      throw AttestationException.because(
          ErrorCode.SERVICE_KEYS_INVALID,
          "service keys",
          "expected an issuer, and pins of 64 lower-case hex digits",
          e);
    }
  }

  /**
   * Writes keys as an item.
   *
   * @param kind of the family
   * @param subject whose keys
   * @return JSON in an item
   */
  public CollateralItem item(String kind, String subject) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("issuer", issuer);
    members.put("expiresAt", expiresAt.toString());
    members.put("trust", trust.text());
    members.put("pins", pins.stream().sorted().toList());
    members.put("jwks", jwks);
    return CollateralItem.of(
        kind, subject, StrictJson.write(members).getBytes(StandardCharsets.UTF_8));
  }
}
