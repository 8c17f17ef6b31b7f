// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation;

/**
 * Stable reasons for a refused operation. Bad evidence is not among them: judging it gives a
 * verdict. Names are never changed. Cause and remedy of each: {@code docs/errors.md}.
 */
public enum ErrorCode {
  /** A policy file cannot be read or breaks a rule. */
  POLICY_INVALID("Correct the policy at the named place; unknown keys are refused."),
  /** A collateral folder or one of its items cannot be used. */
  COLLATERAL_FOLDER_INVALID("Fetch the collateral again into an empty folder."),
  /** A source of collateral did not answer as it should. */
  COLLATERAL_UNAVAILABLE("Try again later, or use collateral that you already have."),
  /** Evidence cannot be read from where it is stored. */
  EVIDENCE_UNREADABLE("Name a file that holds evidence of the stated form."),
  /** This machine gives no evidence. */
  COLLECTION_FAILED("Check that this is a confidential machine and that you may ask for reports."),
  /** Evidence was not there in time. */
  COLLECTION_TIMED_OUT("The platform is slow or throttled; try again later."),
  /** A file or folder could not be written. */
  OUTPUT_NOT_WRITABLE("Choose a folder that you may write to, on a disk with free space.");

  private final String hint;

  ErrorCode(String hint) {
    this.hint = hint;
  }

  /**
   * Returns what to do about it, in general.
   *
   * @return one sentence
   */
  public String hint() {
    return hint;
  }
}
