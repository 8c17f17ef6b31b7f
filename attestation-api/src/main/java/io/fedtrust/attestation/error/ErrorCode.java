// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.error;

/**
 * Stable reasons for a refused operation. Appraising bad evidence is not among them: it returns a
 * verdict. Names are never changed. Cause and remedy of each: {@code docs/errors.md}.
 */
public enum ErrorCode {
  /** A policy file cannot be read or breaks a rule. */
  POLICY_INVALID(4, "Correct the policy at the named place; unknown keys are refused."),
  /** A collateral folder or one of its items cannot be used. */
  COLLATERAL_FOLDER_INVALID(4, "Fetch the collateral again into an empty folder."),
  /** A source of collateral returned an error, nothing, or something unusable. */
  COLLATERAL_UNAVAILABLE(3, "Try again later, or use collateral that you already have."),
  /** Evidence cannot be read from where it is stored. */
  EVIDENCE_UNREADABLE(4, "Name a file that contains evidence of the stated form."),
  /** The platform returned no usable evidence. */
  COLLECTION_FAILED(
      3, "Check that this account may request reports, usually root, and that the platform works."),
  /** The platform returned no evidence in time. */
  COLLECTION_TIMED_OUT(3, "The platform is slow or throttled; try again later."),
  /** A file or folder could not be written. */
  OUTPUT_NOT_WRITABLE(3, "Choose a folder that you may write to, on a disk with free space."),
  /** A record of trust anchors cannot be used. */
  ANCHORS_INVALID(4, "Write the record as documented: digests, exact name, origin."),
  /** Keys of a service cannot be used. */
  SERVICE_KEYS_INVALID(
      4, "Provide a JSON Web Key Set with its issuer and its expiry, as documented."),
  /** Evidence is not genuine, so nothing can be drafted from it. */
  EVIDENCE_NOT_GENUINE(4, "Draft policies only from evidence that verifies."),
  /** This machine has no confidential hardware, or does not expose it to this process. */
  NOT_CONFIDENTIAL(
      3,
      "Run this on a confidential machine, and check that its device is visible to this process."),
  /** A site's evidence breaks a rule of its own policy. */
  SELF_REJECTED(
      3, "Correct the platform or the policy; other sites would also reject this evidence."),
  /** A site could not appraise its own evidence. */
  SELF_INCONCLUSIVE(3, "Fetch the collateral that the verdict names, then start again."),
  /** The server has not started yet, or is closing. */
  NOT_STARTED(3, "Register again in a minute."),
  /** The server was busy, and was still busy at the second request. */
  SERVER_BUSY(3, "Register again later; if that does not help, see the server's log."),
  /** The manager was closed before this was done. */
  CLOSED(3, "Create a new manager; a closed one does no more work."),
  /** The server declined this site's registration. */
  REGISTRATION_DECLINED(3, "Read the reason; the server's policy does not accept this site."),
  /** The server returned no valid response. */
  SERVER_SILENT(3, "Check the connection to the server, then register again."),
  /** A jar's family of evidence cannot be loaded, or uses a name of another family. */
  FAMILY_INVALID(4, "Remove the jar with this family, or use one whose names no other family has.");

  private final int exitStatus;
  private final String hint;

  ErrorCode(int exitStatus, String hint) {
    this.exitStatus = exitStatus;
    this.hint = hint;
  }

  /**
   * Returns the exit status of a process that stops for this reason. It differs from the statuses
   * of verdicts.
   *
   * @return 3 if the environment failed, 4 if the input is wrong
   */
  public int exitStatus() {
    return exitStatus;
  }

  /** {@return the general remedy, one sentence} */
  public String hint() {
    return hint;
  }
}
