// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.engine.ClientState.Accepted;
import io.fedtrust.attestation.engine.ClientState.Ended;
import io.fedtrust.attestation.engine.ClientState.Judging;
import io.fedtrust.attestation.engine.ClientState.Proved;
import io.fedtrust.attestation.engine.ClientState.Proving;
import io.fedtrust.attestation.engine.ClientState.Running;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobEnd;
import io.fedtrust.attestation.protocol.SignedJobSet;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One attempt to schedule a job, at a client: from its list to its end
 * (docs/protocol/jobs.md#states-at-a-client). The state OFFERED is a nonce in {@link GroupNonces};
 * of ENDED only the answer is left, in {@link RepeatedAnswers}. A message that does not belong to
 * the present state is refused and changes nothing.
 */
final class ClientAttempt {
  static final String UNDECIDED = "this site could not decide";

  private final ClientServices services;
  private final SetChecks checks;
  private volatile ProcessKeys keys;
  private final GroupRound round;
  private final ClientReplies replies;
  private final Consumer<ClientAttempt> atEnd;
  private final JobReservation reservation;
  private ClientState state = new Proving();

  /**
   * Begins with a list of the server.
   *
   * @param round the list, of which this site's nonce is spent
   * @param atEnd called once, when the attempt has ended
   */
  ClientAttempt(ClientServices services, GroupRound round, Consumer<ClientAttempt> atEnd) {
    this.services = services;
    this.checks = new SetChecks(services);
    this.keys = services.keys().get();
    this.round = round;
    this.replies = new ClientReplies(services, round);
    this.atEnd = atEnd;
    this.reservation = new JobReservation(services, round.job());
  }

  String job() {
    return round.job();
  }

  Challenge challenge() {
    return replies.challenge();
  }

  /** What is repeated of an attempt that has ended. */
  synchronized Optional<Answered> answered() {
    return state.answered();
  }

  // PROVING

  /** Holds the list against the job, and proves this site. */
  CompletableFuture<Map<String, Object>> prove(GroupNonces.Nonce nonce, Deadline deadline) {
    later(
        Duration.between(services.settings().clock().instant(), round.expiry()),
        () -> endIf(now -> now instanceof Proving || now instanceof Proved, JobOutcome.LAPSED));
    return new ListProof(services, round)
        .prove(nonce, deadline)
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null) {
                endIf(Proving.class::isInstance, JobOutcome.LAPSED);
              }
            })
        .thenCompose(
            outcome ->
                outcome instanceof ListProof.Proven proven
                    ? proved(proven)
                    : declined((ListProof.Declined) outcome));
  }

  private CompletableFuture<Map<String, Object>> proved(ListProof.Proven proven) {
    synchronized (this) {
      if (!(state instanceof Proving)) {
        return CompletableFuture.failedFuture(ClientState.misplaced("a round that goes on"));
      }
      keys = proven.keys();
      state = new Proved(proven.membership(), proven.own(), new HashSet<>());
    }
    return CompletableFuture.completedFuture(proven.reply());
  }

  /** The server leaves this site out: it says so with its signature. */
  private CompletableFuture<Map<String, Object>> declined(ListProof.Declined declined) {
    if (endIf(Proving.class::isInstance, JobOutcome.NOT_DISPATCHED)) {
      tellAnswered(Optional.of(declined.why()));
    }
    return CompletableFuture.failedFuture(new RefusedException(Refusal.declined(declined.code())));
  }

  // PROVED, JUDGING

  /** Answers a set: once, and then in the same bytes. */
  CompletableFuture<Map<String, Object>> decide(SignedJobSet signed, ShownEntries shown)
      throws MalformedEvidenceException {
    Proved proved;
    synchronized (this) {
      Optional<CompletableFuture<Map<String, Object>>> known = state.answerTo(signed.set());
      if (known.isPresent()) {
        return known.get();
      }
      if (!(state instanceof Proved now)) {
        throw ClientState.misplaced("a round that this site answered, and one set of it");
      }
      proved = now;
    }
    OfferedSet offered = checks.offered(signed, shown, round, proved.membership(), proved.own());
    Judging judging = new Judging(offered, proved.membership(), new CompletableFuture<>());
    synchronized (this) {
      if (state != proved || proved.over().contains(offered.digest())) {
        return state
            .answerTo(signed.set())
            .orElseThrow(() -> ClientState.misplaced("a set that has not ended"));
      }
      state = judging;
    }
    later(
        services.settings().timing().decisionTimeout(),
        () -> decline(judging, Optional.empty(), UNDECIDED + " in time"));
    judge(judging, shown);
    return judging.answer();
  }

  private void judge(Judging judging, ShownEntries shown) {
    SetJudge judge =
        new SetJudge(
            services, checks, judging.offered(), round, judging.membership(), () -> is(judging));
    CompletableFuture<Void> unused =
        judge
            .decide(shown, reservation, UNDECIDED)
            .thenAccept(
                outcome -> {
                  if (outcome instanceof SetJudge.Declined declined) {
                    decline(judging, declined.code(), declined.why());
                  } else {
                    accept(judging, ((SetJudge.Trusted) outcome).keys());
                  }
                })
            .exceptionally(
                failure -> {
                  decline(judging, Optional.of(ReasonCode.INTERNAL_ERROR), UNDECIDED);
                  return null;
                });
  }

  private synchronized ClientState present() {
    return state;
  }

  private synchronized boolean is(ClientState expected) {
    return state == expected;
  }

  private synchronized boolean change(ClientState from, ClientState to) {
    if (state != from) {
      return false;
    }
    state = to;
    return true;
  }

  private void accept(Judging judging, Map<String, PeerKeys> peers) {
    Answered answered = replies.accepted(judging.offered(), keys);
    if (!change(
        judging, new Accepted(answered, judging.offered().set(), judging.membership(), peers))) {
      return;
    }
    later(
        Duration.ofNanos(answered.endNanos() - services.settings().nanoTime().getAsLong()),
        () -> endIf(Accepted.class::isInstance, JobOutcome.LAPSED));
    tellAnswered(Optional.empty());
    judging.answer().complete(answered.body());
  }

  private void decline(Judging judging, Optional<ReasonCode> code, String why) {
    if (!is(judging)) {
      return;
    }
    Answered answered = replies.declined(judging.offered(), keys, code, why);
    if (!change(judging, new Ended(Optional.of(answered)))) {
      return;
    }
    reservation.release(JobOutcome.NOT_DISPATCHED);
    tellAnswered(Optional.of(why));
    atEnd.accept(this);
    judging.answer().complete(answered.body());
  }

  // ACCEPTED

  /** Starts the job if the order is the server's and everybody in it accepted this very set. */
  CompletableFuture<Map<String, Object>> dispatch(JobDispatch order, long registrations)
      throws MalformedEvidenceException, RefusedException {
    Accepted accepted;
    synchronized (this) {
      if (state instanceof Running running && running.isFor(order)) {
        return running.start();
      }
      if (!(state instanceof Accepted now)) {
        throw ClientState.misplaced("a set that this site accepted and that has not ended");
      }
      accepted = now;
    }
    DispatchChecks fit = new DispatchChecks(services, job(), accepted.answer());
    fit.genuine(order, accepted.set(), accepted.peers());
    Optional<MalformedEvidenceException> objection =
        fit.objection(order, accepted.set(), accepted.membership());
    if (objection.isPresent()) {
      if (end(accepted, JobOutcome.CANCELLED)) {
        tellAnswered(Optional.of(JobDecision.VERIFY_ERROR + objection.get().check()));
      }
      throw new RefusedException(Refusal.declined(ReasonCode.GROUP_REFUSED));
    }
    Running running =
        accepted.running(
            order,
            services.members(job(), accepted.sessions(order, services.self())),
            registrations);
    synchronized (this) {
      if (state instanceof Running other && other.isFor(order)) {
        return other.start();
      }
      if (state != accepted) {
        throw ClientState.misplaced("a set that has not ended");
      }
      state = running;
    }
    CompletableFuture<Void> unused =
        reservation
            .start(order.participants().keySet())
            .thenAccept(started -> started(running, started));
    return running.start();
  }

  // RUNNING

  private void started(Running running, boolean started) {
    if (!started) {
      running
          .start()
          .completeExceptionally(new RefusedException(Refusal.declined(ReasonCode.INTERNAL_ERROR)));
      end(running, JobOutcome.CANCELLED);
      return;
    }
    if (is(running) && running.start().complete(replies.started(keys, running.dispatch()))) {
      tell(
          new CCEvent.JobStarted(
              services.settings().clock().instant(), job(), running.members().names()));
    }
  }

  /** With whom models may be exchanged now. */
  Optional<SortedSet<String>> participants() {
    return running().map(running -> running.members().names());
  }

  /** Takes note that a site, or its process, is no longer admitted. */
  void lost(String site, String reason) {
    running().ifPresent(running -> running.members().lost(site, reason));
  }

  private synchronized Optional<Running> running() {
    return state instanceof Running running && running.hasStarted()
        ? Optional.of(running)
        : Optional.empty();
  }

  /**
   * Whether another list for this job has to wait: while it runs, unless the server is another
   * process since, or, if it has no evidence, this site has registered again.
   */
  synchronized boolean isBusy(long registrations) {
    return state instanceof Running running
        && !running.isSuperseded(
            services
                .admissionControl()
                .admissions()
                .current(services.server(), services.settings().clock().instant())
                .flatMap(Admissions.Admission::process),
            registrations);
  }

  // ENDED

  /** The server says that the attempt, or the job, is over. */
  void end(JobEnd word) throws MalformedEvidenceException {
    ClientState now = present();
    new EndChecks(services, job()).require(word, now);
    if (!(now instanceof Proved proved)) {
      end(now, word.outcome());
      return;
    }
    synchronized (this) {
      if (state == proved) {
        proved.endsEarly(word.set());
        return;
      }
    }
    // A set has come meanwhile.
    end(word);
  }

  /** Ends the attempt whatever its state is. */
  void end(JobOutcome outcome) {
    endIf(any -> true, outcome);
  }

  /** The host says that the job is over. */
  void finished() {
    endIf(Running.class::isInstance, JobOutcome.FINISHED);
  }

  private boolean end(ClientState expected, JobOutcome outcome) {
    return endIf(now -> now == expected, outcome);
  }

  private boolean endIf(Predicate<ClientState> stage, JobOutcome outcome) {
    ClientState former;
    synchronized (this) {
      former = state;
      if (former instanceof Ended || !stage.test(former)) {
        return false;
      }
      state = new Ended(former.answered());
    }
    reservation.release(outcome);
    if (former instanceof Accepted || former instanceof Running) {
      tell(new CCEvent.JobEnded(services.settings().clock().instant(), job(), outcome));
    }
    atEnd.accept(this);
    former
        .awaited()
        .ifPresent(
            reply -> reply.completeExceptionally(ClientState.misplaced("an attempt that goes on")));
    return true;
  }

  private void later(Duration delay, Runnable task) {
    services.settings().after(delay, task);
  }

  private void tellAnswered(Optional<String> declined) {
    tell(new CCEvent.JobAnswered(services.settings().clock().instant(), job(), declined));
  }

  private void tell(CCEvent event) {
    services.events().tell(event);
  }
}
