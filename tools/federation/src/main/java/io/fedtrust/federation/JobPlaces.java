// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.SchedulerHooks;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** The places for jobs at a client. Each job reserves one, and gives it back when it ends. */
final class JobPlaces implements SchedulerHooks {
  private final Semaphore free;
  private final Consumer<String> say;

  /**
   * Opens places.
   *
   * @param places how many jobs may run at a time
   * @param say hears what happens to them
   */
  JobPlaces(int places, Consumer<String> say) {
    this.free = new Semaphore(places);
    this.say = say;
  }

  @Override
  public Optional<String> reserve(String job, Set<String> participants) {
    if (!free.tryAcquire()) {
      return Optional.of("no place is free");
    }
    say.accept("reserved a place for job " + job);
    return Optional.empty();
  }

  @Override
  public void dispatched(String job, Set<String> participants) {
    say.accept("trains for job " + job);
  }

  @Override
  public void released(String job, JobOutcome outcome) {
    free.release();
    say.accept("gave back the place of job " + job + ", which is " + outcome.text());
  }
}
