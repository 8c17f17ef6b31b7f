// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.policy;

import io.fedtrust.attestation.policy.AppraisalRules;

/**
 * Starts rules for evidence of NVIDIA's devices in a program; options are set with the constants of
 * {@link GpuOptions}.
 */
public final class GpuPolicy {
  private static final GpuVocabulary VOCABULARY = new GpuVocabulary();

  private GpuPolicy() {}

  /**
   * Starts rules from the strictest profile.
   *
   * @return a builder; without versions of driver and VBIOS its rules reject everything
   */
  public static AppraisalRules.Builder strict() {
    return AppraisalRules.of(VOCABULARY);
  }

  /**
   * Starts rules from a named profile.
   *
   * @param name one of {@link GpuVocabulary#profiles}
   * @return a builder
   * @throws IllegalArgumentException for an unknown name
   */
  public static AppraisalRules.Builder profile(String name) {
    return strict().profile(name);
  }
}
