// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests that every Java platform has. */
public final class Digests {
  private Digests() {}

  /** Returns SHA-256 as 64 lower-case hex digits. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest("SHA-256", bytes));
  }

  /** Returns SHA-256, 32 bytes. */
  public static byte[] sha256Bytes(byte[] bytes) {
    return digest("SHA-256", bytes);
  }

  /** Returns SHA-384, 48 bytes. */
  public static byte[] sha384(byte[] bytes) {
    return digest("SHA-384", bytes);
  }

  /** Returns SHA-512, 64 bytes. */
  public static byte[] sha512(byte[] bytes) {
    return digest("SHA-512", bytes);
  }

  /** Returns length and SHA-256 of bytes, for texts that must not contain the bytes themselves. */
  public static String summary(byte[] bytes) {
    return bytes.length + " bytes, sha256 " + sha256(bytes);
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
