// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.security.GeneralSecurityException;
import java.security.KeyPair;

/** Where RSA key pairs come from: generated, but for tests and benchmarks. */
@FunctionalInterface
public interface KeyPairs {
  /**
   * Returns a new key pair.
   *
   * @param bits size of the modulus
   */
  KeyPair next(int bits) throws GeneralSecurityException;
}
