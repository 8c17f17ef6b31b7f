// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

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

  /** Adds the checks that failed or are missing, except the one that decided. */
  Explanation failures(List<Check> checks, Optional<Check> decisive) {
    List<Check> others =
        checks.stream().filter(check -> !Optional.of(check).equals(decisive)).toList();
    listed(others, Check.Outcome.FAILED);
    listed(others, Check.Outcome.MISSING);
    return this;
  }

  /** Adds the other checks: in full, or how many there are. */
  Explanation others(List<Check> checks) {
    if (detail == Detail.ALL) {
      listed(checks, Check.Outcome.PASSED);
      listed(checks, Check.Outcome.SKIPPED);
      return this;
    }
    long passed = count(checks, Check.Outcome.PASSED);
    long skipped = count(checks, Check.Outcome.SKIPPED);
    return passed + skipped == 0
        ? this
        : line("checks", passed + " passed, " + skipped + " skipped");
  }

  /** Adds the items of collateral that were used, where everything is explained. */
  Explanation collateral(List<CollateralUse> collateral) {
    if (detail == Detail.ALL) {
      collateral.forEach(
          use ->
              line(
                  "used",
                  use.channel() + " sha256 " + use.sha256() + " until " + time(use.validUntil())));
    }
    return this;
  }

  private static long count(List<Check> checks, Check.Outcome outcome) {
    return checks.stream().filter(check -> check.outcome() == outcome).count();
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
