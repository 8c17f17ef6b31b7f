// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.error;

import io.fedtrust.attestation.model.PrintableText;
import io.fedtrust.attestation.model.ReadableFailure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An operation was refused: {@link #code()} for programs, {@link #problem()} and {@link #hint()}
 * for people. Never carries a secret, a token or a report, and never the message of an exception of
 * the JDK; text from outside is shortened and escaped.
 */
public final class AttestationException extends RuntimeException implements ReadableFailure {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARACTERS = 1000;

  /** Stable reason. */
  private final ErrorCode code;

  /** What the refusal is about. */
  private final String field;

  /** What is wrong, as a sentence. */
  private final String problem;

  /** What would have been accepted, or null. */
  private final @Nullable String expected;

  /** What was found, or null. */
  private final @Nullable String actual;

  /** What to do about it. */
  private final String hint;

  /**
   * Refuses an operation because of a value.
   *
   * @param code the stable reason
   * @param field the field, file or step it is about
   * @param expected a value that would have been accepted
   * @param actual the value that was found
   */
  public AttestationException(ErrorCode code, String field, Object expected, Object actual) {
    this(
        code,
        field,
        shown(field + ": expected " + expected + ", was " + actual),
        shown(expected),
        shown(actual),
        code.hint(),
        null);
  }

  private AttestationException(
      ErrorCode code,
      String field,
      String problem,
      @Nullable String expected,
      @Nullable String actual,
      String hint,
      @Nullable Throwable cause) {
    super(code + ": " + problem, cause);
    this.code = code;
    this.field = field;
    this.problem = problem;
    this.expected = expected;
    this.actual = actual;
    this.hint = hint;
  }

  /** Text from others can be in a problem, or in the name of a file. */
  private static String shown(Object text) {
    return PrintableText.of(String.valueOf(text), SHOWN_CHARACTERS);
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
    return refused(code, field, problem, null);
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
    return refused(code, field, ReadableFailure.textOf(cause), cause);
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
    return refused(code, field, problem, cause);
  }

  private static AttestationException refused(
      ErrorCode code, String field, String problem, @Nullable Throwable cause) {
    return new AttestationException(
        code, field, shown(field + ": " + problem), null, null, code.hint(), cause);
  }

  /**
   * Says what to do in this case, instead of the general hint of the code.
   *
   * @param remedy one or two sentences
   * @return the exception to throw
   */
  public AttestationException withHint(String remedy) {
    return new AttestationException(code, field, problem, expected, actual, remedy, getCause());
  }

  /** {@return the code and what is wrong, on one line: {@code CODE: problem}} */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** {@return the stable reason} */
  public ErrorCode code() {
    return code;
  }

  /** {@return the field, file or step this is about} */
  public String field() {
    return field;
  }

  /** {@return what is wrong: the field and a sentence, without the code} */
  @Override
  public String problem() {
    return problem;
  }

  /** {@return the value that would have been accepted; empty where the problem alone says it} */
  public Optional<String> expected() {
    return Optional.ofNullable(expected);
  }

  /** {@return the value that was found, shortened and escaped; empty where there is none} */
  public Optional<String> actual() {
    return Optional.ofNullable(actual);
  }

  /** {@return what to do about it: one or two sentences} */
  public String hint() {
    return hint;
  }
}
