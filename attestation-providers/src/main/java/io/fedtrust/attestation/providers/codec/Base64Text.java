// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import java.util.Base64;
import java.util.Optional;

/** Base64 with exactly one spelling: the standard alphabet, padded, nothing else in between. */
public final class Base64Text {
  private Base64Text() {}

  private static final int QUANTUM = 4;

  /** Returns the bytes, or empty if encoding them does not give this text again. */
  public static Optional<byte[]> decode(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return text.length() % QUANTUM == 0 && endsCanonically(text)
          ? Optional.of(bytes)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The decoder refuses all but the alphabet: only the last characters have bits to spare. */
  private static boolean endsCanonically(String text) {
    String end = text.substring(Math.max(0, text.length() - QUANTUM));
    return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(end)).equals(end);
  }

  /**
   * Decodes base64url without padding (RFC 7515 section 2).
   *
   * @return the bytes, or empty if encoding them does not give this text again
   */
  public static Optional<byte[]> decodeUrl(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      String end = text.substring(Math.max(0, text.length() - 1) / QUANTUM * QUANTUM);
      return encodeUrl(Base64.getUrlDecoder().decode(end)).equals(end)
          ? Optional.of(bytes)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Encodes as base64url without padding (RFC 7515 section 2). */
  public static String encodeUrl(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
