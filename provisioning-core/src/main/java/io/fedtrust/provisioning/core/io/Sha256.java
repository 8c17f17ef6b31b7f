// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of the JDK, for what this package writes: it depends on no cryptography of others. */
final class Sha256 {
  private Sha256() {}

  static byte[] digest(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String hex(byte[] content) {
    return HexFormat.of().formatHex(digest(content));
  }
}
