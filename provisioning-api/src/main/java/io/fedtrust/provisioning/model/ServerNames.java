// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names that a server's certificate has, each once.
 *
 * @param names {@code server.host} first, then the others in the server's order
 * @param warnings what the server's own list has that deserves a look, as sentences
 */
public record ServerNames(List<HostName> names, List<String> warnings) {
  /** How many further names a server may list. */
  public static final int MAX_FURTHER_NAMES = 64;

  /**
   * Copies the lists.
   *
   * @param names {@code server.host} first
   * @param warnings as sentences
   */
  public ServerNames {
    names = List.copyOf(names);
    warnings = List.copyOf(warnings);
  }

  /**
   * Checks the names of a server.
   *
   * @param host {@code server.host}: the server's name
   * @param furtherNames {@code host_names}, as the server lists them
   * @return the names without duplicates, and a warning for each duplicate and each loopback name
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS} if there
   *     are more than {@value #MAX_FURTHER_NAMES} further names, if one of them is refused by
   *     {@link HostName}, or if one is a loopback name and {@code host} is not
   */
  public static ServerNames of(String host, List<String> furtherNames) {
    requireFew("host_names", furtherNames.size());
    HostName first = HostName.of("server.host", host);
    List<HostName> names = new ArrayList<>(List.of(first));
    List<String> warnings = new ArrayList<>();
    Set<String> seen = new HashSet<>(Set.of(first.canonical()));
    for (String text : furtherNames) {
      HostName name = HostName.of("host_names", text);
      if (!seen.add(name.canonical())) {
        warnings.add("host name " + text + " is listed twice and added once");
        continue;
      }
      if (name.isLoopback()) {
        requireLoopback(first, name);
        warnings.add(
            "host name "
                + text
                + " is a loopback name: the certificate serves for any server on its own machine");
      }
      names.add(name);
    }
    return new ServerNames(names, warnings);
  }

  /**
   * Refuses more further names than a certificate should have.
   *
   * @param field where the names are from, for the message
   * @param count how many there are
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code INVALID_ARGS} if there
   *     are more than {@value #MAX_FURTHER_NAMES}
   */
  public static void requireFew(String field, int count) {
    if (count > MAX_FURTHER_NAMES) {
      throw refuse(ErrorCode.INVALID_ARGS, field)
          .expected("at most " + MAX_FURTHER_NAMES + " names")
          .actual(count)
          .build();
    }
  }

  private static void requireLoopback(HostName host, HostName name) {
    if (!host.isLoopback()) {
      throw refuse(ErrorCode.INVALID_ARGS, "host_names")
          .expected("names of this server, whose server.host is " + host.text())
          .actual(name.text() + ", a loopback name")
          .hint("Remove the loopback name, or use it as server.host on a single machine.")
          .build();
    }
  }
}
