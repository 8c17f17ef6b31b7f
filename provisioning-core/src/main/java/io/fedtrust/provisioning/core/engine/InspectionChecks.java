// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.engine;

import io.fedtrust.provisioning.core.context.CheckProgress;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.model.Inspection.Check;
import io.fedtrust.provisioning.model.Inspection.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The checks that an inspection made, in order. */
final class InspectionChecks {
  private final List<Check> checks = new ArrayList<>();

  List<Check> all() {
    return List.copyOf(checks);
  }

  /** Notes every check of a reader, and returns what it read. */
  <E extends Enum<E>, T> Optional<T> run(CheckProgress<E> progress, Supplier<T> action) {
    Optional<T> result = Optional.empty();
    Optional<ProvisioningException> failure = Optional.empty();
    try {
      result = Optional.of(action.get());
    } catch (ProvisioningException e) {
      failure = Optional.of(e);
    }
    checks.addAll(progress.list(failure));
    return result;
  }

  /** Notes one check. */
  void single(String name, Runnable action) {
    Optional<String> unused =
        single(
            name,
            () -> {
              action.run();
              return name;
            });
  }

  /** Notes one check, and returns what it gives. */
  <T> Optional<T> single(String name, Supplier<T> action) {
    try {
      T result = action.get();
      passed(name);
      return Optional.of(result);
    } catch (ProvisioningException e) {
      failed(name, e.code(), e.problem());
      return Optional.empty();
    }
  }

  void passed(String name) {
    checks.add(new Check(name, Outcome.PASSED, "", Optional.empty()));
  }

  void failed(String name, ErrorCode code, String problem) {
    checks.add(new Check(name, Outcome.FAILED, problem, Optional.of(code.name())));
  }

  void skip(String name, String reason) {
    checks.add(new Check(name, Outcome.SKIPPED, reason, Optional.empty()));
  }
}
