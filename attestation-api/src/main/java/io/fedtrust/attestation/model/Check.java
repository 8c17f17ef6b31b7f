// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * One line of a verdict.
 *
 * @param name stable name, for example {@code snp.signature}
 * @param outcome what came of it
 * @param expected what would pass; of a skipped check empty
 * @param actual what was found; of a skipped check the reason
 * @param source document and section that require it
 * @param code stable reason of a failed or missing one
 */
public record Check(
    String name,
    Outcome outcome,
    String expected,
    String actual,
    String source,
    Optional<ReasonCode> code) {
  private static final int SHOWN_CHARACTERS = 300;

  /** What came of a check. */
  public enum Outcome {
    /** As expected. */
    PASSED("PASS"),
    /** Not as expected. */
    FAILED("FAIL"),
    /** It could not be made: something is missing. */
    MISSING("MISS"),
    /** It was not requested, or does not apply here. */
    SKIPPED("SKIP");

    private final String word;

    Outcome(String word) {
      this.word = word;
    }

    /** {@return the word of four letters that a printed verdict has for it} */
    public String word() {
      return word;
    }
  }

  /**
   * Shortens what came from outside and escapes its control characters.
   *
   * @param name stable name, for example {@code snp.signature}
   * @param outcome what came of it
   * @param expected what would pass; of a skipped check empty
   * @param actual what was found; of a skipped check the reason
   * @param source document and section that require it
   * @param code stable reason of a failed or missing one
   */
  public Check {
    Objects.requireNonNull(outcome, "outcome");
    expected = PrintableText.of(expected, SHOWN_CHARACTERS);
    actual = PrintableText.of(actual, SHOWN_CHARACTERS);
    boolean reasoned = outcome == Outcome.FAILED || outcome == Outcome.MISSING;
    if (reasoned != code.isPresent()) {
      throw new IllegalArgumentException(name + ": failed and missing checks have a code");
    }
  }

  /**
   * A check that passed.
   *
   * @param name stable name
   * @param expected what passes
   * @param actual what was found
   * @param source document and section
   * @return the check
   */
  public static Check passed(String name, Object expected, Object actual, String source) {
    return new Check(name, Outcome.PASSED, text(expected), text(actual), source, Optional.empty());
  }

  /**
   * A check that failed.
   *
   * @param name stable name
   * @param code stable reason
   * @param expected what would pass
   * @param actual what was found
   * @param source document and section
   * @return the check
   */
  public static Check failed(
      String name, ReasonCode code, Object expected, Object actual, String source) {
    return new Check(name, Outcome.FAILED, text(expected), text(actual), source, Optional.of(code));
  }

  /**
   * A check that passed or failed.
   *
   * @param name stable name
   * @param code stable reason, if it failed
   * @param good whether it passed
   * @param expected what would pass
   * @param actual what was found
   * @param source document and section
   * @return the check
   */
  public static Check of(
      String name, ReasonCode code, boolean good, Object expected, Object actual, String source) {
    return good
        ? passed(name, expected, actual, source)
        : failed(name, code, expected, actual, source);
  }

  /**
   * A check that could not be made.
   *
   * @param name stable name
   * @param code stable reason
   * @param needed what it would take
   * @param found what there was instead
   * @param source document and section
   * @return the check
   */
  public static Check missing(
      String name, ReasonCode code, Object needed, Object found, String source) {
    return new Check(name, Outcome.MISSING, text(needed), text(found), source, Optional.of(code));
  }

  /**
   * A check that was not made.
   *
   * @param name stable name
   * @param reason why not
   * @param source document and section
   * @return the check
   */
  public static Check skipped(String name, String reason, String source) {
    return new Check(name, Outcome.SKIPPED, "", reason, source, Optional.empty());
  }

  /**
   * {@return the line as a verdict prints it, for example {@code FAIL policy.debug expected false,
   * was true [POLICY_VIOLATION; ...]}}
   */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(outcome.word()).append(' ').append(name).append("  ");
    if (outcome != Outcome.SKIPPED) {
      line.append("expected ").append(expected).append(", was ");
    }
    line.append(actual).append("  [");
    code.ifPresent(reason -> line.append(reason).append("; "));
    return line.append(source).append(']').toString();
  }

  /** Times to the second: a finer one tells a reader nothing. */
  private static String text(Object value) {
    return value instanceof Instant instant
        ? instant.truncatedTo(ChronoUnit.SECONDS).toString()
        : String.valueOf(value);
  }
}
