// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/**
 * Bytes that are not what their format demands. Checked, because whoever parses evidence must turn
 * it into a failed check; a verifier never lets it out.
 */
public final class MalformedEvidenceException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong, as a line of a verdict. */
  private final transient Check check;

  /**
   * Says what is wrong.
   *
   * @param check a failed check
   */
  public MalformedEvidenceException(Check check) {
    super(check.toString());
    this.check = check;
  }

  /**
   * Returns what is wrong.
   *
   * @return a failed check
   */
  public Check check() {
    return check;
  }
}
