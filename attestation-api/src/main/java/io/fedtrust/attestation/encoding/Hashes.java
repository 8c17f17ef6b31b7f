// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.encoding;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Digests that every Java platform has. */
public final class Hashes {
  private Hashes() {}

  public static byte[] sha256(byte[] bytes) {
    return digest("SHA-256", bytes);
  }

  public static byte[] sha512(byte[] bytes) {
    return digest("SHA-512", bytes);
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
