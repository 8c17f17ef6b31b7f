// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

/** Entries of a report's opaque data that are looked at; others are kept unread. */
public enum OpaqueField {
  /** Version of the driver, text. */
  DRIVER_VERSION(3),
  /** Version of the VBIOS, 8 bytes of a GPU, text of a switch. */
  VBIOS_VERSION(6),
  /** Whether NVDEC0 is enabled, 1 byte. */
  NVDEC0_STATUS(11),
  /** SKU of the chip, text. */
  CHIP_SKU(15),
  /** Project of the board, text. */
  PROJECT(17),
  /** SKU of the board's project, text. */
  PROJECT_SKU(18),
  /** Digest of the first mutable code, 48 bytes. */
  FWID(20),
  /** Whether protected PCIe is on, 1 byte. */
  PROTECTED_PCIE(21),
  /** Identities of switches that a GPU is linked to, or a switch's own, 8 bytes each. */
  SWITCH_PDIS(22),
  /** Identities of GPUs that a switch is linked to: 8 of 8 bytes, then 64 port numbers. */
  GPU_PDIS(26),
  /** Version of the opaque data, 2 bytes. */
  OPAQUE_VERSION(34),
  /** Name of the chip, text. */
  CHIP_INFO(35),
  /** The mode in which the GPU is assigned to the machine, 2 bytes. */
  FEATURE_FLAG(36);

  private final int type;

  OpaqueField(int type) {
    this.type = type;
  }

  /** {@return the type number of the entry} */
  public int type() {
    return type;
  }
}
