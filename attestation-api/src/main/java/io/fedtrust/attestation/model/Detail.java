// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/** How much of a verdict is explained. */
public enum Detail {
  /** The decision, failed, missing and passed checks, and how many checks were skipped. */
  DECISION,
  /** Every check, with the reason for which it was skipped. */
  ALL
}
