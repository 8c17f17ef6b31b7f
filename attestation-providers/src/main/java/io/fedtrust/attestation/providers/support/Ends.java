// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import java.time.Instant;

/**
 * When what an answer rests on ends.
 *
 * @param all the earliest end of everything
 * @param certificates the earliest end of the evidence's own certificates
 */
public record Ends(Instant all, Instant certificates) {
  /** Starts with certificates. */
  public static Ends of(Instant certificates) {
    return new Ends(certificates, certificates);
  }

  /** Rests on both. */
  public Ends and(Ends other) {
    return new Ends(earlier(all, other.all), earlier(certificates, other.certificates));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Adds something whose end is not that of a certificate. */
  public Ends and(Instant end) {
    return end.isBefore(all) ? new Ends(end, certificates) : this;
  }
}
