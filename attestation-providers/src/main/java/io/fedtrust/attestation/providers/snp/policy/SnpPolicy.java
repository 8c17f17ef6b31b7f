// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.policy;

import io.fedtrust.attestation.policy.AppraisalRules;

/**
 * Starts rules for SEV-SNP evidence in a program; options are set with the constants of {@link
 * SnpOptions}.
 */
public final class SnpPolicy {
  private static final SnpVocabulary VOCABULARY = new SnpVocabulary();

  private SnpPolicy() {}

  /**
   * Starts rules from the strictest profile.
   *
   * @return a builder; without a measurement its rules reject everything
   */
  public static AppraisalRules.Builder strict() {
    return AppraisalRules.of(VOCABULARY);
  }

  /**
   * Starts rules from a named profile.
   *
   * @param name one of {@link SnpVocabulary#profiles}
   * @return a builder
   * @throws IllegalArgumentException for an unknown name
   */
  public static AppraisalRules.Builder profile(String name) {
    return strict().profile(name);
  }
}
