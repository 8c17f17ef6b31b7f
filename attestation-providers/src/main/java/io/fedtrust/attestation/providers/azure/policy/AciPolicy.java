// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.policy.AppraisalRules;

/**
 * Starts rules for evidence of Azure's confidential container groups in a program; options are set
 * with the constants of {@link AciOptions} and of SEV-SNP.
 */
public final class AciPolicy {
  private static final AciVocabulary VOCABULARY = new AciVocabulary();

  private AciPolicy() {}

  /**
   * Starts rules from the strictest profile.
   *
   * @return a builder; without container policies its rules reject everything
   */
  public static AppraisalRules.Builder strict() {
    return AppraisalRules.of(VOCABULARY);
  }

  /**
   * Starts rules from a named profile.
   *
   * @param name one of {@link AciVocabulary#profiles}
   * @return a builder
   * @throws IllegalArgumentException for an unknown name
   */
  public static AppraisalRules.Builder profile(String name) {
    return strict().profile(name);
  }
}
