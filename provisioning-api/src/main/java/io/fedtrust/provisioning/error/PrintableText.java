// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.error;

import java.util.Locale;

/**
 * Text from others, as terminals and log files may show it. Control characters could move the
 * cursor or forge a line, bidirectional controls could reorder a line, and invisible characters
 * could make two names look equal; none of them is ever printed raw.
 */
public final class PrintableText {
  private PrintableText() {}

  /**
   * Tells whether a code point is visible, on its own and in its place.
   *
   * @param codePoint a Unicode code point, or an unpaired surrogate
   * @return false for controls, line and paragraph separators, format characters (bidirectional
   *     controls and tag characters among them), spaces other than U+0020, variation selectors and
   *     fillers, surrogates, private-use and unassigned code points
   */
  public static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> !isInvisible(codePoint);
    };
  }

  /**
   * Replaces every code point that is not printable by {@code \}{@code u{XXXX}}, in upper-case hex
   * of at least four digits.
   *
   * @param text any text
   * @return text on one line; {@code text} itself if nothing was replaced
   */
  public static String escape(String text) {
    if (text.codePoints().allMatch(PrintableText::isPrintable)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 32);
    text.codePoints()
        .forEach(
            point -> {
              if (isPrintable(point)) {
                escaped.appendCodePoint(point);
              } else {
                escaped.append(String.format(Locale.ROOT, "\\u{%04X}", point));
              }
            });
    return escaped.toString();
  }

  /**
   * Replaces every code point that is not printable by the escape sequences of JSON (RFC 8259
   * section 7), which mean the same text. A line feed stays: outside of strings it is layout, and
   * inside it cannot stand.
   *
   * @param json a JSON text
   * @return the same JSON value
   */
  public static String escapeJson(String json) {
    if (json.codePoints().allMatch(PrintableText::mayStandInJson)) {
      return json;
    }
    StringBuilder escaped = new StringBuilder(json.length() + 32);
    json.codePoints()
        .forEach(
            point -> {
              if (mayStandInJson(point)) {
                escaped.appendCodePoint(point);
              } else {
                for (char unit : Character.toChars(point)) {
                  escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
              }
            });
    return escaped.toString();
  }

  private static boolean mayStandInJson(int codePoint) {
    return codePoint == '\n' || isPrintable(codePoint);
  }

  /**
   * Letters and marks that show nothing (Unicode property Default_Ignorable_Code_Point), as far as
   * their category does not say so.
   */
  private static boolean isInvisible(int codePoint) {
    return codePoint == 0x034F // combining grapheme joiner
        || codePoint == 0x115F // Hangul fillers
        || codePoint == 0x1160
        || codePoint == 0x17B4 // Khmer inherent vowels
        || codePoint == 0x17B5
        || (codePoint >= 0x180B && codePoint <= 0x180F) // Mongolian variation selectors
        || codePoint == 0x2800 // blank Braille pattern
        || codePoint == 0x3164
        || codePoint == 0xFFA0
        || (codePoint >= 0xFE00 && codePoint <= 0xFE0F) // variation selectors
        || (codePoint >= 0xE0100 && codePoint <= 0xE01EF);
  }
}
