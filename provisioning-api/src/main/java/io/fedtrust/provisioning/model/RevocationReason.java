// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Optional;

/** Why a certificate is revoked: the CRLReason values of RFC 5280 section 5.3.1 that apply. */
public enum RevocationReason {
  /** No reason is given. */
  UNSPECIFIED("unspecified", 0),
  /** Someone else may have the private key. The key is refused from then on. */
  KEY_COMPROMISE("keyCompromise", 1),
  /** The name or organization has changed. */
  AFFILIATION_CHANGED("affiliationChanged", 3),
  /** Another certificate replaces this one. */
  SUPERSEDED("superseded", 4),
  /** The participant has left the federation. */
  CESSATION_OF_OPERATION("cessationOfOperation", 5),
  /** For a time; {@link #REMOVE_FROM_CRL} ends it. The certificate still holds its name. */
  CERTIFICATE_HOLD("certificateHold", 6),
  /** Ends a hold. */
  REMOVE_FROM_CRL("removeFromCRL", 8),
  /** A right was taken away. */
  PRIVILEGE_WITHDRAWN("privilegeWithdrawn", 9);

  private final String text;
  private final int code;

  RevocationReason(String text, int code) {
    this.text = text;
    this.code = code;
  }

  /**
   * Returns the name that RFC 5280 uses.
   *
   * @return for example {@code keyCompromise}
   */
  public String text() {
    return text;
  }

  /**
   * Returns the number that revocation lists use.
   *
   * @return the CRLReason
   */
  public int code() {
    return code;
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
