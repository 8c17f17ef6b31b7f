// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.checks;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * The time in which all of several certificates are valid (RFC 5280 section 4.1.2.5).
 *
 * @param begin first instant
 * @param end last instant, which is one of them
 */
public record Validity(Instant begin, Instant end) {
  /** Returns when all are valid; there is at least one. */
  public static Validity of(List<X509Certificate> certificates) {
    return new Validity(
        certificates.stream()
            .map(certificate -> certificate.getNotBefore().toInstant())
            .max(Instant::compareTo)
            .orElseThrow(),
        certificates.stream()
            .map(certificate -> certificate.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow());
  }

  /** Tells whether all are valid. */
  public boolean isValid(Instant at) {
    return !at.isBefore(begin) && !at.isAfter(end);
  }

  @Override
  public String toString() {
    return begin + " to " + end;
  }
}
