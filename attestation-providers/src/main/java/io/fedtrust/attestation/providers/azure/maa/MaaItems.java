// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.maa;

import java.net.URI;

/** The names of collateral items of Microsoft Azure Attestation. */
public final class MaaItems {
  /** An instance's keys, as {@code ServiceKeys} writes them; the subject is {@link #subject}. */
  public static final String KEYS = "maa-keys";

  private static final String TEST = ".test.attest.azure.net";

  private MaaItems() {}

  /**
   * Returns the subject of the keys of an instance.
   *
   * @param instance its address, which is also its {@code iss}
   * @return its host
   */
  public static String subject(String instance) {
    return URI.create(instance).getHost();
  }

  /**
   * Checks the address of an instance.
   *
   * @param instance {@code https://}, a host in lower case, and nothing else but a port
   * @return the same
   * @throws IllegalArgumentException for another spelling, and for Microsoft's test clusters, which
   *     sign for everyone
   */
  public static String instance(String instance) {
    if (!instance.matches("https://[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:\\d{1,5})?")
        || instance.endsWith(TEST)) {
      throw new IllegalArgumentException(
          "instance: expected https:// and a host that is no test cluster, was " + instance);
    }
    return instance;
  }
}
