// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/** What a signed refusal says (docs/protocol/requests-and-refusals.md#refusal-codes). */
public enum RefusalCode {
  /** Not now: ask again after the stated time. */
  BUSY,
  /** This site has not started yet, or is closing. */
  NOT_STARTED,
  /** The one who asks is not admitted here. */
  NOT_ADMITTED,
  /** This site does not take part, for the stated reason. */
  DECLINED
}
