// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.JobRequirements;
import java.util.Optional;
import java.util.Set;

/** What a client's host adds when a job is scheduled. */
public interface SchedulerHooks {
  /** Knows no job and declines none. */
  SchedulerHooks NONE = new SchedulerHooks() {};

  /**
   * Finds a job by what this site itself knows of it: its definition as the submitter signed it,
   * not what the server says. Without it a site still takes part, and its verdicts say that the
   * members of the job are asserted by the server.
   *
   * @param job the job's id
   * @return its requirements; with the digest only if the submitter's signature over the definition
   *     was checked
   */
  default Optional<JobRequirements> definition(String job) {
    return Optional.empty();
  }

  /**
   * Asks for a job whose participants are all trusted, for example whether there are resources.
   *
   * @param job the job's id
   * @param participants their names, the server's among them
   * @return why this site declines, or empty; one that throws declines
   */
  default Optional<String> decline(String job, Set<String> participants) {
    return Optional.empty();
  }
}
