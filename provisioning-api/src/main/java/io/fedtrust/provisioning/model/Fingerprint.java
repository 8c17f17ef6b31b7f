// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 over the DER form of a certificate.
 *
 * @param hex 64 lower-case hex digits
 */
public record Fingerprint(String hex) {
  /**
   * Checks the digits.
   *
   * @param hex 64 lower-case hex digits
   */
  public Fingerprint {
    if (!Sha256Text.isHex(hex)) {
      throw refuse(ErrorCode.INVALID_ROOTCA_FINGERPRINT, "fingerprint")
          .expected("64 lower-case hex digits")
          .actual(hex)
          .build();
    }
  }

  /**
   * Computes the fingerprint of a certificate.
   *
   * @param der the certificate's DER form; not modified
   * @return its fingerprint
   */
  public static Fingerprint ofCertificate(byte[] der) {
    try {
      return new Fingerprint(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Reads a fingerprint as people send it: 64 hex digits or 32 pairs joined by {@code :}, in any
   * case, with blanks around, after {@code SHA256:}, {@code SHA256=} or {@code SHA256 Fingerprint=}
   * as OpenSSL prints it.
   *
   * @param text the text
   * @return the fingerprint
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code
   *     INVALID_ROOTCA_FINGERPRINT} for any other text
   */
  public static Fingerprint parse(String text) {
    return new Fingerprint(
        Sha256Text.parse(text)
            .orElseThrow(
                () ->
                    refuse(ErrorCode.INVALID_ROOTCA_FINGERPRINT, "fingerprint")
                        .expected("SHA-256 as 64 hex digits or 32 pairs joined by ':'")
                        .actual(text)
                        .build()));
  }

  /**
   * {@return the canonical text, as printed and as stored in ca.json and signed.json: {@code
   * SHA256:} and 32 upper-case pairs joined by {@code :}}
   */
  public String text() {
    return Sha256Text.text(hex);
  }

  @Override
  public String toString() {
    return text();
  }
}
