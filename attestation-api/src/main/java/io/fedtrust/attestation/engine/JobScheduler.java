// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.ScheduledJob;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/**
 * At the server: attempts to schedule jobs, as often and as late as the retry policy says; one
 * attempt of a job at a time.
 */
final class JobScheduler implements AutoCloseable {
  private static final int MAX_PATIENCE = 1024;

  private final Settings settings;
  private final Events events;
  private final BiFunction<JobRequirements, JobPatience, JobAttempt> attempts;
  private final Map<String, JobAttempt> current = new HashMap<>();
  private final Map<String, JobPatience> patience = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();
  private volatile boolean closed;

  JobScheduler(
      Settings settings,
      Events events,
      BiFunction<JobRequirements, JobPatience, JobAttempt> attempts) {
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
    requireServer();
    return attempt(job, history, begin(job));
  }

  /**
   * Makes an attempt.
   *
   * @param begun empty if another one of this job is under way
   */
  private CompletableFuture<CCEvent.JobDecided> attempt(
      JobRequirements job, ScheduleHistory history, Optional<JobAttempt> begun) {
    CompletableFuture<CCEvent.JobDecided> decided = opened();
    CompletableFuture<Void> unused =
        begun
            .map(JobAttempt::run)
            .orElseGet(
                () ->
                    CompletableFuture.completedFuture(
                        JobDecision.Retry.because("this job is being attempted or runs", Map.of())))
            .exceptionally(failure -> JobDecision.Retry.because(Failures.text(failure), Map.of()))
            .thenAccept(
                decision -> {
                  if (!closed) {
                    decided.complete(decided(job, history, decision));
                  }
                });
    return decided;
  }

  private void requireServer() {
    if (!settings.isServer()) {
      throw new IllegalStateException("jobs are scheduled at " + settings.server());
    }
  }

  private synchronized Optional<JobAttempt> begin(JobRequirements job) {
    JobAttempt former = current.get(job.id());
    if (closed || (former != null && !former.hasEnded())) {
      return Optional.empty();
    }
    JobPatience left =
        patience.computeIfAbsent(
            job.id(), id -> new JobPatience(settings.timing().forgetAfter(), settings.nanoTime()));
    if (patience.size() > MAX_PATIENCE) {
      patience.remove(patience.keySet().iterator().next());
    }
    JobAttempt attempt = attempts.apply(job, left);
    current.values().removeIf(JobAttempt::hasEnded);
    current.put(job.id(), attempt);
    return Optional.of(attempt);
  }

  /** A stage that does not stay open when this site stops. */
  private <T> CompletableFuture<T> opened() {
    CompletableFuture<T> stage = new CompletableFuture<>();
    long number = count.incrementAndGet();
    open.put(number, stage);
    CompletableFuture<T> unused = stage.whenComplete((value, failure) -> open.remove(number));
    if (closed) {
      stage.completeExceptionally(Failures.closed());
    }
    return stage;
  }

  private CCEvent.JobDecided decided(
      JobRequirements job, ScheduleHistory history, JobDecision decision) {
    Instant now = settings.clock().instant();
    ScheduleHistory longer = history.with(now, decision.toString());
    JobDecision last =
        decision instanceof JobDecision.Retry retry && settings.retry().isExhausted(longer)
            ? new JobDecision.Refused(JobDecision.CAN_NOT_SCHEDULE, retry.sites())
            : decision;
    if (!(last instanceof JobDecision.Retry)) {
      synchronized (this) {
        patience.remove(job.id());
      }
    }
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
    requireServer();
    Scheduled scheduled = new Scheduled(job, opened());
    scheduled.attempt(ScheduleHistory.NONE);
    return scheduled;
  }

  /** One job, until it is dispatched, given up or called off. */
  private final class Scheduled implements ScheduledJob {
    private final JobRequirements job;
    private final CompletableFuture<JobDecision> decision;
    private boolean cancelled;
    private Optional<JobAttempt> latest = Optional.empty();

    Scheduled(JobRequirements job, CompletableFuture<JobDecision> decision) {
      this.job = job;
      this.decision = decision;
    }

    private void attempt(ScheduleHistory history) {
      Optional<JobAttempt> begun = begin(job);
      if (!takes(begun)) {
        begun.ifPresent(attempt -> attempt.end(JobOutcome.CANCELLED));
        return;
      }
      CompletableFuture<Void> unused =
          JobScheduler.this
              .attempt(job, history, begun)
              .handle(
                  (decided, failure) -> {
                    if (failure != null) {
                      decision.completeExceptionally(Failures.closed());
                    } else if (decided.decision() instanceof JobDecision.Retry) {
                      wait(decided.history());
                    } else {
                      decision.complete(decided.decision());
                    }
                    return null;
                  });
    }

    private void wait(ScheduleHistory history) {
      try {
        settings.after(
            Duration.between(settings.clock().instant(), settings.retry().nextAttempt(history)),
            () -> {
              if (goesOn()) {
                attempt(history);
              }
            });
      } catch (RejectedExecutionException e) {
        // The host has stopped its timers: nothing would begin the next attempt.
        decision.completeExceptionally(Failures.closed());
      }
    }

    private synchronized boolean goesOn() {
      return !cancelled && !closed;
    }

    /** False if the job was called off while the attempt began. */
    private synchronized boolean takes(Optional<JobAttempt> begun) {
      latest = begun;
      return !cancelled;
    }

    /** What there is to end: an attempt of this handle's own, never another's of the same job. */
    private synchronized Optional<JobAttempt> calledOff() {
      cancelled = true;
      return latest;
    }

    @Override
    public CompletionStage<JobDecision> decision() {
      return decision.minimalCompletionStage();
    }

    @Override
    public void cancel() {
      calledOff().ifPresent(attempt -> attempt.end(JobOutcome.CANCELLED));
      decision.complete(new JobDecision.Refused(JobDecision.ABORTED, new TreeMap<>()));
    }
  }

  /** With whom models of a job may be exchanged now. */
  SortedSet<String> participants(String job) {
    return attemptOf(job).map(JobAttempt::participants).orElseGet(TreeSet::new);
  }

  /** The host says that a job is over. */
  void ended(String job) {
    attemptOf(job).ifPresent(attempt -> attempt.end(JobOutcome.FINISHED));
  }

  /**
   * Entries of a set, for a client to which it went.
   *
   * @param client that requests it
   * @param body of its request
   * @return the body of the reply
   * @throws MalformedEvidenceException if there are none for this client
   */
  Map<String, Object> entries(String client, Map<?, ?> body) throws MalformedEvidenceException {
    Optional<JobAttempt> attempt =
        body.get(Topics.JOB) instanceof String job ? attemptOf(job) : Optional.empty();
    Membership.check("job", attempt.isPresent(), "a job that is scheduled here", "another");
    return attempt.orElseThrow().entries(client, body);
  }

  /** A site is no longer admitted, or another process of it is. */
  void lost(String site, String reason) {
    running().forEach(attempt -> attempt.lost(site, reason));
  }

  private synchronized Optional<JobAttempt> attemptOf(String job) {
    return Optional.ofNullable(current.get(job));
  }

  /** The attempts and jobs that have not ended. */
  private synchronized Collection<JobAttempt> running() {
    return new ArrayList<>(current.values());
  }

  @Override
  public void close() {
    closed = true;
    running().forEach(JobAttempt::close);
    List.copyOf(open.values()).forEach(stage -> stage.completeExceptionally(Failures.closed()));
  }
}
