// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/** The code of a signed refusal (docs/protocol/requests-and-refusals.md#refusal-codes). */
public enum RefusalCode {
  /** Not now: the request may be repeated after the stated time. */
  BUSY,
  /** This site has not started yet, or is closing. */
  NOT_STARTED,
  /** The requesting site is not admitted here. */
  NOT_ADMITTED,
  /** This site does not take part, for the stated reason. */
  DECLINED
}
