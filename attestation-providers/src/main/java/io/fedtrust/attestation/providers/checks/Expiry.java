// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.checks;

import java.time.Instant;

/**
 * When what an answer rests on ends.
 *
 * @param all the earliest end of everything
 * @param certificates the earliest end of the evidence's own certificates
 */
public record Expiry(Instant all, Instant certificates) {
  /** Starts with certificates. */
  public static Expiry of(Instant certificates) {
    return new Expiry(certificates, certificates);
  }

  /** Rests on both. */
  public Expiry and(Expiry other) {
    return new Expiry(earlier(all, other.all), earlier(certificates, other.certificates));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Adds something whose end is not that of a certificate. */
  public Expiry and(Instant end) {
    return end.isBefore(all) ? new Expiry(end, certificates) : this;
  }
}
