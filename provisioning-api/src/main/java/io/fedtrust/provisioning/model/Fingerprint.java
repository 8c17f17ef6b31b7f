// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SHA-256 over the DER form of a certificate.
 *
 * @param hex 64 lower-case hex digits
 */
public record Fingerprint(String hex) {
  private static final int MAX_TEXT = 200;
  private static final Pattern INPUT =
      Pattern.compile(
          "(?:sha256 fingerprint\\s*=\\s*)?(?:sha256[:=])?\\s*"
              + "([0-9a-f]{64}|[0-9a-f]{2}(?::[0-9a-f]{2}){31})");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  /**
   * Checks the digits.
   *
   * @param hex 64 lower-case hex digits
   */
  public Fingerprint {
    if (!HEX.matcher(hex).matches()) {
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
    Matcher matcher =
        INPUT.matcher(text.length() > MAX_TEXT ? "" : text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw refuse(ErrorCode.INVALID_ROOTCA_FINGERPRINT, "fingerprint")
          .expected("SHA-256 as 64 hex digits or 32 pairs joined by ':'")
          .actual(text)
          .build();
    }
    return new Fingerprint(matcher.group(1).replace(":", ""));
  }

  /**
   * Returns the canonical text, as printed and as stored in ca.json and signed.json.
   *
   * @return {@code SHA256:} and 32 upper-case pairs joined by {@code :}
   */
  public String text() {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return "SHA256:" + HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes);
  }

  @Override
  public String toString() {
    return text();
  }
}
