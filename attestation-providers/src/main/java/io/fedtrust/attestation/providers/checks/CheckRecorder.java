// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.checks;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records the checks of one verification, in their order, and concludes from them. */
public final class CheckRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(CheckRecorder.class);

  private final List<Check> checks = new ArrayList<>(24);
  private final List<String> notes = new ArrayList<>(2);

  /** Adds a check. */
  public CheckRecorder add(Check check) {
    checks.add(check);
    return this;
  }

  /** Adds checks. */
  public CheckRecorder addAll(List<Check> more) {
    checks.addAll(more);
    return this;
  }

  /** Adds a note for the reader of the verdict, once. */
  public CheckRecorder note(String sentence) {
    if (!notes.contains(sentence)) {
      notes.add(sentence);
    }
    return this;
  }

  /**
   * Returns a check for an invalid item of collateral, which does not make the evidence invalid.
   */
  public static Check invalid(String check, MalformedEvidenceException problem) {
    Check wrong = problem.check();
    return Check.missing(
        check, ReasonCode.COLLATERAL_UNAVAILABLE, wrong.expected(), wrong.actual(), wrong.source());
  }

  /**
   * Converts a check whose inputs are not proven: if it failed, the inputs may be wrong, so it
   * counts as missing (docs/protocol/collateral.md#missing-collateral).
   *
   * @param check any check
   * @return the same check, missing if it failed
   */
  public static Check unproven(Check check) {
    return check.outcome() == Check.Outcome.FAILED
        ? Check.missing(
            check.name(),
            check.code().orElseThrow(),
            check.expected(),
            check.actual(),
            check.source())
        : check;
  }

  /**
   * Adds that something presented cannot be used and therefore counts as absent.
   *
   * @param check name of the line
   * @param what name of the thing presented
   * @param problem why it cannot be used
   */
  public CheckRecorder leftAside(String check, String what, MalformedEvidenceException problem) {
    Check wrong = problem.check();
    return add(
        Check.skipped(
            check,
            what + " cannot be used: expected " + wrong.expected() + ", was " + wrong.actual(),
            wrong.source()));
  }

  /** Adds that this verifier does not check revocation. */
  public CheckRecorder revocationNotChecked(String check, String source) {
    return add(Check.skipped(check, "switched off in this verifier", source))
        .note("revocation was not checked");
  }

  /** Returns the notes so far. */
  public List<String> notes() {
    return notes;
  }

  /** Returns the checks so far. */
  public List<Check> checks() {
    return checks;
  }

  /**
   * Runs a verification and never throws. An internal error is reported as a missing check: the
   * evidence is not accepted, and is not said to be forged
   * (docs/protocol/collateral.md#missing-collateral).
   *
   * @param check name of the check that reports an internal error
   * @param evidence that is verified
   * @param judging the verification
   */
  public static EvidenceVerification judged(
      String check, Evidence evidence, Supplier<EvidenceVerification> judging) {
    try {
      return judging.get();
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("cannot verify evidence sha256 {}", evidence.digest(), e);
      return new CheckRecorder()
          .add(
              Check.missing(
                  check,
                  ReasonCode.INTERNAL_ERROR,
                  "a result",
                  ReadableFailure.textOf(e),
                  "docs/verdicts.md"))
          .conclude(List.of());
    }
  }

  /** Concludes when no further check is possible. */
  public EvidenceVerification conclude(List<CollateralUse> used) {
    return conclude(Optional.empty(), used, Optional.empty());
  }

  /**
   * Concludes from the checks.
   *
   * @param claims if the evidence's own signature verified
   * @param used the collateral that was used
   * @param ends when the result expires
   */
  public EvidenceVerification conclude(
      Optional<Claims> claims, List<CollateralUse> used, Expiry ends) {
    return conclude(claims, used, Optional.of(ends));
  }

  private EvidenceVerification conclude(
      Optional<Claims> claims, List<CollateralUse> used, Optional<Expiry> ends) {
    Optional<ReasonCode> failed = first(Check.Outcome.FAILED);
    if (failed.isPresent()) {
      return new EvidenceVerification.NotGenuine(checks, used, notes, failed.get());
    }
    Optional<ReasonCode> missing = first(Check.Outcome.MISSING);
    if (missing.isPresent()) {
      return new EvidenceVerification.Undetermined(claims, checks, used, notes, missing.get());
    }
    return new EvidenceVerification.Genuine(
        claims.orElseThrow(),
        checks,
        used,
        notes,
        ends.orElseThrow().all(),
        ends.orElseThrow().certificates());
  }

  private Optional<ReasonCode> first(Check.Outcome outcome) {
    for (Check check : checks) {
      if (check.outcome() == outcome) {
        return check.code();
      }
    }
    return Optional.empty();
  }
}
