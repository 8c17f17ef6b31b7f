// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * An operation was refused. Carries a stable code, the field, what was expected, what was found and
 * a hint; never a secret, a token or a report.
 */
public final class AttestationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Stable reason. */
  private final ErrorCode code;

  /** What the refusal is about. */
  private final String field;

  /**
   * Refuses an operation.
   *
   * @param code the stable reason
   * @param field the field, file or step it is about
   * @param expected what would have been accepted
   * @param actual what was found
   */
  public AttestationException(ErrorCode code, String field, Object expected, Object actual) {
    this(code, field, "expected " + expected + ", was " + actual, (Throwable) null);
  }

  private AttestationException(
      ErrorCode code, String field, String problem, @Nullable Throwable cause) {
    super(field + ": " + problem, cause);
    this.code = code;
    this.field = field;
  }

  /**
   * Refuses an operation because of another failure.
   *
   * @param code the stable reason
   * @param field the field, file or step it is about
   * @param cause the failure below; its message says what is wrong
   * @return the exception to throw
   */
  public static AttestationException because(ErrorCode code, String field, Throwable cause) {
    return new AttestationException(code, field, problem(cause), cause);
  }

  /** Of a missing file the message is its name alone. */
  private static String problem(Throwable cause) {
    if (cause instanceof NoSuchFileException) {
      return "expected a file, was none";
    }
    if (cause instanceof AccessDeniedException) {
      return "expected a file that may be read, was one that may not";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
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
   * @return one sentence
   */
  public String hint() {
    return code.hint();
  }
}
