// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EvidenceRequest;
import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.ScheduleHistory;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.CCEvent.Occasion;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.PeerMessage;
import io.fedtrust.attestation.spi.ScheduledJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Puts the parts of the trust flow together for one site. */
public final class TrustEngine implements AutoCloseable {
  private final Settings settings;
  private final Lifecycle lifecycle = new Lifecycle();
  private final OpenStages stages = new OpenStages();
  private final Events events;
  private final QueuedActions actions;
  private final HostCode host;
  private final Identities identities;
  private final SiteCertificates certificates;
  private final Alarms evidenceAlarms;
  private final Alarms lapseAlarms;
  private final ReportQueue reports;
  private final EvidenceReporter reporter;
  private final Challenger challenger;
  private final AdmissionControl admissionControl;
  private final Registration registration;
  private final PeerCalls requests;
  private final CrossSiteValidation crossSite;
  private final SelfAttestation own = new SelfAttestation();
  private final RegisteringAgain again;
  private final JobParticipation participation;
  private final Inbox inbox;
  private final JobEnds ends;
  private final JobScheduler scheduler;

  /**
   * Makes the session key; asks nobody anything yet.
   *
   * @param given all there is to choose
   */
  public TrustEngine(Settings given) {
    this.actions = new QueuedActions(given.actions(), given.work());
    this.settings = given.with(actions);
    this.events = new Events(settings.listeners(), settings.work());
    this.host = new HostCode(settings);
    this.evidenceAlarms = alarms();
    this.lapseAlarms = alarms();
    this.identities = new Identities(settings.site(), settings.roots(), settings.nanoTime());
    this.certificates = new SiteCertificates(identities::roots);
    Refusals refusals = new Refusals(identities, settings.server(), certificates);
    SessionKeys sessionKeys = new SessionKeys(settings.provider());
    SessionKey session = sessionKeys.generate(settings.random());
    PendingChallenges challenges = new PendingChallenges(settings.nanoTime());
    this.challenger = new Challenger(identities, challenges, settings.random());
    List<EvidenceCollector> collectors = new ArrayList<>();
    settings.authorizers().forEach(authorizer -> authorizer.collector().ifPresent(collectors::add));
    this.reporter =
        new EvidenceReporter(identities, session, collectors, settings.hardware(), settings.work());
    this.reports =
        new ReportQueue(
            reporter::answers,
            settings.timing().batchWindow(),
            settings.timing().collectionTimeout(),
            evidenceAlarms,
            settings.nanoTime());
    Attester attester =
        new Attester(
            settings.site().name(),
            certificates,
            new RequestLimits(settings.nanoTime(), settings.limits()),
            reporter,
            reports,
            settings.nanoTime());
    this.admissionControl =
        new AdmissionControl(
            new AnswerReader(settings.site(), certificates, challenges, sessionKeys),
            new UnboundReader(),
            new ReplayCheck(settings.replayGuard(), events),
            new SiteAppraisal(settings.authorizers()),
            new Admissions(settings.timing().grace()),
            events,
            lapseAlarms,
            settings);
    this.registration = new Registration(settings, challenger, attester, admissionControl);
    GroupMember member =
        new GroupMember(
            settings.site(),
            new GroupNonces(settings.random(), settings.nanoTime()),
            challenges,
            attester);
    this.requests = new PeerCalls(settings, refusals);
    this.again = new RegisteringAgain(settings, this::registration);
    requests.whenRefused(again::heard);
    this.crossSite =
        new CrossSiteValidation(settings, requests, challenger, admissionControl, events);
    SigningKeys keys = new SigningKeys(identities, session, !attester.isUnattested());
    this.participation =
        new JobParticipation(
            new ClientServices(
                settings,
                host,
                events,
                member,
                keys,
                certificates,
                sessionKeys,
                admissionControl,
                requests));
    this.ends = new JobEnds(settings, requests, keys);
    JobServices services =
        new JobServices(
            settings,
            requests,
            challenger,
            member,
            admissionControl,
            certificates,
            sessionKeys,
            own,
            keys,
            ends,
            events);
    this.scheduler =
        new JobScheduler(
            settings, events, (job, patience) -> new JobAttempt(services, job, patience));
    this.inbox =
        new Inbox(
            settings,
            events,
            attester,
            lifecycle,
            admissionControl,
            registration,
            participation,
            scheduler,
            refusals);
    admissionControl.whenLost(scheduler::lost);
  }

  private Alarms alarms() {
    return new Alarms(settings.timers(), settings.work(), settings.nanoTime());
  }

  /**
   * Judges this site by its own policy, and begins. A start that failed may be repeated.
   *
   * @return the verdict, which is trusted
   * @throws AttestationException {@code SELF_REJECTED}, {@code SELF_INCONCLUSIVE}, {@code CLOSED},
   *     or as a collector of this site fails
   * @throws IllegalStateException unless it is new
   */
  public SiteVerdict start() {
    lifecycle.starting();
    boolean trusted = false;
    try {
      SiteVerdict verdict = appraiseSelf();
      trusted = verdict.trusted();
      if (!trusted) {
        throw distrusted(verdict);
      }
      return verdict;
    } finally {
      if (lifecycle.started(trusted) && trusted && settings.isServer()) {
        crossSite.start();
      }
    }
  }

  private static AttestationException distrusted(SiteVerdict verdict) {
    return new AttestationException(
        verdict.outcome() == SiteVerdict.Outcome.INCONCLUSIVE
            ? ErrorCode.SELF_INCONCLUSIVE
            : ErrorCode.SELF_REJECTED,
        verdict.site(),
        "a trusted verdict on itself",
        verdict.outcome()
            + " "
            + verdict.decisive().map(Object::toString).orElse("without a check"));
  }

  private SiteVerdict appraiseSelf() {
    String self = settings.site().name();
    Instant now = settings.clock().instant();
    SiteVerdict verdict =
        admissionControl.isUnattested(self)
            ? SiteVerdict.unattested(self, now, identities.current().certificate().expiresAt())
            : judgedSelf(self, now);
    events.tell(new CCEvent.Judged(now, Occasion.BOOTSTRAP, verdict));
    return verdict;
  }

  private SiteVerdict judgedSelf(String self, Instant now) {
    try {
      EvidenceRequest request =
          challenger
              .ask(
                  EvidenceRequest.Mode.PAIRWISE,
                  EvidenceRequest.Purpose.REGISTRATION,
                  self,
                  Optional.empty(),
                  settings.timing().challengeLife(),
                  now)
              .request();
      List<CCToken> entries = ownEvidence(request);
      SiteVerdict verdict = admissionControl.judge(self, entries);
      if (settings.isServer()) {
        own.keep(verdict, entries);
      }
      return verdict;
    } catch (MalformedEvidenceException e) {
      return SiteVerdict.failed(self, now, e.check().toString());
    } catch (AttestationException e) {
      // The caller gets the collector's own code; listeners hear why this site does not start.
      SiteVerdict failed =
          SiteVerdict.failed(self, now, ReasonCode.EVIDENCE_MISSING, Failures.text(e));
      events.tell(new CCEvent.Judged(now, Occasion.BOOTSTRAP, failed));
      throw e;
    }
  }

  /** The one wait of a caller: nothing else runs yet, and {@link #close} ends it. */
  private List<CCToken> ownEvidence(EvidenceRequest request) {
    Duration limit = settings.timing().collectionTimeout();
    CompletableFuture<List<CCToken>> entries = reporter.answerHere(request, settings.collecting());
    try {
      return stages.keep(entries).get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = Failures.cause(e);
      throw cause instanceof AttestationException known
          ? known
          : AttestationException.because(ErrorCode.COLLECTION_FAILED, "evidence", cause);
    } catch (TimeoutException e) {
      throw new AttestationException(
          ErrorCode.COLLECTION_TIMED_OUT, "evidence", "evidence in " + limit, "none");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, "evidence", e);
    } finally {
      entries.cancel(true);
    }
  }

  /**
   * At a client: proves itself to the server, and has the server prove itself.
   *
   * @return the verdict on the server; completes exceptionally with {@code REGISTRATION_DECLINED},
   *     {@code NOT_STARTED}, {@code SERVER_BUSY}, {@code SERVER_SILENT} or {@code CLOSED}, or as a
   *     collector fails
   * @throws IllegalStateException before it has started
   */
  public CompletableFuture<SiteVerdict> register() {
    return promised("register()", again::register);
  }

  /** Once more if the server is busy, or has not started yet. */
  private CompletableFuture<SiteVerdict> registration() {
    return attempt()
        .exceptionallyCompose(
            failure ->
                waitAfter(failure)
                    .map(wait -> requests.pause(wait).thenCompose(over -> attempt()))
                    .orElseGet(() -> CompletableFuture.failedFuture(Failures.cause(failure))))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    Failures.cause(failure) instanceof RefusedException refused
                        ? refused(refused.refusal())
                        : Failures.cause(failure)));
  }

  private static Optional<Duration> waitAfter(Throwable failure) {
    return Failures.cause(failure) instanceof RefusedException refused
        ? refused.refusal().again()
        : Optional.empty();
  }

  private CompletableFuture<SiteVerdict> attempt() {
    String server = settings.server();
    return registered(server)
        .thenCompose(
            body ->
                requests.send(
                    server,
                    new PeerMessage(Topics.REGISTER, body),
                    settings.timing().collectionTimeout()))
        .thenCompose(TrustEngine::answered)
        .thenCompose(
            reply ->
                registration
                    .confirm(server, reply.body())
                    .exceptionallyCompose(
                        failure -> CompletableFuture.failedFuture(unconfirmed(failure))))
        .thenApply(
            verdict -> {
              if (verdict.trusted()) {
                participation.registered();
                crossSite.start();
              }
              return verdict;
            });
  }

  private static Throwable unconfirmed(Throwable failure) {
    Throwable cause = Failures.cause(failure);
    return cause instanceof MalformedEvidenceException malformed
        ? silent(malformed.check().toString())
        : cause;
  }

  private CompletableFuture<Map<String, Object>> registered(String server) {
    if (admissionControl.isCompat(server)) {
      return registration.unasked(server, settings.collecting());
    }
    return requests
        .send(
            server,
            new PeerMessage(Topics.CHALLENGE, Map.of(Topics.REQUESTER, settings.site().name())),
            settings.timing().requestTimeout())
        .thenCompose(TrustEngine::answered)
        .thenCompose(
            reply -> {
              try {
                return registration.register(
                    server, reply.body(), settings.clock().instant(), settings.collecting());
              } catch (MalformedEvidenceException e) {
                throw silent(e.check().toString());
              } catch (RefusedException e) {
                throw silent("this site is asked too often: " + e.refusal());
              }
            });
  }

  private static CompletableFuture<PeerMessage> answered(Reply reply) {
    if (reply instanceof Reply.Answered answered) {
      return CompletableFuture.completedFuture(answered.message());
    }
    return CompletableFuture.failedFuture(
        reply instanceof Reply.Refused refused
            ? new RefusedException(refused.refusal())
            : silent(reply.problem()));
  }

  private static AttestationException refused(Refusal refusal) {
    return switch (refusal.code()) {
      case DECLINED ->
          new AttestationException(
              ErrorCode.REGISTRATION_DECLINED,
              "server",
              "an admission",
              "declined: " + refusal.reason().map(Enum::name).orElse("no reason given"));
      case NOT_STARTED ->
          new AttestationException(ErrorCode.NOT_STARTED, "server", "an answer", refusal);
      case BUSY -> new AttestationException(ErrorCode.SERVER_BUSY, "server", "an answer", refusal);
      case NOT_ADMITTED -> silent(refusal.toString());
    };
  }

  private static AttestationException silent(String problem) {
    return new AttestationException(ErrorCode.SERVER_SILENT, "server", "an answer", problem);
  }

  private <T> CompletableFuture<T> promised(String what, Supplier<CompletableFuture<T>> stage) {
    if (lifecycle.state() == Lifecycle.State.CLOSED) {
      return CompletableFuture.failedFuture(Failures.closed());
    }
    lifecycle.require(what);
    try {
      return stages.keep(stage.get());
    } catch (AttestationException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Answers a message.
   *
   * @param peer whom the certificate at the other end names
   * @param message as received
   * @return the reply, a refusal if need be; never completes exceptionally
   */
  public CompletableFuture<PeerMessage> receive(String peer, PeerMessage message) {
    return stages.keep(inbox.receive(peer, message), reply -> reply.complete(Inbox.stopped()));
  }

  /**
   * At the server: one attempt to schedule a job.
   *
   * @param job what it demands
   * @param history of former attempts
   * @return the decision and the history with it
   * @throws IllegalStateException at a client, and before it has started
   */
  public CompletableFuture<CCEvent.JobDecided> attempt(
      JobRequirements job, ScheduleHistory history) {
    return promised("attempt()", () -> scheduler.attempt(job, history));
  }

  /**
   * At the server: attempts again and again, waiting as the retry policy says.
   *
   * @param job what it demands
   * @return its decision to come, and the way to call it off
   * @throws IllegalStateException at a client, and before it has started
   * @throws AttestationException {@code CLOSED} afterwards
   */
  public ScheduledJob schedule(JobRequirements job) {
    lifecycle.require("schedule()");
    ScheduledJob scheduled = scheduler.schedule(job);
    CompletableFuture<JobDecision> decision =
        stages.keep(scheduled.decision().toCompletableFuture());
    return new ScheduledJob() {
      @Override
      public CompletionStage<JobDecision> decision() {
        return decision.minimalCompletionStage();
      }

      @Override
      public void cancel() {
        scheduled.cancel();
      }
    };
  }

  /**
   * Finds with whom this site may exchange models of a job now.
   *
   * @param job the job's id
   * @return names, this site's among them; none before it has started and once the job has ended
   */
  public SortedSet<String> participants(String job) {
    if (!lifecycle.isStarted()) {
      return Collections.emptySortedSet();
    }
    return settings.isServer() ? scheduler.participants(job) : participation.participants(job);
  }

  /**
   * Takes note that a job is over.
   *
   * @param job the job's id
   */
  public void jobEnded(String job) {
    if (!lifecycle.isStarted()) {
      return;
    }
    if (settings.isServer()) {
      scheduler.ended(job);
    } else {
      participation.ended(job);
    }
  }

  /**
   * Goes on as the same site with other certificates, another key or another root.
   *
   * @param identity of the same project, name and role
   * @throws IllegalArgumentException if it is of another site, or its certificates do not count now
   * @throws IllegalStateException before it has started
   */
  public void replace(SiteIdentity identity) {
    lifecycle.require("replaceIdentity()");
    try {
      new SiteCertificates(() -> Set.of(identity.root()))
          .validate(identity.chain(), settings.clock().instant());
    } catch (MalformedEvidenceException e) {
      throw new IllegalArgumentException("The new identity cannot be used: " + e.check(), e);
    }
    identities.replace(identity);
  }

  /**
   * Asks every other site now.
   *
   * @return what came of it, or empty if a round is running
   * @throws IllegalStateException before it has started
   */
  public CompletableFuture<Optional<CCEvent.CycleEnded>> validate() {
    return promised("validate()", crossSite::cycle);
  }

  /**
   * Puts another policy in force.
   *
   * @param policy judges from now on, and whoever is admitted
   * @throws IllegalStateException before it has started
   * @throws AttestationException {@code CLOSED} afterwards
   */
  public void replace(FederationPolicy policy) {
    lifecycle.require("replacePolicy()");
    admissionControl.replace(policy);
  }

  /**
   * Finds the verdict that admits a site now.
   *
   * @param site its name
   * @return the verdict, or empty; nobody is admitted unless this site has started
   */
  public Optional<SiteVerdict> admitted(String site) {
    return lifecycle.isStarted()
        ? admissionControl
            .admissions()
            .current(site, settings.clock().instant())
            .map(Admissions.Admission::verdict)
        : Optional.empty();
  }

  /**
   * Returns all that are admitted now, with what they proved themselves with.
   *
   * @return entries by site; at the server its own among them; none unless this site has started
   */
  public Map<String, List<CCToken>> entries() {
    Map<String, List<CCToken>> all = new TreeMap<>();
    if (!lifecycle.isStarted()) {
      return all;
    }
    own.last().ifPresent(mine -> all.put(settings.site().name(), mine.entries()));
    admissionControl
        .admissions()
        .admitted(settings.clock().instant())
        .forEach(admission -> all.put(admission.verdict().site(), admission.entries()));
    return all;
  }

  /**
   * Forgets a site that has left.
   *
   * @param site its name
   */
  public void forget(String site) {
    admissionControl.forget(site);
    scheduler.lost(site, "it has left");
    participation.lost(site, "it has left");
  }

  /** Stops: every stage that was handed out completes, by the thread of the caller. */
  @Override
  public void close() {
    if (!lifecycle.close()) {
      return;
    }
    participation.close();
    scheduler.close();
    ends.close();
    host.close();
    again.close();
    crossSite.close();
    admissionControl.close();
    evidenceAlarms.close();
    lapseAlarms.close();
    requests.close();
    reports.close();
    stages.close();
    events.close();
    actions.close();
  }
}
