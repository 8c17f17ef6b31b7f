// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The text of a verdict for people, line by line. */
final class Explanation {
  private final Detail detail;
  private final StringBuilder text = new StringBuilder();

  Explanation(Detail detail) {
    this.detail = detail;
  }

  /** Adds what was decided about whom. */
  Explanation decision(String outcome, Object... about) {
    text.append(outcome);
    for (Object item : about) {
      text.append("  ").append(item);
    }
    text.append('\n');
    return this;
  }

  /** Adds the cause of a decision, the check that decided, and the remedy. */
  Explanation because(ReasonCode reason, Optional<Check> decisive) {
    line("because", reason + ": " + reason.cause());
    decisive.ifPresent(check -> line("check", check));
    return line("remedy", reason.hint());
  }

  /** Adds a labeled line. */
  Explanation line(String label, Object value) {
    text.append(String.format("%-8s ", label)).append(value).append('\n');
    return this;
  }

  /** Adds what a reader must know. */
  Explanation notes(List<String> notes) {
    notes.forEach(note -> line("note", note));
    return this;
  }

  /** Adds the checks: those that did not pass, those that passed, those that were skipped. */
  Explanation checks(List<Check> checks) {
    Stream.of(Check.Outcome.FAILED, Check.Outcome.MISSING, Check.Outcome.PASSED)
        .forEach(outcome -> listed(checks, outcome));
    if (detail == Detail.ALL) {
      listed(checks, Check.Outcome.SKIPPED);
      return this;
    }
    long skipped =
        checks.stream().filter(check -> check.outcome() == Check.Outcome.SKIPPED).count();
    return skipped == 0 ? this : line("skipped", skipped + (skipped == 1 ? " check" : " checks"));
  }

  private void listed(List<Check> checks, Check.Outcome outcome) {
    checks.stream()
        .filter(check -> check.outcome() == outcome)
        .forEach(check -> text.append(check).append('\n'));
  }

  /** Adds the explanation of a part behind an empty line. */
  Explanation part(Verdict verdict) {
    text.append('\n').append(verdict.explain(detail)).append('\n');
    return this;
  }

  /** Returns a time to the second, rounded down. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @Override
  public String toString() {
    return text.toString().strip();
  }
}
