// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.JobOutcome;
import io.fedtrust.attestation.model.JobRequirements;
import java.util.Optional;
import java.util.Set;

/**
 * What a client's host adds when a job is scheduled. Each runs in the manager's work pool; one that
 * throws, or does not return within the decision timeout, declines.
 */
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
   * Reserves what a job needs, for example a GPU, when all its participants are trusted. {@link
   * #released} follows each reservation.
   *
   * @param job the job's id
   * @param participants names of the set that the server signed, the server's among them
   * @return why this site declines, or empty if it accepts
   */
  default Optional<String> reserve(String job, Set<String> participants) {
    return Optional.empty();
  }

  /**
   * Starts a job: everybody in it accepted, and is admitted here.
   *
   * @param job the job's id
   * @param participants those who were dispatched, some or all of the ones of {@link #reserve}
   */
  default void dispatched(String job, Set<String> participants) {}

  /**
   * Gives back what was reserved: once for each {@link #reserve} that accepted, also if that
   * returned too late to count. When the manager closes it runs in the thread that closes.
   *
   * @param job the job's id
   * @param outcome how it ended here
   */
  default void released(String job, JobOutcome outcome) {}
}
