// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

/**
 * A name as certificates are compared by it: lower case, without a trailing dot, an IP address by
 * its bytes. Names of participants and subject alternative names are one space.
 *
 * @param text the form to compare
 */
public record ComparableName(String text) {
  /**
   * Reads a participant name, a host name or an IP address.
   *
   * @param name the name
   * @return the form to compare
   */
  public static ComparableName of(String name) {
    return new ComparableName(HostName.canonical(name));
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
}
