// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.error;

import io.fedtrust.attestation.model.PrintableText;
import io.fedtrust.attestation.model.ReadableFailure;
import org.jspecify.annotations.Nullable;

/**
 * An operation was refused. Carries a stable code, the field, what is wrong and a hint; never a
 * secret, a token or a report, and never the message of an exception of the JDK.
 */
public final class AttestationException extends RuntimeException implements ReadableFailure {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARACTERS = 1000;

  /** Stable reason. */
  private final ErrorCode code;

  /** What the refusal is about. */
  private final String field;

  /** What to do about it. */
  private final String hint;

  /**
   * Refuses an operation because of a value.
   *
   * @param code the stable reason
   * @param field the field, file or step it is about
   * @param expected what would have been accepted
   * @param actual what was found
   */
  public AttestationException(ErrorCode code, String field, Object expected, Object actual) {
    this(
        code, field, message(field, "expected " + expected + ", was " + actual), code.hint(), null);
  }

  private AttestationException(
      ErrorCode code, String field, String message, String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.field = field;
    this.hint = hint;
  }

  /** Text from others can be in a problem, or in the name of a file. */
  private static String message(String field, String problem) {
    return PrintableText.of(field + ": " + problem, SHOWN_CHARACTERS);
  }

  /**
   * Refuses an operation.
   *
   * @param code the stable reason
   * @param field the field, file or step it is about
   * @param problem what is wrong, in words for people
   * @return the exception to throw
   */
  public static AttestationException of(ErrorCode code, String field, String problem) {
    return new AttestationException(code, field, message(field, problem), code.hint(), null);
  }

  /**
   * Refuses an operation because of another failure.
   *
   * @param code the stable reason
   * @param field the field, file or step it is about
   * @param cause the failure below; {@link ReadableFailure#textOf} says what is wrong
   * @return the exception to throw
   */
  public static AttestationException because(ErrorCode code, String field, Throwable cause) {
    return because(code, field, ReadableFailure.textOf(cause), cause);
  }

  /**
   * Refuses an operation because of another failure, in words of the caller.
   *
   * @param code the stable reason
   * @param field the field, file or step it is about
   * @param problem what is wrong, in words for people
   * @param cause the failure below
   * @return the exception to throw
   */
  public static AttestationException because(
      ErrorCode code, String field, String problem, Throwable cause) {
    return new AttestationException(code, field, message(field, problem), code.hint(), cause);
  }

  /**
   * Says what to do in this case, instead of the general hint of the code.
   *
   * @param remedy one or two sentences
   * @return the exception to throw
   */
  public AttestationException withHint(String remedy) {
    return new AttestationException(code, field, getMessage(), remedy, getCause());
  }

  /**
   * Returns what is wrong.
   *
   * @return one line: the field and the problem
   */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /**
   * Returns the stable reason.
   *
   * @return the code
   */
  public ErrorCode code() {
    return code;
  }

  /**
   * Returns what this is about.
   *
   * @return the field, file or step
   */
  public String field() {
    return field;
  }

  /**
   * Returns what to do about it.
   *
   * @return one or two sentences
   */
  public String hint() {
    return hint;
  }
}
