// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

/** What collateral items of NVIDIA's remote attestation service are called. */
public final class NrasItems {
  /** The service's keys, as {@code ServiceKeys} writes them; the subject is free. */
  public static final String KEYS = "nras-keys";

  /** Subject of the keys of NVIDIA's own service. */
  public static final String NVIDIA = "nvidia";

  /** What NVIDIA's own service calls itself in {@code iss}. */
  public static final String ISSUER = "https://nras.attestation.nvidia.com";

  private NrasItems() {}
}
