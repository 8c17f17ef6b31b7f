// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

/**
 * Input that violates its format. Checked, because code that parses evidence must turn it into a
 * failed check; a verifier never throws it.
 */
public final class MalformedEvidenceException extends Exception implements ReadableFailure {
  private static final long serialVersionUID = 1L;

  /** Stable reason. */
  private final ReasonCode code;

  /** What is wrong, as a line of a verdict. */
  private final transient Check check;

  /**
   * Says what is wrong.
   *
   * @param check a failed check
   * @throws IllegalArgumentException if the check has no reason
   */
  public MalformedEvidenceException(Check check) {
    super(check.toString());
    this.code =
        check
            .code()
            .orElseThrow(
                () -> new IllegalArgumentException(check.name() + ": this check has not failed"));
    this.check = check;
  }

  /**
   * Says what is wrong.
   *
   * @param name of the check that failed
   * @param code stable reason
   * @param expected what would have been accepted
   * @param actual what was found
   * @param source document and section that require it
   * @return the exception to throw
   */
  public static MalformedEvidenceException of(
      String name, ReasonCode code, Object expected, Object actual, String source) {
    return new MalformedEvidenceException(Check.failed(name, code, expected, actual, source));
  }

  /** {@return what is wrong, as a failed check} */
  public Check check() {
    return check;
  }

  /** {@return the stable reason, for programs} */
  public ReasonCode code() {
    return code;
  }
}
