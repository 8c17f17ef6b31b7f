// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret of this account, by which it recognizes its own files wherever they lie: HMAC-SHA-256
 * (RFC 2104). What is authenticated begins with the name of its format, so that no file passes for
 * another kind.
 */
public final class HmacKey {
  private static final String ALGORITHM = "HmacSHA256";

  private final Supplier<Optional<byte[]>> secret;

  /** Uses a secret that is looked for when it is needed; an account may have none. */
  public HmacKey(Supplier<Optional<byte[]>> secret) {
    this.secret = secret;
  }

  /** Returns the code of a text as 64 hex digits; empty if there is no secret. */
  public Optional<String> mac(String text) {
    return secret.get().map(key -> HexFormat.of().formatHex(mac(key, text)));
  }

  /** Tells whether a code is that of a text; without a secret none is. */
  public boolean verifies(String text, String hex) {
    return mac(text)
        .filter(
            expected ->
                MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.US_ASCII),
                    hex.getBytes(StandardCharsets.UTF_8)))
        .isPresent();
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
