// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.policy;

import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.GpuMode;
import java.util.Arrays;
import java.util.List;

/**
 * The options of policies for NVIDIA's devices. Each constant's key is its name in policy files;
 * the table with their meanings is in {@code docs/policy.md}.
 */
public final class GpuOptions {
  private static final String OPAQUE = "NVIDIA attestation SDK, opaque data";
  private static final String CERTIFICATES = "NVIDIA device certificates";
  private static final String FABRIC = "NVIDIA attestation SDK, protected PCIe";

  /** {@code driverVersions}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption DRIVER_VERSIONS =
      PolicyOption.oneOf(
          "driverVersions",
          "driver-version",
          SettingType.texts(),
          "accepted versions of the driver",
          OPAQUE);

  /** {@code minimumDriverVersion}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_DRIVER_VERSION =
      PolicyOption.of(
          "minimumDriverVersion",
          "minimum-driver-version",
          SettingType.dottedVersion(),
          "minimum version of the driver, compared number by number",
          OPAQUE,
          GpuRules::leastDriver);

  /** {@code vbiosVersions}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption VBIOS_VERSIONS =
      PolicyOption.eachOf(
          "vbiosVersions",
          "vbios-versions",
          SettingType.texts(),
          "accepted versions of the VBIOS, upper case",
          OPAQUE);

  /** {@code allowAnyVersion}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_ANY_VERSION =
      PolicyOption.of(
          "allowAnyVersion",
          "any-version",
          SettingType.flag(),
          "accept every version for which NVIDIA has a manifest",
          OPAQUE,
          GpuRules::anyVersion);

  /** {@code switchBiosVersions}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption SWITCH_BIOS_VERSIONS =
      PolicyOption.eachOf(
          "switchBiosVersions",
          "switch-bios-versions",
          SettingType.texts(),
          "accepted versions of the BIOS of switches",
          OPAQUE);

  /** {@code hardwareModels}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption HARDWARE_MODELS =
      PolicyOption.eachOf(
          "hardwareModels",
          "hardware-models",
          SettingType.texts(),
          "accepted models of devices, as their boot ROM's certificate names them",
          CERTIFICATES);

  /** {@code ueids}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption UEIDS =
      PolicyOption.eachOf(
          "ueids",
          "ueids",
          SettingType.texts(),
          "accepted devices, by the serial number of their certificate in decimal",
          CERTIFICATES);

  /** {@code gpuCount}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption GPU_COUNT =
      PolicyOption.of(
          "gpuCount",
          "gpus",
          SettingType.whole(GpuEvidence.MAX_DEVICES),
          "exact number of GPUs",
          "NVIDIA attestation SDK, several devices",
          GpuRules::count);

  /** {@code modes}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MODES =
      PolicyOption.oneOf(
          "modes",
          "mode",
          SettingType.oneOf(Arrays.stream(GpuMode.values()).map(GpuMode::name).toList()),
          "accepted modes in which GPUs are assigned to the machine",
          OPAQUE);

  /** {@code requireCompleteFabric}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_COMPLETE_FABRIC =
      PolicyOption.require(
          "requireCompleteFabric",
          "fabric-complete",
          "every switch of the board is attested if NVLink is not encrypted",
          FABRIC);

  /** {@code allowSampleNonce}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_SAMPLE_NONCE =
      PolicyOption.allow(
          "allowSampleNonce",
          "sample-nonce",
          "accept evidence over a nonce from NVIDIA's samples, which anyone may have stored",
          "NVIDIA attestation SDK, samples");

  /** {@code claimsVersions}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption CLAIMS_VERSIONS =
      PolicyOption.of(
          "claimsVersions",
          "claims-version",
          SettingType.oneOf(List.of("2.0", "3.0")),
          "accepted versions of the claims of NVIDIA's service; 2.0 has no firmware digests and no manifest versions",
          "NVIDIA Remote Attestation Service, claims",
          GpuRules::claimsVersion);

  /** Every option, in the order of its checks. */
  public static final List<PolicyOption> ALL =
      List.of(
          DRIVER_VERSIONS,
          MINIMUM_DRIVER_VERSION,
          VBIOS_VERSIONS,
          ALLOW_ANY_VERSION,
          SWITCH_BIOS_VERSIONS,
          HARDWARE_MODELS,
          UEIDS,
          GPU_COUNT,
          MODES,
          REQUIRE_COMPLETE_FABRIC,
          ALLOW_SAMPLE_NONCE,
          CLAIMS_VERSIONS);

  /** Every kind of value that can be denied. */
  public static final List<DenyOption> DENIALS =
      List.of(
          DenyOption.of(
              "ueids",
              "ueids",
              SettingType.matching("[1-9][0-9]{0,63}", "decimal numbers"),
              "devices that are never accepted, by the serial number of their certificate in decimal",
              CERTIFICATES));

  private GpuOptions() {}
}
