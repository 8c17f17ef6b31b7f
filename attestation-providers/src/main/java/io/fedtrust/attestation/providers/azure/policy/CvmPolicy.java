// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.policy.AppraisalRules;

/**
 * Starts rules for evidence of Azure's confidential VMs in a program; options are set with the
 * constants of {@link CvmOptions} and of SEV-SNP and TDX.
 */
public final class CvmPolicy {
  private static final CvmVocabulary VOCABULARY = new CvmVocabulary();

  private CvmPolicy() {}

  /**
   * Starts rules from the strictest profile.
   *
   * @return a builder; without measurements its rules reject everything
   */
  public static AppraisalRules.Builder strict() {
    return AppraisalRules.of(VOCABULARY);
  }

  /**
   * Starts rules from a named profile.
   *
   * @param name one of {@link CvmVocabulary#profiles}
   * @return a builder
   * @throws IllegalArgumentException for an unknown name
   */
  public static AppraisalRules.Builder profile(String name) {
    return strict().profile(name);
  }
}
