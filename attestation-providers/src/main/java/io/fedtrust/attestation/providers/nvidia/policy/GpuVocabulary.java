// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.policy;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words of policies for NVIDIA's devices. What firmware measures, NVIDIA's manifests say. */
public final class GpuVocabulary implements PolicyVocabulary {
  /** Creates the vocabulary, which holds no state. */
  public GpuVocabulary() {}

  @Override
  public Namespace namespace() {
    return Namespace.NVIDIA_GPU;
  }

  @Override
  public EvidenceForm defaultForm() {
    return EvidenceForm.NV_EVIDENCE;
  }

  @Override
  public int measurementBytes() {
    return 0;
  }

  @Override
  public Optional<String> missingReferences(EvidenceForm form, Map<String, Setting> settings) {
    if (settings.get(GpuOptions.ALLOW_ANY_VERSION.key()) instanceof Setting.Flag any
        && any.value()) {
      return Optional.empty();
    }
    String missing =
        Stream.of(
                List.of(GpuOptions.DRIVER_VERSIONS, GpuOptions.MINIMUM_DRIVER_VERSION),
                List.of(GpuOptions.VBIOS_VERSIONS))
            .map(options -> options.stream().map(PolicyOption::key).toList())
            .filter(keys -> keys.stream().noneMatch(settings::containsKey))
            .map(keys -> String.join(" or ", keys))
            .collect(Collectors.joining(" and "));
    return Optional.of(missing).filter(text -> !text.isEmpty());
  }

  @Override
  public List<PolicyOption> options() {
    return GpuOptions.ALL;
  }

  @Override
  public List<PolicyOption> identities() {
    return List.of(
        GpuOptions.DRIVER_VERSIONS,
        GpuOptions.VBIOS_VERSIONS,
        GpuOptions.SWITCH_BIOS_VERSIONS,
        GpuOptions.HARDWARE_MODELS,
        GpuOptions.GPU_COUNT);
  }

  @Override
  public List<DenyOption> denials() {
    return GpuOptions.DENIALS;
  }

  @Override
  public List<Profile> profiles() {
    return List.of(
        new Profile(
            STRICT,
            "named versions of driver and VBIOS, every switch attested if NVLink is not encrypted",
            Map.of(
                "allowAnyVersion", false,
                "claimsVersions", "3.0",
                "requireCompleteFabric", true,
                "allowSampleNonce", false)),
        new Profile(
            "nvtrust",
            "like NVIDIA's own example policies: every version for which NVIDIA has a manifest",
            Map.of("allowAnyVersion", true)));
  }
}
