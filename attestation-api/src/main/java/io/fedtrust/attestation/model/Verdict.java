// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a relying party makes of evidence under its policy (RFC 9334: an attestation result). "Could
 * not tell" is never "trusted".
 */
public sealed interface Verdict {

  /**
   * Returns what was judged, by which policy, and every check.
   *
   * @return the record
   */
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
   * Leaves out what takes the most room, as {@link Appraisal#summary} does.
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

  /**
   * Returns every check in the order made, with those that were left out.
   *
   * @return unmodifiable
   */
  default List<Check> checks() {
    return appraisal().checks();
  }

  /**
   * Explains the verdict to a person: the outcome, what decided it and what to do about it, what a
   * reader must know, and every check.
   *
   * @return lines without a final line break
   */
  default String explain() {
    Appraisal appraisal = appraisal();
    StringBuilder text =
        new StringBuilder(outcome().toUpperCase(Locale.ROOT))
            .append("  ")
            .append(appraisal.subject())
            .append("  ")
            .append(appraisal.form())
            .append('\n');
    if (this instanceof Rejected rejected) {
      because(text, rejected.reason());
    } else if (this instanceof Inconclusive inconclusive) {
      because(text, inconclusive.missing());
    } else {
      text.append("until    ").append(appraisal.expiresAt()).append('\n');
    }
    text.append("policy   ").append(appraisal.policy()).append('\n');
    text.append("evidence sha256 ").append(appraisal.evidenceDigest()).append('\n');
    text.append("judged   ").append(appraisal.verifiedAt());
    text.append(", assurance ").append(appraisal.assurance()).append('\n');
    appraisal
        .collateral()
        .forEach(
            use ->
                text.append("used     ")
                    .append(use.channel())
                    .append(" sha256 ")
                    .append(use.sha256())
                    .append(" until ")
                    .append(use.validUntil())
                    .append('\n'));
    appraisal.notes().forEach(note -> text.append("note     ").append(note).append('\n'));
    return text.append(checks().stream().map(Check::toString).collect(Collectors.joining("\n")))
        .toString();
  }

  /**
   * Returns the outcome as one word.
   *
   * @return {@code trusted}, {@code rejected} or {@code inconclusive}
   */
  default String outcome() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** The reason, and the check that gave it: something else may be missing before it. */
  private void because(StringBuilder text, ReasonCode reason) {
    text.append("because  ").append(reason).append(": ").append(reason.hint()).append('\n');
    checks().stream()
        .filter(check -> check.code().equals(Optional.of(reason)))
        .findFirst()
        .ifPresent(check -> text.append("check    ").append(check).append('\n'));
  }
}
