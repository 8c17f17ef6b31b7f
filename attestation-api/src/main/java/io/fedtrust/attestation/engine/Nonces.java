// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Nonces of 32 bytes in messages: base64 in its one spelling
 * (docs/protocol/README.md#one-spelling).
 */
final class Nonces {
  private static final int CHARACTERS = (Challenge.BYTES + 2) / 3 * 4;

  private Nonces() {}

  static String text(Bytes nonce) {
    return Base64.getEncoder().encodeToString(nonce.bytes());
  }

  /** Empty if it is no text, or not that of 32 bytes. */
  static Optional<Bytes> read(@Nullable Object value) {
    if (!(value instanceof String text) || text.length() != CHARACTERS) {
      return Optional.empty();
    }
    try {
      return Optional.of(Bytes.of(Base64.getDecoder().decode(text)))
          .filter(nonce -> nonce.bytes().length == Challenge.BYTES && text(nonce).equals(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
