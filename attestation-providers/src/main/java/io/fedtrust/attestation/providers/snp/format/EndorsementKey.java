// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import java.util.Optional;

/** The kind of key that signs reports (KEY_INFO.SIGNING_KEY). */
public enum EndorsementKey {
  /** Versioned chip endorsement key: of one chip at one TCB. */
  VCEK(0, "SEV-", "ASK"),
  /** Versioned loaded endorsement key: of one cloud at one TCB. */
  VLEK(1, "SEV-VLEK-", "ASVK");

  private final int number;
  private final String issuerPrefix;
  private final String issuerRole;

  EndorsementKey(int number, String issuerPrefix, String issuerRole) {
    this.number = number;
    this.issuerPrefix = issuerPrefix;
    this.issuerRole = issuerRole;
  }

  /** {@return the number of this kind in SIGNING_KEY of a report} */
  public int number() {
    return number;
  }

  /**
   * Returns the common name of its certificates.
   *
   * @return for example {@code SEV-VCEK}
   */
  public String commonName() {
    return "SEV-" + name();
  }

  /**
   * Returns the common name of the certificate that issues them.
   *
   * @param line product line
   * @return for example {@code SEV-Milan}
   */
  public String issuerName(ProductLine line) {
    return issuerPrefix + line.text();
  }

  /**
   * Returns what the issuing certificate is called.
   *
   * @return {@code ASK} or {@code ASVK}
   */
  public String issuerRole() {
    return issuerRole;
  }

  /** {@return the name of this kind in AMD's addresses and in collateral, lower case} */
  public String path() {
    return this == VCEK ? "vcek" : "vlek";
  }

  /**
   * Finds a kind by its number.
   *
   * @param number value of SIGNING_KEY
   * @return the kind, or empty for none and reserved values
   */
  public static Optional<EndorsementKey> of(int number) {
    return number == VCEK.number
        ? Optional.of(VCEK)
        : number == VLEK.number ? Optional.of(VLEK) : Optional.empty();
  }
}
