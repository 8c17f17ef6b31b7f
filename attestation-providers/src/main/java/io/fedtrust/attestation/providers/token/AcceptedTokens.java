// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.token;

import java.util.Set;

/**
 * The tokens that a verifier accepts.
 *
 * @param issuers as tokens have them in {@code iss}, exactly
 * @param algorithms as headers have them in {@code alg}
 * @param pins SHA-256 of SubjectPublicKeyInfo, of keys or of certificates above them; an empty set
 *     accepts any key
 */
public record AcceptedTokens(Set<String> issuers, Set<String> algorithms, Set<String> pins) {
  /** Copies the sets. */
  public AcceptedTokens {
    issuers = Set.copyOf(issuers);
    algorithms = Set.copyOf(algorithms);
    pins = Set.copyOf(pins);
  }
}
