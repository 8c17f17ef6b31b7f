// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.error;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An input or operation was refused: {@link #code()} for programs, {@link #problem()} and {@link
 * #hint()} for people. Never carries a secret; text from outside is shortened and escaped ({@link
 * PrintableText}).
 */
public final class ProvisioningException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARACTERS = 300;

  /** Why. */
  private final ErrorCode code;

  /** What the refusal is about. */
  private final String field;

  /** What is wrong, as a sentence. */
  private final String problem;

  /** What would have been accepted, or null. */
  private final @Nullable String expected;

  /** What was found, or null. */
  private final @Nullable String actual;

  /** What to do. */
  private final String hint;

  /** Process exit status. */
  private final int exitStatus;

  private ProvisioningException(Refusal refusal) {
    super(refusal.code + ": " + refusal.sentence(), refusal.cause);
    this.code = refusal.code;
    this.field = refusal.field;
    this.problem = refusal.sentence();
    this.expected = refusal.expected;
    this.actual = refusal.actual;
    this.hint = refusal.hint == null ? refusal.code.hint() : refusal.hint;
    this.exitStatus = refusal.exitStatus == 0 ? refusal.code.exitStatus() : refusal.exitStatus;
  }

  /**
   * Starts a refusal; finish it with {@link Refusal#build()}.
   *
   * @param code the stable reason
   * @param field the field, file or check it is about
   * @return a refusal to complete
   */
  public static Refusal refuse(ErrorCode code, String field) {
    return new Refusal(code, field);
  }

  /**
   * Makes the same refusal for another stable reason, with this one as its cause.
   *
   * @param reason the code to carry instead; it decides on hint and exit status
   * @return the exception to throw
   */
  public ProvisioningException as(ErrorCode reason) {
    Refusal refusal = refuse(reason, field).cause(this);
    refusal.wrong = problem.substring(field.length() + ": ".length());
    refusal.expected = expected;
    refusal.actual = actual;
    return refusal.build();
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

  /** {@return the field, file or check this is about, for example {@code server.host}} */
  public String field() {
    return field;
  }

  /** {@return what is wrong: the field and a sentence, without the code} */
  public String problem() {
    return problem;
  }

  /** {@return what would have been accepted; empty where the problem alone says it} */
  public Optional<String> expected() {
    return Optional.ofNullable(expected);
  }

  /** {@return what was found, shortened and escaped; empty where there is none} */
  public Optional<String> actual() {
    return Optional.ofNullable(actual);
  }

  /** {@return what to do about it: one or two sentences} */
  public String hint() {
    return hint;
  }

  /**
   * {@return the status a command ends with: the code's own, or the one of the place where it was
   * raised (NVFlare ends {@code REQUEST_DIR_NOT_FOUND} and {@code LOCAL_SITE_INVALID} in two ways):
   * 1, 4 or 5}
   */
  public int exitStatus() {
    return exitStatus;
  }

  /** A refusal in the making. */
  public static final class Refusal {
    private final ErrorCode code;
    private final String field;
    private @Nullable String wrong;
    private @Nullable String expected;
    private @Nullable String actual;
    private @Nullable String hint;
    private @Nullable Throwable cause;
    private int exitStatus;
    private boolean missing;

    private Refusal(ErrorCode code, String field) {
      this.code = Objects.requireNonNull(code, "code");
      this.field = shown(field);
    }

    /**
     * Says what is wrong, where it is no value that differs from another.
     *
     * @param text what follows the field; shortened and escaped
     * @return this refusal
     */
    public Refusal problem(String text) {
      this.wrong = shown(text);
      return this;
    }

    /**
     * Says that an input cannot be read.
     *
     * @param expectation what it should be
     * @return this refusal
     */
    public Refusal malformed(Object expectation) {
      return expected(expectation).problem("cannot be read as " + expectation);
    }

    /**
     * Says that an input cannot be read, and why.
     *
     * @param expectation what it should be
     * @param reason what its reader says; never pass a secret
     * @return this refusal
     */
    @SuppressWarnings("exports") // an annotation: callers compile without its module
    public Refusal malformed(Object expectation, @Nullable String reason) {
      return expected(expectation)
          .actual(reason)
          .problem("cannot be read as " + expectation + ": " + reason);
    }

    /**
     * Says what would have been accepted. With {@link #actual} it makes the sentence, unless there
     * is a {@link #problem}.
     *
     * @param expectation a rule or a value
     * @return this refusal
     */
    public Refusal expected(Object expectation) {
      this.expected = shown(String.valueOf(expectation));
      return this;
    }

    /**
     * Says what was found. Never pass a secret.
     *
     * @param finding a value, shortened and escaped; null if there is none
     * @return this refusal
     */
    @SuppressWarnings("exports") // an annotation: callers compile without its module
    public Refusal actual(@Nullable Object finding) {
      this.actual = finding == null ? null : shown(String.valueOf(finding));
      this.missing = finding == null;
      return this;
    }

    /**
     * Replaces the code's general hint.
     *
     * @param text what to do
     * @return this refusal
     */
    public Refusal hint(String text) {
      this.hint = PrintableText.escape(text);
      return this;
    }

    /**
     * Keeps the failure below this one.
     *
     * @param failure the cause
     * @return this refusal
     */
    public Refusal cause(Throwable failure) {
      this.cause = failure;
      return this;
    }

    /**
     * Sets the exit status of this place, where it differs from the code's.
     *
     * @param status 1, 4 or 5
     * @return this refusal
     */
    public Refusal exitStatus(int status) {
      this.exitStatus = status;
      return this;
    }

    /**
     * Makes the exception.
     *
     * @return the exception to throw
     */
    public ProvisioningException build() {
      return new ProvisioningException(this);
    }

    private String sentence() {
      if (wrong != null) {
        return field + ": " + wrong;
      }
      String accepted = field + ": expected " + expected;
      if (missing) {
        return accepted + ", but it is missing";
      }
      return actual == null ? accepted : accepted + ", was " + actual;
    }

    /** Shortened first, so that the work does not depend on the text's length. */
    private static String shown(String text) {
      if (text.length() <= SHOWN_CHARACTERS) {
        return PrintableText.escape(text);
      }
      int end =
          Character.isHighSurrogate(text.charAt(SHOWN_CHARACTERS - 1))
              ? SHOWN_CHARACTERS - 1
              : SHOWN_CHARACTERS;
      return PrintableText.escape(text.substring(0, end)) + "...";
    }
  }
}
