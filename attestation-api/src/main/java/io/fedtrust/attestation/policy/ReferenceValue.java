// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A measurement of software that is trusted (RFC 9334: reference value). Several may be valid at
 * one time, so that updates can roll.
 *
 * @param name what it is, for people
 * @param measurement lower-case hex, of the family's length
 * @param source where it comes from, for example a release
 * @param computedBy the tool and version that computed it
 * @param buildDigest SHA-256 of what was measured, hex
 * @param notBefore first instant at which it is accepted
 * @param notAfter first instant at which it is no longer accepted
 */
public record ReferenceValue(
    String name,
    String measurement,
    Optional<String> source,
    Optional<String> computedBy,
    Optional<String> buildDigest,
    Optional<Instant> notBefore,
    Optional<Instant> notAfter) {

  /**
   * Checks name and digits.
   *
   * @param name what it is, for people
   * @param measurement lower-case hex, of the family's length
   * @param source where it comes from, for example a release
   * @param computedBy the tool and version that computed it
   * @param buildDigest SHA-256 of what was measured, hex
   * @param notBefore first instant at which it is accepted
   * @param notAfter first instant at which it is no longer accepted
   */
  public ReferenceValue {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: expected text, was nothing");
    }
    requireHex("measurement", measurement);
    buildDigest.ifPresent(digest -> requireHex("buildDigest", digest));
    if (notBefore.isPresent()
        && notAfter.isPresent()
        && !notBefore.get().isBefore(notAfter.get())) {
      throw new IllegalArgumentException(
          "notAfter: expected an instant after " + notBefore.get() + ", was " + notAfter.get());
    }
  }

  private static void requireHex(String field, String text) {
    if (!text.matches("([0-9a-f]{2}){16,64}")) {
      throw new IllegalArgumentException(
          field + ": expected 16 to 64 bytes in lower-case hex, was " + text.length() + " digits");
    }
  }

  /**
   * A reference value without an end.
   *
   * @param name what it is
   * @param measurement lower-case hex
   * @return the value
   */
  public static ReferenceValue of(String name, String measurement) {
    return new ReferenceValue(
        name,
        measurement,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Limits when it is accepted.
   *
   * @param from first instant at which it is accepted
   * @param until first instant at which it is no longer accepted
   * @return the limited value
   */
  public ReferenceValue within(Instant from, Instant until) {
    return new ReferenceValue(
        name, measurement, source, computedBy, buildDigest, Optional.of(from), Optional.of(until));
  }

  /**
   * Tells whether it is accepted at an instant.
   *
   * @param at the instant
   * @return true if {@code notBefore <= at < notAfter}
   */
  public boolean isValid(Instant at) {
    return notBefore.filter(at::isBefore).isEmpty() && notAfter.map(at::isBefore).orElse(true);
  }

  Map<String, String> describe() {
    Map<String, String> lines = new TreeMap<>();
    lines.put("measurement", measurement);
    source.ifPresent(text -> lines.put("source", text));
    computedBy.ifPresent(text -> lines.put("computedBy", text));
    buildDigest.ifPresent(text -> lines.put("buildDigest", text));
    notBefore.ifPresent(instant -> lines.put("notBefore", instant.toString()));
    notAfter.ifPresent(instant -> lines.put("notAfter", instant.toString()));
    return lines;
  }
}
