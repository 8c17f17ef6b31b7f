// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.ScheduledJob;
import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.ScheduleHistory;
import io.fedtrust.attestation.spi.CCEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** At the server: attempts to schedule jobs, as often and as late as the retry policy says. */
final class JobScheduler implements AutoCloseable {
  private final Settings settings;
  private final Events events;
  private final Function<JobRequirements, JobAttempt> attempts;
  private volatile boolean closed;

  JobScheduler(Settings settings, Events events, Function<JobRequirements, JobAttempt> attempts) {
    this.settings = settings;
    this.events = events;
    this.attempts = attempts;
  }

  /**
   * At the server: one attempt to schedule a job.
   *
   * @param job what it demands
   * @param history of former attempts
   * @return the decision and the history with it
   */
  CompletableFuture<CCEvent.JobDecided> attempt(JobRequirements job, ScheduleHistory history) {
    if (!settings.isServer()) {
      throw new IllegalStateException("jobs are scheduled at " + settings.server());
    }
    return attempts
        .apply(job)
        .run()
        .exceptionally(failure -> new JobDecision.Retry(Failures.text(failure)))
        .thenApply(decision -> decided(job, history, decision));
  }

  private CCEvent.JobDecided decided(
      JobRequirements job, ScheduleHistory history, JobDecision decision) {
    Instant now = settings.clock().instant();
    ScheduleHistory longer = history.with(now, decision.toString());
    JobDecision last =
        decision instanceof JobDecision.Retry && settings.retry().isExhausted(longer)
            ? new JobDecision.Refused(JobDecision.CAN_NOT_SCHEDULE)
            : decision;
    CCEvent.JobDecided decided = new CCEvent.JobDecided(now, job.id(), last, longer);
    events.tell(decided);
    return decided;
  }

  /**
   * At the server: attempts again and again, waiting as the retry policy says.
   *
   * @param job what it demands
   * @return its decision to come, and the way to call it off
   */
  ScheduledJob schedule(JobRequirements job) {
    CompletableFuture<JobDecision> decision = schedule(job, ScheduleHistory.NONE);
    return new ScheduledJob() {
      @Override
      public CompletionStage<JobDecision> decision() {
        return decision.minimalCompletionStage();
      }

      @Override
      public void cancel() {}
    };
  }

  /** With whom models of a job may be exchanged now. */
  SortedSet<String> participants(String job) {
    return new TreeSet<>();
  }

  /** The host says that a job is over. */
  void ended(String job) {}

  private CompletableFuture<JobDecision> schedule(JobRequirements job, ScheduleHistory history) {
    return attempt(job, history)
        .thenCompose(
            decided ->
                decided.decision() instanceof JobDecision.Retry
                    ? waited(decided.history()).thenCompose(go -> schedule(job, decided.history()))
                    : CompletableFuture.completedFuture(decided.decision()));
  }

  private CompletableFuture<Void> waited(ScheduleHistory history) {
    CompletableFuture<Void> go = new CompletableFuture<>();
    Duration wait =
        Duration.between(settings.clock().instant(), settings.retry().nextAttempt(history));
    settings.after(
        wait,
        () -> {
          if (closed) {
            go.completeExceptionally(new IllegalStateException("stopped"));
          } else {
            go.complete(null);
          }
        });
    return go;
  }

  @Override
  public void close() {
    closed = true;
  }
}
