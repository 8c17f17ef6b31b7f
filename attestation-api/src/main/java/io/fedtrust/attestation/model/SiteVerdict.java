// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a relying party makes of a whole answer of one site: the worst over its namespaces
 * (docs/protocol/policy-model.md#verdict-on-a-site).
 *
 * @param site its name
 * @param outcome the worst of its verdicts; rejected if a required family is missing
 * @param reason of the first failed or missing check, unless trusted
 * @param verdicts one for each entry that was appraised
 * @param checks those about the answer as a whole
 * @param confirmation SHA-256 of the attested process's session key, hex
 * @param verifiedAt when it was appraised
 * @param expiresAt the earliest end of its verdicts and of the site's certificate; {@code
 *     verifiedAt} unless trusted
 * @param prolongableUntil how far an inconclusive answer of the same process may prolong it
 * @param notes what a reader must know
 */
public record SiteVerdict(
    String site,
    Outcome outcome,
    Optional<ReasonCode> reason,
    List<Verdict> verdicts,
    List<Check> checks,
    Optional<String> confirmation,
    Instant verifiedAt,
    Instant expiresAt,
    Instant prolongableUntil,
    List<String> notes) {
  private static final String SOURCE = "docs/protocol/policy-model.md#verdict-on-a-site";

  /** How an answer came out, the best first. */
  public enum Outcome {
    /** Every family that the policy requires is trusted, none is rejected. */
    TRUSTED,
    /** Nothing failed, something is missing. Never admits. */
    INCONCLUSIVE,
    /** A family is rejected or missing. */
    REJECTED
  }

  /**
   * Copies the lists.
   *
   * @param site its name
   * @param outcome the worst of its verdicts; rejected if a required family is missing
   * @param reason of the first failed or missing check, unless trusted
   * @param verdicts one for each entry that was appraised
   * @param checks those about the answer as a whole
   * @param confirmation SHA-256 of the attested process's session key, hex
   * @param verifiedAt when it was appraised
   * @param expiresAt the earliest end of its verdicts and of the site's certificate; {@code
   *     verifiedAt} unless trusted
   * @param prolongableUntil how far an inconclusive answer of the same process may prolong it
   * @param notes what a reader must know
   */
  public SiteVerdict {
    verdicts = List.copyOf(verdicts);
    checks = List.copyOf(checks);
    notes = List.copyOf(notes);
  }

  /**
   * Accepts a site that the policy names as one without evidence.
   *
   * @param site its name
   * @param at when
   * @param expiresAt end of its certificate or of the policy
   * @return a trusted verdict that says so
   */
  public static SiteVerdict unattested(String site, Instant at, Instant expiresAt) {
    return new SiteVerdict(
        site,
        Outcome.TRUSTED,
        Optional.empty(),
        List.of(),
        List.of(Check.skipped("exchange.evidence", "the policy says attestation: none", SOURCE)),
        Optional.empty(),
        at,
        expiresAt,
        expiresAt,
        List.of("nothing is known of what this site runs: the policy says attestation: none"));
  }

  /**
   * Rejects a site that the policy denies, whatever it presents.
   *
   * @param site its name
   * @param at when
   * @return a rejected verdict with the reason {@link ReasonCode#DENIED}
   */
  public static SiteVerdict denied(String site, Instant at) {
    return new SiteVerdict(
        site,
        Outcome.REJECTED,
        Optional.of(ReasonCode.DENIED),
        List.of(),
        List.of(
            Check.failed(
                "policy.deny",
                ReasonCode.DENIED,
                "nothing that the policy denies",
                "site " + site,
                "docs/protocol/policy-model.md#deny")),
        Optional.empty(),
        at,
        at,
        at,
        List.of());
  }

  /**
   * Rejects a site because its appraisal failed: no verdict is never a good one.
   *
   * @param site its name
   * @param at when
   * @param problem what failed
   * @return a rejected verdict
   */
  public static SiteVerdict failed(String site, Instant at, String problem) {
    return failed(site, at, ReasonCode.INTERNAL_ERROR, problem);
  }

  /**
   * Rejects a site because there is nothing to appraise.
   *
   * @param site its name
   * @param at when
   * @param reason stable reason
   * @param problem what failed
   * @return a rejected verdict
   */
  public static SiteVerdict failed(String site, Instant at, ReasonCode reason, String problem) {
    return new SiteVerdict(
        site,
        Outcome.REJECTED,
        Optional.of(reason),
        List.of(),
        List.of(Check.failed("exchange.judging", reason, "a verdict", problem, SOURCE)),
        Optional.empty(),
        at,
        at,
        at,
        List.of());
  }

  /**
   * Makes the verdict of an appraisal that failed at this site: it neither admits the other site
   * nor rejects it.
   *
   * @param site its name
   * @param at when
   * @param problem what failed
   * @return an inconclusive verdict
   */
  public static SiteVerdict undecided(String site, Instant at, String problem) {
    return new SiteVerdict(
        site,
        Outcome.INCONCLUSIVE,
        Optional.of(ReasonCode.INTERNAL_ERROR),
        List.of(),
        List.of(
            Check.missing(
                "exchange.judging", ReasonCode.INTERNAL_ERROR, "a verdict", problem, SOURCE)),
        Optional.empty(),
        at,
        at,
        at,
        List.of());
  }

  /**
   * Adds what a reader must know.
   *
   * @param note a sentence
   * @return the verdict with it
   */
  public SiteVerdict with(String note) {
    List<String> more = new ArrayList<>(notes);
    more.add(note);
    return new SiteVerdict(
        site,
        outcome,
        reason,
        verdicts,
        checks,
        confirmation,
        verifiedAt,
        expiresAt,
        prolongableUntil,
        more);
  }

  /**
   * Leaves out what takes the most space: a site may be one of thousands whose verdicts are kept.
   *
   * @return the same verdict without the checks that passed, and of claims the measurement alone
   */
  public SiteVerdict summary() {
    return new SiteVerdict(
        site,
        outcome,
        reason,
        verdicts.stream().map(Verdict::summary).toList(),
        checks.stream().filter(check -> check.outcome() != Check.Outcome.PASSED).toList(),
        confirmation,
        verifiedAt,
        expiresAt,
        prolongableUntil,
        notes);
  }

  /**
   * {@return the check that decided, unless trusted: the first with the verdict's reason; a failed
   * one before a missing one}
   */
  public Optional<Check> decisive() {
    List<Check> reasoned =
        Stream.concat(
                checks.stream(), verdicts.stream().flatMap(verdict -> verdict.checks().stream()))
            .filter(check -> reason.isPresent() && check.code().equals(reason))
            .toList();
    return reasoned.stream()
        .filter(check -> check.outcome() == Check.Outcome.FAILED)
        .findFirst()
        .or(() -> reasoned.stream().findFirst());
  }

  /**
   * Explains the verdict to a person: what was decided, why, by which check, and what to do about
   * it; then the checks of the answer as a whole, and each entry in the same way.
   *
   * @return lines without a final line break; times to the second, rounded down
   */
  public String explain() {
    return explain(Detail.DECISION);
  }

  /**
   * Explains the verdict to a person.
   *
   * @param detail {@link Detail#ALL} also lists collateral and the checks that passed or were
   *     skipped
   * @return lines without a final line break; times to the second, rounded down
   */
  public String explain(Detail detail) {
    Explanation text = new Explanation(detail).decision(outcome.name(), site);
    reason.ifPresent(code -> text.because(code, decisive()));
    if (trusted()) {
      text.line("until", Explanation.time(expiresAt));
    }
    text.failures(checks, decisive())
        .line("verified", Explanation.time(verifiedAt))
        .notes(notes)
        .others(checks);
    verdicts.forEach(text::part);
    return text.toString();
  }

  /**
   * Tells whether the site is trusted.
   *
   * @return true for {@link Outcome#TRUSTED} alone
   */
  public boolean trusted() {
    return outcome == Outcome.TRUSTED;
  }

  /**
   * Tells whether this verdict still admits the site.
   *
   * @param at the instant to check
   * @return true if it is trusted and has not ended
   */
  public boolean admits(Instant at) {
    return trusted() && at.isBefore(expiresAt);
  }
}
