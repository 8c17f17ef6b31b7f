// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.io;

/** Whether written files are forced to the disk. */
public enum Durability {
  /** They survive a power failure: production. */
  SYNC,
  /** They survive a crash of the process: benchmarks. */
  NO_SYNC
}
