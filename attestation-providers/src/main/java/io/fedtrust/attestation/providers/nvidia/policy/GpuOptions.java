// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.policy;

import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.OptionTable;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.nvidia.format.GpuClaimNames;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.GpuMode;
import java.util.Arrays;
import java.util.List;

/**
 * The options of policies for NVIDIA's devices. Each constant's key is its name in policy files;
 * the table with their meanings is in {@code docs/policy.md}.
 */
public final class GpuOptions {
  private static final OptionTable TABLE = new OptionTable();
  private static final String OPAQUE = "NVIDIA attestation SDK, opaque data";
  private static final String CERTIFICATES = "NVIDIA attestation SDK, device certificates";
  private static final String FABRIC = "NVIDIA attestation SDK, protected PCIe";

  /** {@code driverVersions}: accepted versions of the driver. */
  public static final PolicyOption DRIVER_VERSIONS =
      TABLE.add(
          PolicyOption.oneOf(
              "driverVersions",
              GpuClaimNames.DRIVER_VERSION,
              SettingType.texts(),
              "accepted versions of the driver",
              OPAQUE));

  /** {@code minimumDriverVersion}: minimum version of the driver, compared number by number. */
  public static final PolicyOption MINIMUM_DRIVER_VERSION =
      TABLE.add(
          PolicyOption.of(
              "minimumDriverVersion",
              "minimum-driver-version",
              SettingType.dottedVersion(),
              "minimum version of the driver, compared number by number",
              OPAQUE,
              GpuRules::leastDriver));

  /** {@code vbiosVersions}: accepted versions of the VBIOS, upper case. */
  public static final PolicyOption VBIOS_VERSIONS =
      TABLE.add(
          PolicyOption.eachOf(
              "vbiosVersions",
              GpuClaimNames.VBIOS_VERSIONS,
              SettingType.texts(),
              "accepted versions of the VBIOS, upper case",
              OPAQUE));

  /** {@code allowAnyVersion}: accept every version for which NVIDIA has a manifest. */
  public static final PolicyOption ALLOW_ANY_VERSION =
      TABLE.add(
          PolicyOption.of(
              "allowAnyVersion",
              "any-version",
              SettingType.flag(),
              "accept every version for which NVIDIA has a manifest",
              OPAQUE,
              GpuRules::anyVersion));

  /** {@code switchBiosVersions}: accepted versions of the BIOS of switches. */
  public static final PolicyOption SWITCH_BIOS_VERSIONS =
      TABLE.add(
          PolicyOption.eachOf(
              "switchBiosVersions",
              GpuClaimNames.SWITCH_BIOS_VERSIONS,
              SettingType.texts(),
              "accepted versions of the BIOS of switches",
              OPAQUE));

  /**
   * {@code hardwareModels}: accepted models of devices, as their boot ROM's certificate names them.
   */
  public static final PolicyOption HARDWARE_MODELS =
      TABLE.add(
          PolicyOption.eachOf(
              "hardwareModels",
              GpuClaimNames.HARDWARE_MODELS,
              SettingType.texts(),
              "accepted models of devices, as their boot ROM's certificate names them",
              CERTIFICATES));

  /** {@code ueids}: accepted devices, by the serial number of their certificate in decimal. */
  public static final PolicyOption UEIDS =
      TABLE.add(
          PolicyOption.eachOf(
              "ueids",
              GpuClaimNames.UEIDS,
              SettingType.texts(),
              "accepted devices, by the serial number of their certificate in decimal",
              CERTIFICATES));

  /** {@code gpuCount}: exact number of GPUs. */
  public static final PolicyOption GPU_COUNT =
      TABLE.add(
          PolicyOption.of(
              "gpuCount",
              GpuClaimNames.GPUS,
              SettingType.whole(GpuEvidence.MAX_DEVICES),
              "exact number of GPUs",
              "NVIDIA attestation SDK, several devices",
              GpuRules::count));

  /** {@code modes}: accepted modes in which GPUs are assigned to the machine. */
  public static final PolicyOption MODES =
      TABLE.add(
          PolicyOption.oneOf(
              "modes",
              GpuClaimNames.MODE,
              SettingType.oneOf(Arrays.stream(GpuMode.values()).map(GpuMode::name).toList()),
              "accepted modes in which GPUs are assigned to the machine",
              OPAQUE));

  /**
   * {@code requireCompleteFabric}: every switch of the board is attested if NVLink is not
   * encrypted.
   */
  public static final PolicyOption REQUIRE_COMPLETE_FABRIC =
      TABLE.add(
          PolicyOption.require(
              "requireCompleteFabric",
              GpuClaimNames.FABRIC_COMPLETE,
              "every switch of the board is attested if NVLink is not encrypted",
              FABRIC));

  /**
   * {@code allowSampleNonce}: accept evidence over a nonce from NVIDIA's samples, which anyone may
   * have stored.
   */
  public static final PolicyOption ALLOW_SAMPLE_NONCE =
      TABLE.add(
          PolicyOption.allow(
              "allowSampleNonce",
              GpuClaimNames.SAMPLE_NONCE,
              "accept evidence over a nonce from NVIDIA's samples, which anyone may have stored",
              "NVIDIA attestation SDK, samples"));

  /**
   * {@code claimsVersions}: accepted versions of the claims of NVIDIA's service; 2.0 has no
   * firmware digests and no manifest versions.
   */
  public static final PolicyOption CLAIMS_VERSIONS =
      TABLE.add(
          PolicyOption.of(
              "claimsVersions",
              GpuClaimNames.CLAIMS_VERSION,
              SettingType.oneOf(List.of("2.0", "3.0")),
              "accepted versions of the claims of NVIDIA's service; 2.0 has no firmware digests and no manifest versions",
              "NVIDIA Remote Attestation Service, claims",
              GpuRules::claimsVersion));

  /** Every option, in the order of its checks. */
  public static final List<PolicyOption> ALL = TABLE.all();

  /** Every kind of value that can be denied. */
  public static final List<DenyOption> DENIALS =
      List.of(
          DenyOption.of(
              "ueids",
              GpuClaimNames.UEIDS,
              SettingType.matching("[1-9][0-9]{0,63}", "decimal numbers"),
              "devices that are never accepted, by the serial number of their certificate in decimal",
              CERTIFICATES));

  private GpuOptions() {}
}
