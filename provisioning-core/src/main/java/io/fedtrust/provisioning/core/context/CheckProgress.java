// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.context;

import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Inspection.Check;
import io.fedtrust.provisioning.model.Inspection.Outcome;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which checks of a fixed order were passed. An inspection turns it into a list: what was passed,
 * the one that failed, and those that were not reached.
 *
 * @param <E> the checks, in order
 */
public final class CheckProgress<E extends Enum<E>> {
  private final Class<E> checks;
  private final Set<E> passed;

  /** Starts with no check passed. */
  public CheckProgress(Class<E> checks) {
    this.checks = checks;
    this.passed = EnumSet.noneOf(checks);
  }

  /** Notes that a check was passed. */
  public void passed(E check) {
    passed.add(check);
  }

  /** Lists all checks; the first that was not passed is the one that failed, if any did. */
  public List<Check> list(Optional<ProvisioningException> failure) {
    List<Check> list = new ArrayList<>();
    boolean failed = false;
    for (E check : checks.getEnumConstants()) {
      if (passed.contains(check)) {
        list.add(new Check(check.toString(), Outcome.PASSED, "", Optional.empty()));
      } else if (failure.isPresent() && !failed) {
        failed = true;
        list.add(
            new Check(
                check.toString(),
                Outcome.FAILED,
                failure.get().problem(),
                Optional.of(failure.get().code().name())));
      } else {
        list.add(
            new Check(
                check.toString(),
                Outcome.SKIPPED,
                failed ? "an earlier check failed" : "not applicable",
                Optional.empty()));
      }
    }
    return list;
  }
}
