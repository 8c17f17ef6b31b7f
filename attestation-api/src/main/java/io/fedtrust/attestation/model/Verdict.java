// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a relying party makes of evidence under its policy (RFC 9334: an attestation result). "Could
 * not tell" is never "trusted".
 */
public sealed interface Verdict {

  /** {@return what was appraised, by which policy, and every check} */
  Appraisal appraisal();

  /**
   * The evidence is genuine and the policy accepts it.
   *
   * @param appraisal the record
   */
  record Trusted(Appraisal appraisal) implements Verdict {}

  /**
   * The evidence is not genuine, or the policy does not accept it.
   *
   * @param appraisal the record
   * @param reason of the first failed check
   */
  record Rejected(Appraisal appraisal, ReasonCode reason) implements Verdict {}

  /**
   * Nothing failed, but something is missing. Never admits.
   *
   * @param appraisal the record
   * @param missing reason of the first check that could not be made
   */
  record Inconclusive(Appraisal appraisal, ReasonCode missing) implements Verdict {}

  /**
   * Tells whether the evidence is trusted.
   *
   * @return true for {@link Trusted} alone
   */
  default boolean trusted() {
    return this instanceof Trusted;
  }

  /**
   * Leaves out what takes the most space, as {@link Appraisal#summary} does.
   *
   * @return the same verdict with less behind it
   */
  default Verdict summary() {
    Appraisal less = appraisal().summary();
    if (this instanceof Rejected rejected) {
      return new Rejected(less, rejected.reason());
    }
    return this instanceof Inconclusive inconclusive
        ? new Inconclusive(less, inconclusive.missing())
        : new Trusted(less);
  }

  /** {@return every check in the order made, with those that were left out, unmodifiable} */
  default List<Check> checks() {
    return appraisal().checks();
  }

  /**
   * {@return the check that decided: the first failed check of a rejection, the first missing one
   * of an inconclusive verdict, with the verdict's reason; empty if the verdict is trusted}
   */
  default Optional<Check> decisive() {
    if (this instanceof Rejected rejected) {
      return first(Check.Outcome.FAILED, rejected.reason());
    }
    return this instanceof Inconclusive inconclusive
        ? first(Check.Outcome.MISSING, inconclusive.missing())
        : Optional.empty();
  }

  private Optional<Check> first(Check.Outcome outcome, ReasonCode reason) {
    return checks().stream()
        .filter(check -> check.outcome() == outcome && check.code().equals(Optional.of(reason)))
        .findFirst();
  }

  /**
   * Explains the verdict to a person: what was decided, why, by which check, and what to do about
   * it; then failed and missing checks; then how many checks passed and how many were skipped.
   *
   * @return lines without a final line break; times to the second, rounded down
   */
  default String explain() {
    return explain(Detail.DECISION);
  }

  /**
   * Explains the verdict to a person.
   *
   * @param detail {@link Detail#ALL} also lists collateral and the checks that passed or were
   *     skipped
   * @return lines without a final line break; times to the second, rounded down
   */
  default String explain(Detail detail) {
    Appraisal appraisal = appraisal();
    Explanation text =
        new Explanation(detail)
            .decision(outcome().toUpperCase(Locale.ROOT), appraisal.subject(), appraisal.form());
    if (this instanceof Rejected rejected) {
      text.because(rejected.reason(), decisive());
    } else if (this instanceof Inconclusive inconclusive) {
      text.because(inconclusive.missing(), decisive());
    } else {
      text.line("until", Explanation.time(appraisal.expiresAt()));
    }
    return text.failures(checks(), decisive())
        .line("policy", appraisal.policy())
        .line("evidence", "sha256 " + appraisal.evidenceDigest())
        .line(
            "verified",
            Explanation.time(appraisal.verifiedAt()) + ", assurance " + appraisal.assurance())
        .collateral(appraisal.collateral())
        .notes(appraisal.notes())
        .others(checks())
        .toString();
  }

  /**
   * {@return the outcome as one word: {@code trusted}, {@code rejected} or {@code inconclusive}}
   */
  default String outcome() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
