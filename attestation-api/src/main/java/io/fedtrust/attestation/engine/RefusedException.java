// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

/** A request that this site refuses with its signature; the inbox makes the reply of it. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  RefusedException(Refusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
