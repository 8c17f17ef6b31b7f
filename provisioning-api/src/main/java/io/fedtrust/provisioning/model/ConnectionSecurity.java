// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Locale;
import java.util.Optional;

/** Protection of the connection between two participants. */
public enum ConnectionSecurity {
  /** None; a proxy or private network must provide it. */
  CLEAR("clear"),
  /** One-way TLS: only the server shows a certificate. */
  TLS("tls"),
  /** Mutual TLS: both sides show a certificate of the project's CA. */
  MTLS("mtls");

  private final String text;

  ConnectionSecurity(String text) {
    this.text = text;
  }

  /** {@return the value in documents: {@code clear}, {@code tls}, {@code mtls}} */
  public String text() {
    return text;
  }

  /**
   * Reads a value, in upper or lower case, with no blanks around it.
   *
   * @param text the value
   * @return empty if there is no such value
   */
  public static Optional<ConnectionSecurity> of(String text) {
    for (ConnectionSecurity value : values()) {
      if (value.text.equals(text.toLowerCase(Locale.ROOT))) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
