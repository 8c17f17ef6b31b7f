// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation;

/**
 * Stable reasons for a refused operation. Bad evidence is not among them: judging it gives a
 * verdict. Names are never changed. Cause and remedy of each: {@code docs/errors.md}.
 */
public enum ErrorCode {
  /** A policy file cannot be read or breaks a rule. */
  POLICY_INVALID(4, "Correct the policy at the named place; unknown keys are refused."),
  /** A collateral folder or one of its items cannot be used. */
  COLLATERAL_FOLDER_INVALID(4, "Fetch the collateral again into an empty folder."),
  /** A source of collateral did not answer as it should. */
  COLLATERAL_UNAVAILABLE(3, "Try again later, or use collateral that you already have."),
  /** Evidence cannot be read from where it is stored. */
  EVIDENCE_UNREADABLE(4, "Name a file that holds evidence of the stated form."),
  /** This machine gives no evidence. */
  COLLECTION_FAILED(
      3, "Check that this is a confidential machine and that you may ask for reports."),
  /** Evidence was not there in time. */
  COLLECTION_TIMED_OUT(3, "The platform is slow or throttled; try again later."),
  /** A file or folder could not be written. */
  OUTPUT_NOT_WRITABLE(3, "Choose a folder that you may write to, on a disk with free space."),
  /** A record of trust anchors cannot be used. */
  ANCHORS_INVALID(4, "Give the record as documented: digests, exact name, origin."),
  /** Keys of a service cannot be used. */
  SERVICE_KEYS_INVALID(4, "Give a JSON Web Key Set with its issuer and its end, as documented."),
  /** Evidence is not genuine, so nothing can be drafted from it. */
  EVIDENCE_NOT_AUTHENTIC(4, "Draft policies only from evidence that verifies."),
  /** A site does not satisfy its own policy. */
  SELF_APPRAISAL_FAILED(
      3, "Correct the platform, its collateral or the policy: other sites would refuse it, too.");

  private final int exitStatus;
  private final String hint;

  ErrorCode(int exitStatus, String hint) {
    this.exitStatus = exitStatus;
    this.hint = hint;
  }

  /**
   * Returns the status a process ends with when it stops for this reason: another than those of
   * verdicts.
   *
   * @return 3 where the surroundings failed, 4 where the input is wrong
   */
  public int exitStatus() {
    return exitStatus;
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
