// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/** What a binding shows, from least to most (docs/protocol/README.md#assurance). */
public enum Assurance {
  /** The attester chose the nonce, or nothing but the evidence was seen. */
  UNBOUND,
  /** The transcript binds the site's key alone: the site may work outside what it attests. */
  IDENTITY_ONLY,
  /** An attested process holds the session key; who is at the other end is not known. */
  SESSION_NAMED,
  /** The message or connection itself is proven with the session key. */
  SESSION_BOUND;

  /**
   * Tells whether this is enough where another is demanded.
   *
   * @param demanded the least that is accepted
   * @return true if this shows as much or more
   */
  public boolean atLeast(Assurance demanded) {
    return compareTo(demanded) >= 0;
  }
}
