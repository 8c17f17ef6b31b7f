// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The spellings in which people send a SHA-256 digest. */
final class Sha256Text {
  private static final int MAX_TEXT = 200;
  private static final Pattern INPUT =
      Pattern.compile(
          "(?:sha256 fingerprint\\s*=\\s*)?(?:sha256[:=])?\\s*"
              + "([0-9a-f]{64}|[0-9a-f]{2}(?::[0-9a-f]{2}){31})");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private Sha256Text() {}

  static boolean isHex(String text) {
    return HEX.matcher(text).matches();
  }

  /** Returns 64 lower-case hex digits, or empty if the text is no digest. */
  static Optional<String> parse(String text) {
    Matcher matcher =
        INPUT.matcher(text.length() > MAX_TEXT ? "" : text.strip().toLowerCase(Locale.ROOT));
    return matcher.matches() ? Optional.of(matcher.group(1).replace(":", "")) : Optional.empty();
  }

  /** Returns {@code SHA256:} and 32 upper-case pairs joined by {@code :}. */
  static String text(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return "SHA256:" + HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes);
  }
}
