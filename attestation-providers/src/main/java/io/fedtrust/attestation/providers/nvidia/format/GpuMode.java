// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

/** The modes in which GPUs are assigned to a confidential machine. */
public enum GpuMode {
  /** One GPU, passed through. */
  SPT,
  /** Several GPUs, between which NVLink is encrypted. */
  MPT,
  /** Protected PCIe: several GPUs whose NVLink is not encrypted, so that switches count too. */
  PPCIE,
  /** The driver is too old to say. */
  UNSTATED
}
