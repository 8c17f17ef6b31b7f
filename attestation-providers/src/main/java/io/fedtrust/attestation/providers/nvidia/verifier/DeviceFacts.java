// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.DeviceCertificates;
import io.fedtrust.attestation.providers.nvidia.format.GpuMode;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.OpaqueField;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The facts that a device reports.
 *
 * @param label its place among the devices of the machine
 * @param signed what its key signed
 * @param architecture what it is
 * @param certificates what its certificates say
 * @param driverVersion of a GPU
 * @param vbiosVersion of a switch its BIOS
 * @param manifests what describes its firmware
 * @param mode how a GPU is given to the machine
 * @param nvdec0 whether that engine is enabled, if the report says
 * @param switchPdis switches of a GPU, a switch's own
 * @param gpuPdis GPUs of a switch
 * @param mismatches measurements that no manifest knows and the verifier leaves out, if they were
 *     compared
 */
record DeviceFacts(
    String label,
    Bytes signed,
    Architecture architecture,
    DeviceCertificates certificates,
    Optional<String> driverVersion,
    String vbiosVersion,
    List<ManifestId> manifests,
    GpuMode mode,
    Optional<Boolean> nvdec0,
    Set<String> switchPdis,
    Set<String> gpuPdis,
    Optional<List<String>> mismatches) {

  static DeviceFacts of(
      String label,
      Architecture architecture,
      SpdmReport report,
      List<ManifestId> manifests,
      DeviceCertificates certificates,
      Optional<List<String>> mismatches)
      throws MalformedEvidenceException {
    return new DeviceFacts(
        label,
        Bytes.of(report.signed()),
        architecture,
        certificates,
        report.text(OpaqueField.DRIVER_VERSION),
        report.vbiosVersion(architecture),
        manifests,
        report.mode(),
        report.nvdec0(),
        report.switchPdis(),
        report.gpuPdis(),
        mismatches);
  }

  boolean isSwitch() {
    return architecture.isSwitch();
  }
}
