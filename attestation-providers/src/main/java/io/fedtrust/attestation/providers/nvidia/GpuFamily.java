// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.family.EvidenceFamily;
import io.fedtrust.attestation.providers.family.KeyService;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.policy.GpuVocabulary;
import java.util.List;
import java.util.Optional;

/** NVIDIA GPUs. */
public final class GpuFamily implements EvidenceFamily {
  /** Called by {@link java.util.ServiceLoader}. */
  public GpuFamily() {}

  @Override
  public PolicyVocabulary vocabulary() {
    return new GpuVocabulary();
  }

  @Override
  public List<SupportedForm> forms() {
    return List.of(new GpuEvidenceForm(), new NrasTokenForm());
  }

  @Override
  public List<KeyService> keyServices() {
    return List.of(
        new KeyService(
            "nras",
            "NVIDIA's remote attestation service",
            NrasItems.KEYS,
            Optional.of(NrasItems.ISSUER),
            issuer -> NrasItems.NVIDIA));
  }
}
