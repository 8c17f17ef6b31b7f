// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.KeySignatures;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One attempt of the server to schedule one job, from the roll call to the end of the job
 * (docs/protocol/jobs.md#states-at-the-server). Steps follow each other; {@link #end} may come
 * between any two of them, and then nothing is sent any more but the end.
 */
final class JobAttempt {
  /** Where the server is; each ends by its deadline whatever the clients do. */
  enum State {
    /** Clients are asked for a nonce. */
    ROLL_CALL,
    /** Everybody in the list proves itself. */
    PROVING,
    /** The server appraises what came. */
    JUDGING,
    /** Clients appraise each other. */
    ASKING,
    /** Clients are ordered to start. */
    DISPATCHING,
    /** The job runs. */
    RUNNING,
    /** Nothing more happens. */
    ENDED
  }

  private final JobServices services;
  private final Settings settings;
  private final JobRequirements job;
  private final JobPatience patience;
  private final JobClients clients;
  private final RollCall rollCall;
  private final CompletableFuture<JobDecision> decision = new CompletableFuture<>();
  private final SortedMap<String, ClientProblem> problems = new TreeMap<>();
  private final SortedSet<String> left = new TreeSet<>();
  private State state = State.ROLL_CALL;
  private Optional<JobOffer> offer = Optional.empty();
  private Optional<JobOffer.Told> told = Optional.empty();
  private Optional<JobMembers> run = Optional.empty();

  JobAttempt(JobServices services, JobRequirements job, JobPatience patience) {
    this.services = services;
    this.settings = services.settings();
    this.job = job;
    this.patience = patience;
    this.clients = new JobClients(services, job.id());
    this.rollCall = new RollCall(services, clients, job);
  }

  /** Makes the attempt; completes exceptionally only if this site stops. */
  CompletableFuture<JobDecision> run() {
    if (job.ownCode()) {
      settle(JobDecision.Refused.because(JobDecision.OWN_CODE));
    } else {
      CompletableFuture<Void> unused =
          rollCall()
              .handle(
                  (made, failure) -> {
                    settle(
                        failure == null
                            ? made
                            : JobDecision.Retry.because(Failures.text(failure), Map.of()));
                    return null;
                  });
    }
    return decision;
  }

  private CompletableFuture<JobDecision> rollCall() {
    JobScheduling.Roster roster = rollCall.roster(patience);
    problems.putAll(roster.problems());
    left.addAll(roster.clients());
    return next(
        State.ROLL_CALL,
        false,
        () ->
            rollCall
                .nonces(roster.clients())
                .thenComposeAsync(
                    result -> {
                      drop(result.problems());
                      return next(State.PROVING, false, () -> prove(result.nonces()));
                    },
                    settings.work()));
  }

  /**
   * Goes on with the next step, unless the clients that are left do not suffice or the attempt was
   * ended.
   *
   * @param complete whether the clients have answered all that they are asked
   */
  private CompletableFuture<JobDecision> next(
      State step, boolean complete, Supplier<CompletableFuture<JobDecision>> go) {
    Set<String> waiting =
        settings.untrustedClients() == UntrustedClientPolicy.BLOCK
            ? patience.waitsFor(problems)
            : Set.of();
    Optional<JobDecision.Retry> retry = JobScheduling.retry(job, left, problems, waiting);
    if (retry.isPresent()) {
      patience.record(problems, waiting, complete);
      return CompletableFuture.completedFuture(retry.get());
    }
    return enter(step) ? go.get() : aborted();
  }

  private synchronized boolean enter(State step) {
    if (state != State.ENDED) {
      state = step;
    }
    return state == step;
  }

  private static CompletableFuture<JobDecision> aborted() {
    return CompletableFuture.completedFuture(JobDecision.Refused.because(JobDecision.ABORTED));
  }

  private void drop(Map<String, ClientProblem> others) {
    problems.putAll(others);
    left.removeAll(others.keySet());
  }

  private CompletableFuture<JobDecision> prove(Map<String, Bytes> nonces) {
    JobRound round;
    try {
      round = JobRound.of(services, clients, job, nonces);
    } catch (MalformedEvidenceException e) {
      return CompletableFuture.completedFuture(
          JobDecision.Retry.because(JobDecision.VERIFY_ERROR + e.check(), Map.of()));
    }
    return round
        .run(left, () -> enter(State.JUDGING))
        .thenComposeAsync(outcome -> judged(round, outcome), settings.work());
  }

  private CompletableFuture<JobDecision> judged(JobRound round, JobRound.Outcome outcome) {
    Map<String, ClientProblem> others = new TreeMap<>(outcome.problems());
    ClientProblem own = others.remove(settings.server());
    drop(others);
    if (own != null) {
      return CompletableFuture.completedFuture(
          JobDecision.Retry.because(
              JobDecision.VERIFY_ERROR, Map.of(settings.server(), own.reason())));
    }
    return next(
        State.ASKING,
        false,
        () -> {
          Map<String, JobSet.Left> listed = new TreeMap<>();
          others.forEach(
              (client, problem) -> {
                if (round.list().nonces().containsKey(client)) {
                  listed.put(client, told(problem));
                }
              });
          JobOffer made = new JobOffer(services, clients, round.list(), outcome.members(), listed);
          return offered(made) ? requestAnswers(made) : aborted();
        });
  }

  /** What others are told of a client; nothing of why. */
  private static JobSet.Left told(ClientProblem problem) {
    return switch (problem.kind()) {
      case REJECTED, QUARANTINED -> JobSet.Left.REJECTED;
      case INCONCLUSIVE -> JobSet.Left.INCONCLUSIVE;
      case BUSY -> JobSet.Left.BUSY;
      case DECLINED -> JobSet.Left.DECLINED;
      case SILENT, ABSENT, GIVEN_UP -> JobSet.Left.SILENT;
    };
  }

  /** From now on the clients of the set are told how it ends. */
  private synchronized boolean offered(JobOffer made) {
    if (state != State.ASKING) {
      return false;
    }
    offer = Optional.of(made);
    told = Optional.of(made.told());
    settings.after(
        Duration.between(settings.clock().instant(), made.expires()), made.entries()::drop);
    return true;
  }

  private CompletableFuture<JobDecision> requestAnswers(JobOffer made) {
    return made.request()
        .thenComposeAsync(
            answers -> {
              drop(answers.problems());
              drop(gone(made));
              return next(
                  State.DISPATCHING,
                  true,
                  () -> {
                    Map<String, Optional<KeySignatures>> accepted =
                        new TreeMap<>(answers.accepted());
                    accepted.keySet().retainAll(left);
                    return dispatch(made, accepted);
                  });
            },
            settings.work());
  }

  /** Those who accepted, and are no longer admitted as what they accepted. */
  private Map<String, ClientProblem> gone(JobOffer made) {
    Map<String, ClientProblem> gone = new HashMap<>();
    Instant now = settings.clock().instant();
    for (String client : left) {
      Optional<Admissions.Admission> admission =
          services.admissionControl().admissions().current(client, now);
      if (admission.isEmpty()) {
        gone.put(client, rollCall.standing(client));
      } else if (!made.members()
          .get(client)
          .isAdmittedBy(admission.get(), services.admissionControl().isUnattested(client))) {
        gone.put(client, ClientProblem.absent("its session key is another"));
      }
    }
    return gone;
  }

  private CompletableFuture<JobDecision> dispatch(
      JobOffer made, Map<String, Optional<KeySignatures>> accepted) {
    return made.dispatch(accepted, () -> is(State.DISPATCHING))
        .thenComposeAsync(
            started -> {
              Map<String, ClientProblem> late = new TreeMap<>();
              accepted.keySet().stream()
                  .filter(client -> !started.contains(client))
                  .forEach(client -> late.put(client, ClientProblem.declined("did not start")));
              drop(late);
              return next(State.RUNNING, true, () -> running(made, late.keySet()));
            },
            settings.work());
  }

  private synchronized boolean is(State step) {
    return state == step;
  }

  /**
   * The job runs.
   *
   * @param late who did not say that they started
   */
  private CompletableFuture<JobDecision> running(JobOffer made, Set<String> late) {
    Map<String, Optional<String>> sessions = new TreeMap<>();
    left.forEach(client -> sessions.put(client, made.members().get(client).session()));
    JobMembers begun =
        new JobMembers(
            settings, services.admissionControl(), services.events(), job.id(), sessions);
    synchronized (this) {
      if (state != State.RUNNING) {
        return aborted();
      }
      run = Optional.of(begun);
      // A job may run for days: of its set nobody needs more than how to say that it is over.
      offer = Optional.empty();
    }
    made.entries().drop();
    if (!late.isEmpty()) {
      // They may run all the same: the reply was lost, or comes too late.
      services.ends().send(job.id(), made.told().set(), JobOutcome.CANCELLED, late);
    }
    services
        .events()
        .tell(new CCEvent.JobStarted(settings.clock().instant(), job.id(), begun.names()));
    return CompletableFuture.completedFuture(
        new JobDecision.Dispatch(left, JobScheduling.reasons(problems)));
  }

  /** The attempt has come to a decision; unless the job runs now, it is over. */
  private void settle(JobDecision made) {
    if (!(made instanceof JobDecision.Dispatch)) {
      finish(JobOutcome.NOT_DISPATCHED);
    }
    decision.complete(made);
  }

  /**
   * Ends the attempt, or the job; nothing is dispatched from now on. Does nothing if it has ended.
   *
   * @param outcome of a job that runs; one that does not is cancelled
   */
  void end(JobOutcome outcome) {
    finish(outcome);
    decision.complete(JobDecision.Refused.because(JobDecision.ABORTED));
  }

  private void finish(JobOutcome outcome) {
    State former;
    Optional<JobOffer.Told> concerned;
    synchronized (this) {
      former = state;
      concerned = told;
      forget();
    }
    if (former == State.ENDED || concerned.isEmpty()) {
      return;
    }
    JobOutcome said =
        switch (former) {
          case RUNNING -> outcome;
          case DISPATCHING -> JobOutcome.CANCELLED;
          case ROLL_CALL, PROVING, JUDGING, ASKING, ENDED ->
              outcome == JobOutcome.NOT_DISPATCHED ? outcome : JobOutcome.CANCELLED;
        };
    services.ends().send(job.id(), concerned.get().set(), said, concerned.get().clients());
    services.events().tell(new CCEvent.JobEnded(settings.clock().instant(), job.id(), said));
  }

  private synchronized void forget() {
    state = State.ENDED;
    offer = Optional.empty();
    told = Optional.empty();
    run = Optional.empty();
  }

  boolean hasEnded() {
    return is(State.ENDED);
  }

  /** With whom models may be exchanged now; nobody unless the job runs. */
  SortedSet<String> participants() {
    return running().map(JobMembers::names).orElseGet(TreeSet::new);
  }

  /** A site is no longer admitted, or another process of it is. */
  void lost(String site, String reason) {
    running().ifPresent(active -> active.lost(site, reason));
  }

  private synchronized Optional<JobMembers> running() {
    return run;
  }

  /** Entries of this attempt's set, for a client to which it went. */
  Map<String, Object> entries(String client, Map<?, ?> body) throws MalformedEvidenceException {
    Optional<JobOffer> made;
    synchronized (this) {
      made = offer;
    }
    Membership.check("set", made.isPresent(), "a set of this job that is being appraised", "none");
    return made.orElseThrow().entries().fetch(client, body);
  }

  /** This site stops: nobody is told, and clients release what they reserved by themselves. */
  void close() {
    forget();
    decision.completeExceptionally(Failures.closed());
  }
}
