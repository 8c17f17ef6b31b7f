// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EvidenceRequest;
import io.fedtrust.attestation.model.GroupRound;
import io.fedtrust.attestation.model.JobAnswer;
import io.fedtrust.attestation.model.JobContext;
import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobDispatch;
import io.fedtrust.attestation.model.JobEnd;
import io.fedtrust.attestation.model.JobOutcome;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.JobSet;
import io.fedtrust.attestation.model.JobStart;
import io.fedtrust.attestation.model.KeySignatures;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.Presence;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SignedJobSet;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
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
  private static final String UNDECIDED = "this site could not decide";
  private static final int MAX_OVER = 16;
  private static final String SOURCE = "docs/protocol/jobs.md#states-at-a-client";

  private final ClientServices services;
  private final SetChecks checks;
  private volatile ProcessKeys keys;
  private final GroupRound round;
  private final Challenge challenge;
  private final Consumer<ClientAttempt> atEnd;
  private final JobReservation reservation;
  private State state = new Proving();

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
    this.challenge = round.challenge(services.project());
    this.atEnd = atEnd;
    this.reservation = new JobReservation(services, round.job());
  }

  /** Where an attempt stands. */
  private sealed interface State {
    /** What was answered to a set, or will be. */
    default Optional<CompletableFuture<Map<String, Object>>> answerTo(JobSet set) {
      return answered()
          .filter(answered -> answered.isOf(set))
          .map(answered -> CompletableFuture.completedFuture(answered.body()));
    }

    default Optional<Answered> answered() {
      return Optional.empty();
    }
  }

  /** The list is held against the job, and evidence is collected. */
  private record Proving() implements State {}

  /**
   * The server has this site's evidence.
   *
   * @param membership whom this site expects
   * @param own what it sent
   * @param over sets that ended before they came
   */
  private record Proved(Membership membership, JobSet.Participant own, Set<Bytes> over)
      implements State {}

  /** The participants of a set are judged; the answer is to come. */
  private record Judging(
      OfferedSet offered, Membership membership, CompletableFuture<Map<String, Object>> answer)
      implements State {
    @Override
    public Optional<CompletableFuture<Map<String, Object>>> answerTo(JobSet set) {
      return offered.set().equals(set) ? Optional.of(answer) : Optional.empty();
    }
  }

  /** This site has said yes. */
  private record Accepted(
      Answered answer, JobSet set, Membership membership, Map<String, PeerKeys> peers)
      implements State {
    @Override
    public Optional<Answered> answered() {
      return Optional.of(answer);
    }
  }

  /**
   * The job runs here.
   *
   * @param dispatch what the server signed of the order
   * @param start the reply to it; the host starts until it is there
   * @param registrations how often this site had registered then
   */
  private record Running(
      Answered answer,
      Bytes dispatch,
      JobMembers members,
      CompletableFuture<Map<String, Object>> start,
      long registrations)
      implements State {
    @Override
    public Optional<Answered> answered() {
      return Optional.of(answer);
    }
  }

  private record Ended(Optional<Answered> answered) implements State {}

  String job() {
    return round.job();
  }

  Challenge challenge() {
    return challenge;
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
    return services
        .host()
        .call(
            "definition of a job",
            () -> Optional.of(services.settings().hooks().definition(job())),
            Optional.<Optional<JobRequirements>>empty())
        .thenCompose(
            found ->
                found
                    .map(definition -> entered(definition, nonce, deadline))
                    .orElseGet(() -> declined(ReasonCode.INTERNAL_ERROR, UNDECIDED)));
  }

  private CompletableFuture<Map<String, Object>> entered(
      Optional<JobRequirements> definition, GroupNonces.Nonce nonce, Deadline deadline) {
    Membership membership = Membership.of(services.server(), definition);
    EvidenceRequest request;
    try {
      request =
          services
              .member()
              .enter(
                  round,
                  nonce,
                  membership.withoutRounds(services.settings().compat()),
                  services.settings().clock().instant());
    } catch (MalformedEvidenceException e) {
      return declined(ReasonCode.GROUP_REFUSED, JobDecision.VERIFY_ERROR + e.check());
    }
    if (services.member().isUnattested()) {
      Presence here = services.member().here(round);
      return proved(membership, List.of(), Optional.of(here), Map.of(Topics.HERE, here.toMap()));
    }
    return services
        .member()
        .answer(request, deadline)
        .whenComplete(
            (entries, failure) -> {
              if (failure == null) {
                return;
              }
              if (Failures.cause(failure) instanceof RefusedException) {
                services.member().restore(round, nonce);
              }
              endIf(Proving.class::isInstance, JobOutcome.LAPSED);
            })
        .thenCompose(
            entries ->
                proved(
                    membership,
                    entries,
                    Optional.empty(),
                    Map.of(CCInfo.KEY, CCInfo.toMap(services.self(), entries))));
  }

  private CompletableFuture<Map<String, Object>> proved(
      Membership membership,
      List<CCToken> entries,
      Optional<Presence> presence,
      Map<String, Object> reply) {
    keys = services.keys().of(entries, presence);
    JobSet.Participant own =
        new JobSet.Participant(
            entries.isEmpty() ? JobSet.Kind.UNATTESTED : JobSet.Kind.ATTESTED,
            CCToken.entriesDigest(entries),
            entries.isEmpty() ? Optional.empty() : Optional.of(keys.sessionKey().sha256()));
    synchronized (this) {
      if (!(state instanceof Proving)) {
        return CompletableFuture.failedFuture(misplaced("a round that goes on"));
      }
      state = new Proved(membership, own, new HashSet<>());
    }
    return CompletableFuture.completedFuture(reply);
  }

  /** The server leaves this site out: it says so with its signature. */
  private CompletableFuture<Map<String, Object>> declined(ReasonCode code, String why) {
    if (endIf(Proving.class::isInstance, JobOutcome.NOT_DISPATCHED)) {
      tell(new CCEvent.JobAnswered(services.settings().clock().instant(), job(), Optional.of(why)));
    }
    return CompletableFuture.failedFuture(new RefusedException(Refusal.declined(code)));
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
        throw misplaced("a round that this site answered, and one set of it");
      }
      proved = now;
    }
    OfferedSet offered = checks.offered(signed, shown, round, proved.membership(), proved.own());
    Judging judging = new Judging(offered, proved.membership(), new CompletableFuture<>());
    synchronized (this) {
      if (state != proved || proved.over().contains(offered.digest())) {
        return state
            .answerTo(signed.set())
            .orElseThrow(() -> misplaced("a set that has not ended"));
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
        CompletableFuture.completedFuture(shown)
            .thenCompose(judge::judge)
            .thenCompose(outcome -> reserved(judging, outcome))
            .exceptionally(
                failure -> {
                  decline(judging, Optional.of(ReasonCode.INTERNAL_ERROR), UNDECIDED);
                  return null;
                });
  }

  private synchronized State present() {
    return state;
  }

  private synchronized boolean is(State expected) {
    return state == expected;
  }

  private CompletableFuture<Void> reserved(Judging judging, SetJudge.Outcome outcome) {
    if (!is(judging)) {
      return CompletableFuture.completedFuture(null);
    }
    if (outcome instanceof SetJudge.Declined declined) {
      decline(judging, declined.code(), declined.why());
      return CompletableFuture.completedFuture(null);
    }
    Map<String, PeerKeys> peers = ((SetJudge.Trusted) outcome).keys();
    return reservation
        .reserve(judging.offered().set().participants().keySet(), UNDECIDED)
        .thenAccept(
            why ->
                why.ifPresentOrElse(
                    reason -> decline(judging, Optional.empty(), reason),
                    () -> accept(judging, peers)));
  }

  private void accept(Judging judging, Map<String, PeerKeys> peers) {
    Answered answered = answered(judging, true, Optional.empty(), "");
    synchronized (this) {
      if (state != judging) {
        return;
      }
      state = new Accepted(answered, judging.offered().set(), judging.membership(), peers);
    }
    later(
        Duration.ofNanos(answered.endNanos() - services.settings().nanoTime().getAsLong()),
        () -> endIf(Accepted.class::isInstance, JobOutcome.LAPSED));
    tell(new CCEvent.JobAnswered(services.settings().clock().instant(), job(), Optional.empty()));
    judging.answer().complete(answered.body());
  }

  private void decline(Judging judging, Optional<ReasonCode> code, String why) {
    if (!is(judging)) {
      return;
    }
    Answered answered = answered(judging, false, code, why);
    synchronized (this) {
      if (state != judging) {
        return;
      }
      state = new Ended(Optional.of(answered));
    }
    reservation.release(JobOutcome.NOT_DISPATCHED);
    tell(new CCEvent.JobAnswered(services.settings().clock().instant(), job(), Optional.of(why)));
    atEnd.accept(this);
    judging.answer().complete(answered.body());
  }

  private Answered answered(
      Judging judging, boolean accepts, Optional<ReasonCode> code, String why) {
    OfferedSet offered = judging.offered();
    KeySignatures signatures =
        keys.sign(
            JobAnswer.signatureInput(
                keys.context(services.server(), job()),
                services.self(),
                offered.digest(),
                accepts,
                code));
    return new Answered(
        challenge,
        offered.digest(),
        serverContext(offered.server().root()),
        offered.server(),
        signatures,
        Map.of(
            Topics.ENOUGH,
            accepts,
            Topics.RESERVE_TOKEN,
            why,
            Topics.ANSWER,
            new JobAnswer(offered.digest(), accepts, code, signatures).toMap()),
        offered.endNanos());
  }

  private JobContext serverContext(Bytes root) {
    return new JobContext(root, services.project(), services.server(), job());
  }

  // ACCEPTED

  /** Starts the job if the order is the server's and everybody in it accepted this very set. */
  CompletableFuture<Map<String, Object>> dispatch(JobDispatch order, long registrations)
      throws MalformedEvidenceException, RefusedException {
    Accepted accepted;
    synchronized (this) {
      if (state instanceof Running running && isSame(running, order)) {
        return running.start();
      }
      if (!(state instanceof Accepted now)) {
        throw misplaced("a set that this site accepted and that has not ended");
      }
      accepted = now;
    }
    DispatchChecks fit = new DispatchChecks(services, job(), accepted.answer());
    fit.genuine(order, accepted.set(), accepted.peers());
    Optional<MalformedEvidenceException> objection =
        fit.objection(order, accepted.set(), accepted.membership());
    if (objection.isPresent()) {
      if (end(accepted, JobOutcome.CANCELLED)) {
        tell(
            new CCEvent.JobAnswered(
                services.settings().clock().instant(),
                job(),
                Optional.of(JobDecision.VERIFY_ERROR + objection.get().check())));
      }
      throw new RefusedException(Refusal.declined(ReasonCode.GROUP_REFUSED));
    }
    Map<String, Optional<String>> sessions = new TreeMap<>();
    for (String name : order.participants().keySet()) {
      if (!name.equals(services.self())) {
        sessions.put(
            name,
            Optional.ofNullable(accepted.set().participants().get(name))
                .flatMap(JobSet.Participant::session)
                .map(Bytes::hex));
      }
    }
    Running running =
        new Running(
            accepted.answer(),
            Bytes.of(order.signatureInput(accepted.answer().context())),
            services.members(job(), sessions),
            new CompletableFuture<>(),
            registrations);
    synchronized (this) {
      if (state instanceof Running other && isSame(other, order)) {
        return other.start();
      }
      if (state != accepted) {
        throw misplaced("a set that has not ended");
      }
      state = running;
    }
    start(running, order.participants().keySet());
    return running.start();
  }

  private static boolean isSame(Running running, JobDispatch order) {
    return Bytes.of(order.signatureInput(running.answer().context())).equals(running.dispatch());
  }

  private void start(Running running, Set<String> names) {
    CompletableFuture<Void> unused =
        reservation.start(names).thenAccept(started -> started(running, started));
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
    JobContext own = keys.context(services.server(), job());
    byte[] message = JobStart.signatureInput(own, services.self(), running.dispatch().bytes());
    JobStart word =
        new JobStart(
            keys.attested() ? keys.sessionSignature(message) : keys.siteSignature(message));
    if (is(running) && running.start().complete(Map.of(Topics.START, word.toMap()))) {
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
    return state instanceof Running running
            && running.start().isDone()
            && !running.start().isCompletedExceptionally()
        ? Optional.of(running)
        : Optional.empty();
  }

  /**
   * Whether another list for this job has to wait: while it runs, unless the server is another
   * process since, or, if it has no evidence, this site has registered again.
   */
  synchronized boolean isBusy(long registrations) {
    if (!(state instanceof Running running)) {
      return false;
    }
    Optional<String> judged = running.answer().server().session().map(key -> key.sha256().hex());
    if (judged.isEmpty()) {
      return running.registrations() == registrations;
    }
    Optional<String> present =
        services
            .admissionControl()
            .admissions()
            .current(services.server(), services.settings().clock().instant())
            .flatMap(Admissions.Admission::process);
    return present.isEmpty() || present.equals(judged);
  }

  // ENDED

  /** The server says that the attempt, or the job, is over. */
  void end(JobEnd word) throws MalformedEvidenceException {
    State now = present();
    if (now instanceof Proved proved) {
      // The set has not come yet: it must not be accepted when it does.
      EndChecks end = new EndChecks(services, job());
      end.genuine(word, end.admitted());
      synchronized (this) {
        if (state == proved) {
          Membership.check(
              "ends",
              proved.over().contains(word.set()) || proved.over().size() < MAX_OVER,
              "at most " + MAX_OVER + " ends before their sets",
              "another");
          proved.over().add(word.set());
          return;
        }
      }
      // A set has come meanwhile.
      end(word);
    } else if (now instanceof Judging judging) {
      over(word, judging, judging.offered().digest(), judging.offered().server());
    } else {
      Answered answered =
          now.answered()
              .filter(known -> !(now instanceof Ended))
              .orElseThrow(() -> misplaced("an attempt that a server can end"));
      over(word, now, answered.set(), answered.server());
    }
  }

  private void over(JobEnd word, State expected, Bytes set, PeerKeys server)
      throws MalformedEvidenceException {
    Membership.check("set", word.set().equals(set), "the set that this site has", "another");
    new EndChecks(services, job()).genuine(word, server.session());
    end(expected, word.outcome());
  }

  /** Ends the attempt whatever its state is. */
  void end(JobOutcome outcome) {
    endIf(any -> true, outcome);
  }

  /** The host says that the job is over. */
  void finished() {
    endIf(Running.class::isInstance, JobOutcome.FINISHED);
  }

  private boolean end(State expected, JobOutcome outcome) {
    return endIf(now -> now == expected, outcome);
  }

  private boolean endIf(Predicate<State> stage, JobOutcome outcome) {
    State former;
    synchronized (this) {
      former = state;
      if (former instanceof Ended || !stage.test(former)) {
        return false;
      }
      state = new Ended(former.answered());
    }
    reservation.release(outcome);
    List<CompletableFuture<Map<String, Object>>> waiting = new ArrayList<>();
    if (former instanceof Judging judging) {
      waiting.add(judging.answer());
    } else if (former instanceof Running running) {
      waiting.add(running.start());
    }
    if (former instanceof Accepted || former instanceof Running) {
      tell(new CCEvent.JobEnded(services.settings().clock().instant(), job(), outcome));
    }
    atEnd.accept(this);
    waiting.forEach(reply -> reply.completeExceptionally(misplaced("an attempt that goes on")));
    return true;
  }

  private void later(Duration delay, Runnable task) {
    services.settings().after(delay, task);
  }

  private void tell(CCEvent event) {
    services.events().tell(event);
  }

  private static MalformedEvidenceException misplaced(String expected) {
    return MalformedEvidenceException.of(
        "exchange.job", ReasonCode.GROUP_REFUSED, expected, "none", SOURCE);
  }
}
