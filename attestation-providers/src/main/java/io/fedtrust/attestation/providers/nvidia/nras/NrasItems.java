// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

/** The names of collateral items of NVIDIA's remote attestation service. */
public final class NrasItems {
  /** The service's keys, as {@code ServiceKeys} writes them; the subject is free. */
  public static final String KEYS = "nras-keys";

  /** Subject of the keys of NVIDIA's own service. */
  public static final String NVIDIA = "nvidia";

  /** The name of NVIDIA's own service in {@code iss}. */
  public static final String ISSUER = "https://nras.attestation.nvidia.com";

  private NrasItems() {}
}
