// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Names of sites as a policy may write them: exactly as certificates do. A name that looks like a
 * pattern or differs from another in case alone would be applied to other sites than its author
 * means.
 */
final class SiteNames {
  private static final Pattern PATTERN_CHARACTERS = Pattern.compile("[*?\\[\\]{}()|^$+\\\\]");

  private SiteNames() {}

  /** Returns the name, or refuses it. */
  static String exact(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("The name of a site is missing.");
    }
    if (PATTERN_CHARACTERS.matcher(name).find()) {
      throw new IllegalArgumentException(
          "'"
              + printable(name)
              + "' looks like a pattern. Write the exact name of one site, or \"*\" for every site"
              + " that is not named.");
    }
    if (isPadding(name.codePointAt(0))
        || isPadding(name.codePointBefore(name.length()))
        || name.codePoints().anyMatch(SiteNames::isInvisible)) {
      throw new IllegalArgumentException(
          "'"
              + printable(name)
              + "' begins or ends with a blank, or contains an invisible character. Write the name"
              + " as in the site's certificate.");
    }
    return name;
  }

  /** Refuses two names that are equal except for upper and lower case. */
  static void requireDistinct(Collection<String> names) {
    Map<String, String> seen = new TreeMap<>();
    for (String name : names) {
      String other = seen.put(folded(name), name);
      if (other != null && !other.equals(name)) {
        throw new IllegalArgumentException(
            "'"
                + other
                + "' and '"
                + name
                + "' differ in upper and lower case alone. Write one name, as in the site's"
                + " certificate.");
      }
    }
  }

  /** Returns the name in one case, to compare with others. */
  static String folded(String name) {
    return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static boolean isPadding(int point) {
    return Character.isWhitespace(point) || Character.isSpaceChar(point);
  }

  private static boolean isInvisible(int point) {
    return Character.isISOControl(point) || Character.getType(point) == Character.FORMAT;
  }

  private static String printable(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .limit(100)
        .forEach(
            point -> {
              if (isInvisible(point)) {
                text.append("\\u{").append(Integer.toHexString(point)).append('}');
              } else {
                text.appendCodePoint(point);
              }
            });
    return text.toString();
  }
}
