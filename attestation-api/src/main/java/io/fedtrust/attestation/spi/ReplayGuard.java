// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

/**
 * Remembers tokens of peers that choose their nonce themselves, as NVFlare's do. In the strong
 * protocol nothing depends on it: there every challenge is this site's own. A host may keep it in a
 * place that outlives the process.
 */
@FunctionalInterface
public interface ReplayGuard {
  /**
   * Takes note of a token.
   *
   * @param site who presented it
   * @param tokenDigest SHA-256 of the token, hex
   * @return true if nobody presented it before
   */
  boolean first(String site, String tokenDigest);
}
