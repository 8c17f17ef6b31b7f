// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The manifest that a device names in its signed report, and what that manifest must state
 * (docs/attestation-gpu.md#what-is-checked-and-where-it-comes-from).
 *
 * @param id under which NVIDIA publishes it
 * @param source what it describes
 * @param edition GPU or switch
 * @param product chip it must be for
 * @param version it must be of, compared without regard to case
 */
public record ManifestId(String id, Source source, String edition, String product, String version) {
  /** Product and SKU of the board and chip of every switch; its reports do not say. */
  private static final String SWITCH_BOARD = "5612_0002_890";

  /** The kind of firmware that a manifest describes. */
  public enum Source {
    /** The driver's part of a GPU's firmware. */
    DRIVER,
    /** The VBIOS of a GPU, the BIOS of a switch. */
    VBIOS
  }

  /**
   * Returns the manifests of a device.
   *
   * @param architecture of the device
   * @param report of the device
   * @return of a GPU driver and VBIOS, of a switch its BIOS
   * @throws MalformedEvidenceException if the report does not say enough
   */
  public static List<ManifestId> of(Architecture architecture, SpdmReport report)
      throws MalformedEvidenceException {
    String vbios = report.vbiosVersion(architecture);
    String flat = vbios.replace(".", "");
    if (architecture.isSwitch()) {
      return List.of(
          new ManifestId(
              "NV_SWITCH_BIOS_" + SWITCH_BOARD + "_" + flat,
              Source.VBIOS,
              "SWITCH",
              "LS10",
              vbios));
    }
    String driver = required(report, OpaqueField.DRIVER_VERSION);
    String chip = chip(architecture, report);
    List<ManifestId> ids = new ArrayList<>(2);
    ids.add(
        new ManifestId(
            architecture == Architecture.HOPPER
                ? "NV_GPU_DRIVER_GH100_" + driver
                : "NV_GPU_CC_DRIVER_" + chip + "_" + driver,
            Source.DRIVER,
            "GPU",
            chip,
            driver));
    ids.add(
        new ManifestId(
            String.join(
                    "_",
                    "NV_GPU_VBIOS",
                    required(report, OpaqueField.PROJECT),
                    required(report, OpaqueField.PROJECT_SKU),
                    required(report, OpaqueField.CHIP_SKU),
                    flat)
                .toUpperCase(Locale.ROOT),
            Source.VBIOS,
            "GPU",
            chip,
            vbios));
    return ids;
  }

  /** Reports of Hopper do not name the chip, older ones of Blackwell neither. */
  private static String chip(Architecture architecture, SpdmReport report)
      throws MalformedEvidenceException {
    return architecture == Architecture.HOPPER
        ? "GH100"
        : report.text(OpaqueField.CHIP_INFO).orElse("GB100").toUpperCase(Locale.ROOT);
  }

  private static String required(SpdmReport report, OpaqueField field)
      throws MalformedEvidenceException {
    return report
        .text(field)
        .orElseThrow(
            () ->
                MalformedEvidenceException.of(
                    "nvidia.report",
                    ReasonCode.EVIDENCE_MALFORMED,
                    field + " in the opaque data",
                    "none",
                    "NVIDIA attestation SDK, opaque data"));
  }

  @Override
  public String toString() {
    return id;
  }
}
