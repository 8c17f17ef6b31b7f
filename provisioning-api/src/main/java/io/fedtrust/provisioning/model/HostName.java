// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A DNS name or IPv4 address by which others may reach a server. Only spellings that every resolver
 * reads the same way are accepted, and only addresses of one host.
 *
 * @param text the name as written
 */
public record HostName(String text) {
  private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-f:.]{2,45}");
  private static final Set<String> LOOPBACK_NAMES =
      Set.of(
          "localhost",
          "localhost.localdomain",
          "localhost4",
          "localhost4.localdomain4",
          "localhost6",
          "localhost6.localdomain6",
          "ip6-localhost",
          "ip6-loopback");

  /**
   * Checks spelling and address.
   *
   * @param text the name
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS} if it is
   *     no host name, is a number or an unusual spelling of an IPv4 address, or is an unspecified,
   *     link-local, multicast, reserved or broadcast address
   */
  public HostName {
    require("host name", text);
  }

  /**
   * Reads a host name of a document.
   *
   * @param field where the text is from, for the message
   * @param text the name
   * @return the name
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}, as the
   *     constructor
   */
  public static HostName of(String field, String text) {
    require(field, text);
    return new HostName(text);
  }

  /**
   * Refuses a text that is no host name.
   *
   * @param field where the text is from, for the message
   * @param text the name
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS}, as the
   *     constructor
   */
  public static void require(String field, String text) {
    if (!NameRule.HOST.accepts(text)) {
      throw refused(field, text, NameRule.HOST.expectation());
    }
    if (endsInNumber(text) && ipv4(text).isEmpty()) {
      throw refused(field, text, "an IPv4 address as four decimal numbers without leading zeros");
    }
    if (address(text).filter(HostName::isOfNoOneHost).isPresent()) {
      throw refused(
          field,
          text,
          "an address of one host: not unspecified, link-local, multicast, reserved or broadcast");
    }
  }

  /**
   * Returns the form in which host names are compared: lower case, without a trailing dot, and IP
   * addresses by their bytes, so that every spelling of one IPv6 address gives the same text. No
   * name is looked up.
   *
   * @param name any name, not necessarily a valid one
   * @return its canonical form
   */
  public static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String plain = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    return address(plain).map(InetAddress::getHostAddress).orElse(plain);
  }

  /**
   * {@return the form in which this name is compared with others: {@link #canonical(String)} of the
   * text}
   */
  public String canonical() {
    return canonical(text);
  }

  /**
   * Tells whether every machine calls itself so.
   *
   * @return true for {@code localhost} and its variants, names below {@code localhost}, and
   *     loopback addresses
   */
  public boolean isLoopback() {
    return isLoopback(text);
  }

  /**
   * Tells whether every machine calls itself so.
   *
   * @param name any name, not necessarily a valid one
   * @return as {@link #isLoopback()}
   */
  public static boolean isLoopback(String name) {
    String canonical = canonical(name);
    return LOOPBACK_NAMES.contains(canonical)
        || canonical.endsWith(".localhost")
        || address(canonical).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  private static RuntimeException refused(String field, String text, String expectation) {
    return refuse(ErrorCode.INVALID_ARGS, field).expected(expectation).actual(text).build();
  }

  @Override
  public String toString() {
    return text;
  }

  private static boolean isOfNoOneHost(InetAddress address) {
    int first = Byte.toUnsignedInt(address.getAddress()[0]);
    boolean ipv4 = address.getAddress().length == 4;
    return address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || (ipv4 && (first == 0 || first >= 224));
  }

  /** Resolvers take such a name for an address, in whatever way it is spelled (WHATWG URL 3.5). */
  private static boolean endsInNumber(String host) {
    String last = host.substring(host.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return last.chars().allMatch(c -> c >= '0' && c <= '9')
        || (last.startsWith("0x")
            && last.chars().skip(2).allMatch(c -> Character.digit(c, 16) >= 0));
  }

  private static Optional<InetAddress> address(String text) {
    return ipv4(text).or(() -> ipv6(text));
  }

  private static Optional<InetAddress> ipv4(String text) {
    String[] parts = text.split("\\.", 5);
    if (parts.length != 4) {
      return Optional.empty();
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      boolean decimal =
          !parts[i].isEmpty()
              && parts[i].length() <= 3
              && parts[i].chars().allMatch(c -> c >= '0' && c <= '9')
              && (parts[i].length() == 1 || parts[i].charAt(0) != '0');
      if (!decimal || Integer.parseInt(parts[i]) > 255) {
        return Optional.empty();
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    try {
      return Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** A text of these characters with a colon is read as a literal and never looked up. */
  private static Optional<InetAddress> ipv6(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.indexOf(':') < 0
        || lower.charAt(0) == '.'
        || !IPV6_CHARACTERS.matcher(lower).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(lower));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
