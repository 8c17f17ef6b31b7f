// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.checks;

import java.time.Instant;

/**
 * When the certificates and collateral behind a result expire.
 *
 * @param all the earliest expiry of all of them
 * @param certificates the earliest expiry of the evidence's own certificates
 */
public record Expiry(Instant all, Instant certificates) {
  /** Starts with the expiry of certificates. */
  public static Expiry of(Instant certificates) {
    return new Expiry(certificates, certificates);
  }

  /** Combines both: the earlier times count. */
  public Expiry and(Expiry other) {
    return new Expiry(earlier(all, other.all), earlier(certificates, other.certificates));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Adds the expiry of something that is no certificate. */
  public Expiry and(Instant end) {
    return end.isBefore(all) ? new Expiry(end, certificates) : this;
  }
}
