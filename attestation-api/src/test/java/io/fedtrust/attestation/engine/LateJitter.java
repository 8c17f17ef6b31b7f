// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.security.SecureRandom;

/** Every wait is as long as it may be, so that a first round never runs beside a registration. */
final class LateJitter extends SecureRandom {
  private static final long serialVersionUID = 1L;

  @Override
  public double nextDouble() {
    return 0.99;
  }
}
