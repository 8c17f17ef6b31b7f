// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.util.regex.Pattern;

/**
 * The rules for names, matched on the whole string. They are those NVFlare applies, and stricter
 * where a name it accepts gives a certificate or kit that does not work ({@code
 * docs/differences.md}).
 */
public enum NameRule {
  /** A project: becomes the root CA's common name and a folder name. */
  PROJECT("[A-Za-z0-9][A-Za-z0-9._-]*", 63, "1 to 63 of [A-Za-z0-9._-], first a letter or digit"),
  /** Any participant: becomes a common name and a file name. */
  PARTICIPANT(
      "[A-Za-z0-9][A-Za-z0-9._@-]*", 64, "1 to 64 of [A-Za-z0-9._@-], first a letter or digit"),
  /** A client site. */
  CLIENT("[A-Za-z0-9][A-Za-z0-9_-]*", 64, "a site name: 1 to 64 of [A-Za-z0-9_-]"),
  /** A server: a host name that fits a common name. */
  SERVER(Patterns.HOST, 64, "a host name of at most 64 characters"),
  /** An administrator. */
  ADMIN("[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}", 64, "an e-mail address"),
  /** An organization. */
  ORG("[A-Za-z0-9_]+", 64, "1 to 64 of [A-Za-z0-9_]"),
  /** A host: DNS name or IPv4 address. */
  HOST(Patterns.HOST, 253, "a host name or IPv4 address"),
  /** The full name of a cell of NVFlare's network. */
  CELL(
      Patterns.CELL + "(?:\\." + Patterns.CELL + ")*",
      255,
      "a cell's full name: parts of [A-Za-z0-9_-], joined by dots, at most 255 characters"),
  /** A request id: UUID as 32 hex digits, or with dashes. */
  REQUEST_ID(
      "[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
      36, "a UUID as 32 hex digits or with dashes"),
  /** A deploy version. */
  DEPLOY_VERSION("[0-9]{2}", 2, "exactly two digits as text, for example \"00\"");

  private final Pattern pattern;
  private final int maxLength;
  private final String expectation;

  NameRule(String regex, int maxLength, String expectation) {
    this.pattern = Pattern.compile(regex);
    this.maxLength = maxLength;
    this.expectation = expectation;
  }

  /**
   * Tells whether a name obeys this rule.
   *
   * @param name the name, untrimmed
   * @return true if it does
   */
  public boolean accepts(String name) {
    return name.length() <= maxLength && pattern.matcher(name).matches();
  }

  /** {@return the rule in words, for messages} */
  public String expectation() {
    return expectation;
  }

  /**
   * Tells whether NVFlare's runtime would read a value of its command line as text. It tries
   * integer, then float, then boolean, and exits at start-up when a site name or organization is
   * one of those.
   *
   * @param value a client name, or the organization of a client or server
   * @return false for values such as {@code 123}, {@code 1e5}, {@code nan}, {@code yes}
   */
  public static boolean bootsAsText(String value) {
    return !Patterns.COERCED.matcher(value).matches();
  }

  private static final class Patterns {
    static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    static final String HOST = "(?:" + LABEL + "\\.)*" + LABEL;
    static final String CELL = "[A-Za-z0-9_-]+";
    static final String DIGITS = "\\d(?:_?\\d)*";
    static final Pattern COERCED =
        Pattern.compile(
            DIGITS + "(?:e[+-]?" + DIGITS + ")?|nan|inf|infinity|yes|true|t|y|no|false|f|n",
            Pattern.CASE_INSENSITIVE);
  }
}
