// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.providers.nvidia.format.GpuMode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rule of protected PCIe: NVLink between the GPUs is not encrypted, so every switch of the
 * board must be attested, and GPUs and switches must name each other
 * (docs/attestation-gpu.md#what-is-checked-and-where-it-comes-from).
 */
final class Fabric {
  private static final int GPUS = 8;
  private static final int SWITCHES = 4;

  private Fabric() {}

  /**
   * Looks for what is missing in the fabric.
   *
   * @return a sentence; empty where nothing is, or no fabric is to be protected
   */
  static Optional<String> gap(List<DeviceFacts> devices) {
    List<DeviceFacts> gpus = devices.stream().filter(device -> !device.isSwitch()).toList();
    List<DeviceFacts> switches = devices.stream().filter(DeviceFacts::isSwitch).toList();
    boolean isProtected = gpus.stream().anyMatch(gpu -> gpu.mode() == GpuMode.PPCIE);
    if (!isProtected && switches.isEmpty()) {
      return Optional.empty();
    }
    if (gpus.size() != GPUS || switches.size() != SWITCHES) {
      return Optional.of(gpus.size() + " GPUs and " + switches.size() + " switches, not 8 and 4");
    }
    Set<String> named = gpus.get(0).switchPdis();
    if (named.size() != SWITCHES
        || gpus.stream().anyMatch(gpu -> !gpu.switchPdis().equals(named))) {
      return Optional.of("GPUs that do not name the same four switches");
    }
    Set<String> own = new HashSet<>();
    for (DeviceFacts one : switches) {
      if (one.switchPdis().size() != 1 || !own.addAll(one.switchPdis())) {
        return Optional.of("switches that are not four different ones");
      }
    }
    if (!own.equals(named)) {
      return Optional.of("other switches than the GPUs name");
    }
    Set<String> linked = switches.get(0).gpuPdis();
    return linked.size() == GPUS && switches.stream().allMatch(one -> one.gpuPdis().equals(linked))
        ? Optional.empty()
        : Optional.of("switches that do not name the same eight GPUs");
  }
}
