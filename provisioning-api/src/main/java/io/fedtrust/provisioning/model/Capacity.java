// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.model;

/**
 * The GPUs a client offers to NVFlare's resource manager.
 *
 * @param gpus number of GPUs, 0 or more; the runtime checks it against the host at start-up
 * @param memoryPerGpuGiB memory of each in GiB, 0 or more
 */
public record Capacity(int gpus, Number memoryPerGpuGiB) {
  /** No GPUs: the safe default. */
  public static final Capacity NONE = new Capacity(0, 0);
}
