// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A name as certificates are compared by it: lower case, without a trailing dot, an IP address by
 * its bytes. Names of participants and subject alternative names are one space.
 *
 * @param text the form to compare
 */
public record ComparableName(String text) {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");

  /**
   * Reads a participant name, a host name or an IP address.
   *
   * @param name the name
   * @return the form to compare
   */
  public static ComparableName of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String text = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    boolean address =
        IPV4.matcher(text).matches() || (text.contains(":") && IPV6.matcher(text).matches());
    return new ComparableName(address ? address(text) : text);
  }

  /**
   * Reads a subject alternative name as this library writes it.
   *
   * @param name {@code DNS:name} or {@code IP:address}
   * @return the form to compare
   */
  public static ComparableName ofAlternativeName(String name) {
    return of(name.substring(name.indexOf(':') + 1));
  }

  private static String address(String literal) {
    try {
      // A literal is never looked up.
      return "ip:" + HexFormat.of().formatHex(InetAddress.getByName(literal).getAddress());
    } catch (UnknownHostException e) {
      return literal;
    }
  }
}
