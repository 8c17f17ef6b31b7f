// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.Optional;

/**
 * Kind and size of a CA key. NVFlare signs approvals with RSA-PSS, so there is no other kind; its
 * own commands work with each of these sizes.
 */
public enum KeyType {
  /** RSA with a modulus of 2048 bits; NVFlare's own choice. */
  RSA_2048(2048),
  /** RSA with a modulus of 3072 bits. */
  RSA_3072(3072),
  /** RSA with a modulus of 4096 bits. */
  RSA_4096(4096);

  private final int bits;

  KeyType(int bits) {
    this.bits = bits;
  }

  /** {@return the size of the modulus: in bits} */
  public int bits() {
    return bits;
  }

  /** {@return the value of the command line: for example {@code rsa:3072}} */
  public String text() {
    return "rsa:" + bits;
  }

  /**
   * Reads a value.
   *
   * @param text for example {@code rsa:3072}
   * @return empty if there is no such value
   */
  public static Optional<KeyType> of(String text) {
    for (KeyType value : values()) {
      if (value.text().equals(text)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
