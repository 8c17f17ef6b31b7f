// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/** Text from outside on one line of visible characters, for verdicts, messages and logs. */
public final class PrintableText {
  private PrintableText() {}

  /**
   * Shortens text and escapes what cannot be seen: control characters, format characters, line and
   * paragraph separators and unpaired surrogates.
   *
   * @param text any text
   * @param maxCharacters most code points of it that are shown
   * @return one line; a character that cannot be seen as <code>&#92;u{hex}</code>, a rest that is
   *     left out as {@code ...}
   */
  public static String of(String text, int maxCharacters) {
    return text.length() <= maxCharacters && isPlain(text) ? text : escaped(text, maxCharacters);
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static String escaped(String text, int maxCharacters) {
    StringBuilder shown = new StringBuilder();
    int at = 0;
    for (int count = 0; at < text.length() && count < maxCharacters; count++) {
      int point = text.codePointAt(at);
      if (isUnseen(point)) {
        shown.append("\\u{").append(Integer.toHexString(point)).append('}');
      } else {
        shown.appendCodePoint(point);
      }
      at += Character.charCount(point);
    }
    return at < text.length() ? shown.append("...").toString() : shown.toString();
  }

  private static boolean isUnseen(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
