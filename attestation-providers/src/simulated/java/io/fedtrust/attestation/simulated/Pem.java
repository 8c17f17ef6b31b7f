// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Certificates as text (RFC 7468), and the digests under which anchors record them. */
final class Pem {
  private Pem() {}

  static byte[] of(List<byte[]> certificates) {
    StringBuilder pem = new StringBuilder();
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    certificates.forEach(
        der ->
            pem.append("-----BEGIN CERTIFICATE-----\n")
                .append(lines.encodeToString(der))
                .append("\n-----END CERTIFICATE-----\n"));
    return pem.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest(bytes));
  }

  static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
