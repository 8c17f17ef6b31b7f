// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.util.HexFormat;

/**
 * SHA-256 over the DER SubjectPublicKeyInfo of a public key: {@code public_key_sha256} of {@code
 * request.json}. It tells an approver whose request this is, if it is compared out of band.
 *
 * @param hex 64 lower-case hex digits
 */
public record KeyFingerprint(String hex) {
  /** RFC 4648 section 6. */
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private static final int CODE_CHARACTERS = 24;
  private static final int BITS = 5;

  /**
   * Checks the digits.
   *
   * @param hex 64 lower-case hex digits
   */
  public KeyFingerprint {
    if (!Sha256Text.isHex(hex)) {
      throw invalid(hex);
    }
  }

  /**
   * Reads a fingerprint in any spelling that {@link Fingerprint#parse} accepts.
   *
   * @param text the text
   * @return the fingerprint
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS} for any
   *     other text
   */
  public static KeyFingerprint parse(String text) {
    return new KeyFingerprint(Sha256Text.parse(text).orElseThrow(() -> invalid(text)));
  }

  private static RuntimeException invalid(String text) {
    return refuse(ErrorCode.INVALID_ARGS, "public key fingerprint")
        .expected("SHA-256 as 64 hex digits or 32 pairs joined by ':'")
        .actual(text)
        .hint("'cert request' prints it as public_key_sha256.")
        .build();
  }

  /**
   * Returns the code that two people read to each other: the first 120 bits in base32, in groups of
   * four. It is not shorter because the requester can try many keys, and so many digests.
   *
   * @return for example {@code MFRG-GZDF-MZTW-Q2LK-NNWG-23TP}
   */
  public String comparisonCode() {
    byte[] digest = HexFormat.of().parseHex(hex);
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < CODE_CHARACTERS; i++) {
      int bit = i * BITS;
      int pair =
          (Byte.toUnsignedInt(digest[bit / 8]) << 8) | Byte.toUnsignedInt(digest[bit / 8 + 1]);
      if (i > 0 && i % 4 == 0) {
        code.append('-');
      }
      code.append(BASE32.charAt((pair >> (11 - bit % 8)) & 31));
    }
    return code.toString();
  }

  /** {@return the canonical text: {@code SHA256:} and 32 upper-case pairs joined by {@code :}} */
  public String text() {
    return Sha256Text.text(hex);
  }

  @Override
  public String toString() {
    return text();
  }
}
