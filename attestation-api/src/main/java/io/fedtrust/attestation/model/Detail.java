// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/** How much of a verdict is explained. */
public enum Detail {
  /** The decision, failed and missing checks, and how many checks passed or were skipped. */
  DECISION,
  /** Also the collateral that was used, and every check, with the reason if it was skipped. */
  ALL
}
