// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import java.util.Optional;
import java.util.Set;

/**
 * Code of a client's host that runs while a job is scheduled, in the manager's work pool. A method
 * that throws, or does not return within the decision timeout, declines the job.
 */
public interface SchedulerHooks {
  /** Finds no definition and declines no job. */
  SchedulerHooks NONE = new SchedulerHooks() {};

  /**
   * Returns the definition of a job as the submitter signed it, independent of the server. Without
   * a definition the site still takes part, and its verdicts note that the members of the job are
   * asserted by the server.
   *
   * @param job the job's id
   * @return its requirements; with the digest only if the submitter's signature over the definition
   *     was checked
   */
  default Optional<JobRequirements> definition(String job) {
    return Optional.empty();
  }

  /**
   * Reserves resources for a job, for example a GPU, when all its participants are trusted. {@link
   * #released} follows each reservation.
   *
   * @param job the job's id
   * @param participants names in the set that the server signed, including the server's
   * @return why this site declines, or empty if it accepts
   */
  default Optional<String> reserve(String job, Set<String> participants) {
    return Optional.empty();
  }

  /**
   * Starts a job. All its participants have accepted and are admitted here.
   *
   * @param job the job's id
   * @param participants that were dispatched, some or all of those of {@link #reserve}
   */
  default void dispatched(String job, Set<String> participants) {}

  /**
   * Releases what was reserved, once for each {@link #reserve} that accepted, even if it returned
   * too late. When the manager closes, it runs in the thread that closes.
   *
   * @param job the job's id
   * @param outcome how it ended here
   */
  default void released(String job, JobOutcome outcome) {}
}
