// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.policy;

import io.fedtrust.attestation.policy.AppraisalRules;

/**
 * Starts rules for TDX evidence in a program; options are set with the constants of {@link
 * TdxOptions}.
 */
public final class TdxPolicy {
  private static final TdxVocabulary VOCABULARY = new TdxVocabulary();

  private TdxPolicy() {}

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
   * @param name one of {@link TdxVocabulary#profiles}
   * @return a builder
   * @throws IllegalArgumentException for an unknown name
   */
  public static AppraisalRules.Builder profile(String name) {
    return strict().profile(name);
  }
}
