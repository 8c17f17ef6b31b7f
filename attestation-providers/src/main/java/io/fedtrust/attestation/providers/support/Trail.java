// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The checks of one authentication, in the order made. */
public final class Trail {
  private final List<Check> checks = new ArrayList<>(24);
  private final List<String> notes = new ArrayList<>(2);

  /** Adds a check. */
  public Trail add(Check check) {
    checks.add(check);
    return this;
  }

  /** Adds checks. */
  public Trail addAll(List<Check> more) {
    checks.addAll(more);
    return this;
  }

  /** Adds what a reader must know. */
  public Trail note(String sentence) {
    notes.add(sentence);
    return this;
  }

  /** Returns the checks so far. */
  public List<Check> checks() {
    return checks;
  }

  /** Returns what a reader must know. */
  public List<String> notes() {
    return notes;
  }

  /** Returns the reason of the first failed check. */
  public Optional<ReasonCode> failed() {
    return first(Check.Outcome.FAILED);
  }

  /** Returns the reason of the first check that could not be made. */
  public Optional<ReasonCode> missing() {
    return first(Check.Outcome.MISSING);
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
