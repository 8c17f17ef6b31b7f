// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.SchedulerHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A host that writes down what it is asked, and answers as a test wants. */
class RecordingHost implements SchedulerHooks {
  final List<String> calls = new ArrayList<>();
  Optional<JobRequirements> definition = Optional.empty();
  Optional<String> declines = Optional.empty();
  boolean brokenStart;

  @Override
  public Optional<JobRequirements> definition(String job) {
    return definition;
  }

  @Override
  public Optional<String> reserve(String job, Set<String> participants) {
    calls.add("reserve " + new TreeSet<>(participants));
    return declines;
  }

  @Override
  public void dispatched(String job, Set<String> participants) {
    calls.add("dispatched " + new TreeSet<>(participants));
    if (brokenStart) {
      throw new AssertionError("broken host");
    }
  }

  @Override
  public void released(String job, JobOutcome outcome) {
    calls.add("released " + outcome.text());
  }
}
