// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Optional;

/** Why a certificate is revoked: the CRLReason values of RFC 5280 section 5.3.1 that apply. */
public enum RevocationReason {
  /** No reason is given. */
  UNSPECIFIED("unspecified"),
  /** Someone else may have the private key. The key is refused from then on. */
  KEY_COMPROMISE("keyCompromise"),
  /** The name or organization has changed. */
  AFFILIATION_CHANGED("affiliationChanged"),
  /** Another certificate replaces this one. */
  SUPERSEDED("superseded"),
  /** The participant has left the federation. */
  CESSATION_OF_OPERATION("cessationOfOperation"),
  /** For a time; {@link #REMOVE_FROM_CRL} ends it. The certificate still holds its name. */
  CERTIFICATE_HOLD("certificateHold"),
  /** Ends a hold. */
  REMOVE_FROM_CRL("removeFromCRL"),
  /** A right was taken away. */
  PRIVILEGE_WITHDRAWN("privilegeWithdrawn");

  private final String text;

  RevocationReason(String text) {
    this.text = text;
  }

  /** {@return the name that RFC 5280 uses, for example {@code keyCompromise}} */
  public String text() {
    return text;
  }

  /**
   * Reads a reason.
   *
   * @param text its name in RFC 5280, in any case
   * @return empty if there is no such reason
   */
  public static Optional<RevocationReason> of(String text) {
    for (RevocationReason reason : values()) {
      if (reason.text.equalsIgnoreCase(text)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }
}
