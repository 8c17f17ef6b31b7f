// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a relying party makes of a whole answer of one site: the worst over its namespaces (trust
 * protocol, section 7).
 *
 * @param site its name
 * @param outcome the worst of its verdicts; rejected if a required family is missing
 * @param reason of the first failed or missing check, unless trusted
 * @param verdicts one for each entry that was judged
 * @param checks those about the answer as a whole
 * @param confirmation SHA-256 of the attested process's session key, hex
 * @param verifiedAt when it was judged
 * @param expiresAt the earliest end of its verdicts and of the site's certificate; {@code
 *     verifiedAt} unless trusted
 * @param prolongableUntil how far an inconclusive answer of the same process may prolong it
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
    Instant prolongableUntil) {

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
   * @param verdicts one for each entry that was judged
   * @param checks those about the answer as a whole
   * @param confirmation SHA-256 of the attested process's session key, hex
   * @param verifiedAt when it was judged
   * @param expiresAt the earliest end of its verdicts and of the site's certificate; {@code
   *     verifiedAt} unless trusted
   * @param prolongableUntil how far an inconclusive answer of the same process may prolong it
   */
  public SiteVerdict {
    verdicts = List.copyOf(verdicts);
    checks = List.copyOf(checks);
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
   * @param at the instant to ask for
   * @return true if it is trusted and has not ended
   */
  public boolean admits(Instant at) {
    return trusted() && at.isBefore(expiresAt);
  }
}
