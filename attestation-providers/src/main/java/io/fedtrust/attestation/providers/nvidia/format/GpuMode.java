// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

/** How GPUs are given to a confidential machine. */
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
