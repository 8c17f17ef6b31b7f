// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.ClaimValue.Flag;
import io.fedtrust.attestation.model.ClaimValue.Text;
import io.fedtrust.attestation.model.ClaimValue.Texts;
import io.fedtrust.attestation.model.ClaimValue.Whole;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.nvidia.format.DeviceCertificates;
import io.fedtrust.attestation.providers.nvidia.format.Firmware;
import io.fedtrust.attestation.providers.nvidia.format.GpuClaimNames;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.SampleNonces;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.pki.Certificates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the devices of a machine say, under the names that policies use. */
public final class GpuClaims {
  private final List<DeviceFacts> devices;
  private final List<DeviceFacts> gpus;

  GpuClaims(List<DeviceFacts> devices) {
    this.devices = devices;
    this.gpus = devices.stream().filter(device -> !device.isSwitch()).toList();
  }

  /**
   * Names what evidence says by itself, without verifying anything.
   *
   * @param evidence whether genuine or not
   * @return the claims
   * @throws MalformedEvidenceException if a report or a certificate cannot be read
   */
  public static Claims unverified(GpuEvidence evidence) throws MalformedEvidenceException {
    List<DeviceFacts> facts = new ArrayList<>();
    for (GpuEvidence.Device device : evidence.devices()) {
      List<byte[]> chain = device.certificates();
      SpdmReport report = SpdmReport.parse(device.report().bytes());
      facts.add(
          DeviceFacts.of(
              "device-" + facts.size(),
              device.architecture(),
              report,
              ManifestId.of(device.architecture(), report),
              DeviceCertificates.of(
                  Certificates.parse(chain.get(0)),
                  Certificates.parse(chain.get(Math.min(1, chain.size() - 1)))),
              Optional.empty()));
    }
    return new GpuClaims(facts).of(evidence.devices().get(0).nonce().bytes());
  }

  Claims of(byte[] nonce) {
    Claims.Builder claims = Claims.of(EvidenceForm.NV_EVIDENCE, measurement(), nonce).nonce(nonce);
    devices.forEach(device -> claims.signedContent(device.signed().bytes()));
    claims.put(GpuClaimNames.GPUS, new Whole(gpus.size()));
    claims.put(GpuClaimNames.SWITCHES, new Whole(devices.size() - gpus.size()));
    gpus.stream()
        .findFirst()
        .ifPresent(
            first -> {
              claims.put(GpuClaimNames.ARCHITECTURE, new Text(first.architecture().name()));
              claims.put(GpuClaimNames.DRIVER_VERSION, first.driverVersion().map(Text::new));
              claims.put(GpuClaimNames.MODE, new Text(first.mode().name()));
            });
    claims.put(GpuClaimNames.VBIOS_VERSIONS, texts(gpus, DeviceFacts::vbiosVersion));
    claims.put(
        GpuClaimNames.SWITCH_BIOS_VERSIONS,
        texts(devices.stream().filter(DeviceFacts::isSwitch).toList(), DeviceFacts::vbiosVersion));
    claims.put(
        GpuClaimNames.HARDWARE_MODELS,
        texts(devices, device -> device.certificates().hardwareModel()));
    claims.put(GpuClaimNames.UEIDS, texts(devices, device -> device.certificates().ueid()));
    claims.put(
        GpuClaimNames.DEVICE_NAMES,
        new Texts(
            devices.stream()
                .flatMap(device -> device.certificates().deviceName().stream())
                .toList()));
    claims.put(
        GpuClaimNames.MANIFESTS,
        new Texts(
            devices.stream()
                .flatMap(device -> device.manifests().stream())
                .map(ManifestId::id)
                .distinct()
                .toList()));
    claims.put(
        GpuClaimNames.NVDEC0,
        texts(
            gpus,
            gpu ->
                gpu.nvdec0().map(enabled -> enabled ? "enabled" : "disabled").orElse("unstated")));
    if (devices.stream().allMatch(device -> device.mismatches().isPresent())) {
      claims.put(
          GpuClaimNames.MISMATCHES,
          new Texts(
              devices.stream()
                  .flatMap(
                      device ->
                          device.mismatches().orElseThrow().stream()
                              .map(text -> device.label() + " " + text))
                  .toList()));
    }
    Optional<String> gap = Fabric.gap(devices);
    claims.put(GpuClaimNames.FABRIC_COMPLETE, new Flag(gap.isEmpty()));
    claims.put(GpuClaimNames.FABRIC_GAP, gap.map(Text::new));
    claims.put(GpuClaimNames.SAMPLE_NONCE, new Flag(SampleNonces.contains(nonce)));
    return claims.build();
  }

  private static Texts texts(List<DeviceFacts> devices, Function<DeviceFacts, String> what) {
    return new Texts(devices.stream().map(what).toList());
  }

  private String measurement() {
    return Firmware.digest(
        devices.stream()
            .map(
                device ->
                    Firmware.line(
                        device.certificates().ueid(),
                        device.driverVersion(),
                        device.vbiosVersion()))
            .toList());
  }
}
