// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobOutcome;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * What the host reserved for one attempt: given back exactly once, also if the host reserves it
 * after the attempt is over, and never while the host starts the job.
 */
final class JobReservation {
  private final ClientServices services;
  private final String job;
  private boolean held;
  private boolean starting;
  private Optional<JobOutcome> over = Optional.empty();

  JobReservation(ClientServices services, String job) {
    this.services = services;
    this.job = job;
  }

  /**
   * Asks the host.
   *
   * @param otherwise why this site declines if the host does not decide
   * @return why it declines, or empty
   */
  CompletableFuture<Optional<String>> reserve(Set<String> participants, String otherwise) {
    return services
        .host()
        .call(
            "reservation for a job",
            () -> {
              Optional<String> declined = services.settings().hooks().reserve(job, participants);
              if (declined.isEmpty()) {
                hold();
              }
              return declined;
            },
            Optional.of(otherwise));
  }

  private void hold() {
    Optional<JobOutcome> late;
    synchronized (this) {
      late = over;
      held = late.isEmpty();
    }
    late.ifPresent(this::giveBack);
  }

  /**
   * Has the host start the job, unless the attempt is over.
   *
   * @return whether it has started
   */
  CompletableFuture<Boolean> start(Set<String> participants) {
    return services
        .host()
        .call(
            "start of a job",
            () -> {
              if (!begin()) {
                return false;
              }
              try {
                services.settings().hooks().dispatched(job, participants);
                return true;
              } finally {
                returned();
              }
            },
            false);
  }

  private synchronized boolean begin() {
    starting = over.isEmpty();
    return starting;
  }

  /** The attempt may have ended while the host started. */
  private void returned() {
    Optional<JobOutcome> late;
    synchronized (this) {
      starting = false;
      late = held ? over : Optional.empty();
      held = held && late.isEmpty();
    }
    late.ifPresent(this::giveBack);
  }

  /** Gives back what is reserved: now, or when the host has reserved it or has started. */
  void release(JobOutcome outcome) {
    synchronized (this) {
      if (over.isPresent()) {
        return;
      }
      over = Optional.of(outcome);
      if (!held || starting) {
        return;
      }
      held = false;
    }
    giveBack(outcome);
  }

  /** In the work pool, unless this site stops: then nobody waits for the pool any more. */
  private void giveBack(JobOutcome outcome) {
    Runnable code =
        () ->
            HostCode.guarded(
                "release of a reservation",
                () -> services.settings().hooks().released(job, outcome));
    if (outcome == JobOutcome.CLOSED) {
      code.run();
      return;
    }
    try {
      services.settings().work().execute(code);
    } catch (RejectedExecutionException e) {
      code.run();
    }
  }
}
