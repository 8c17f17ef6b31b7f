// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.ita;

/** The names of collateral items of Intel Trust Authority. */
public final class ItaItems {
  /** The service's keys, as {@code ServiceKeys} writes them; the subject is free. */
  public static final String KEYS = "ita-keys";

  /** Subject of the keys of Intel's own service. */
  public static final String INTEL = "intel";

  /** The name of Intel's own service in {@code iss}. */
  public static final String ISSUER = "Intel Trust Authority";

  private ItaItems() {}
}
