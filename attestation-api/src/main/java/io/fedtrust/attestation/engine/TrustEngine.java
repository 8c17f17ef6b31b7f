// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.ErrorCode;
import io.fedtrust.attestation.ScheduledJob;
import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ScheduleHistory;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.CCEvent.Occasion;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;

/** Puts the parts of the trust flow together for one site. */
public final class TrustEngine implements AutoCloseable {
  private final Settings settings;
  private final Events events;
  private final HostCode host;
  private final Asker asker;
  private final Prover prover;
  private final Examiner examiner;
  private final Registration registration;
  private final Requests requests;
  private final CrossSiteValidation crossSite;
  private final OwnEntries own = new OwnEntries();
  private final RegisteringAgain again;
  private final JobParticipation participation;
  private final Inbox inbox;
  private final JobEnds ends;
  private final JobScheduler scheduler;

  /**
   * Makes the session key; asks nobody anything yet.
   *
   * @param settings all there is to choose
   */
  public TrustEngine(Settings settings) {
    this.settings = settings;
    this.events = new Events(settings.listeners());
    this.host = new HostCode(settings);
    SiteCertificates certificates = new SiteCertificates(List.of(settings.site().root()));
    Refusals refusals = new Refusals(settings.site(), settings.server(), certificates);
    SessionKeys sessionKeys = new SessionKeys(settings.provider());
    SessionKey session = sessionKeys.generate(settings.random());
    OpenChallenges challenges = new OpenChallenges(settings.nanoTime());
    this.asker = new Asker(settings.site(), challenges, settings.random());
    List<EvidenceCollector> collectors = new ArrayList<>();
    settings.authorizers().forEach(authorizer -> authorizer.collector().ifPresent(collectors::add));
    this.prover =
        new Prover(
            settings.site(),
            session,
            certificates,
            new AskLimits(settings.nanoTime(), settings.limits()),
            settings.hardware(),
            collectors);
    this.examiner =
        new Examiner(
            new AnswerReader(settings.site(), certificates, challenges, sessionKeys),
            new UnboundReader(settings.replayGuard().orElseGet(SeenTokens::new)),
            new SiteAppraisal(settings.authorizers()),
            new Admissions(settings.timing().grace()),
            events,
            settings);
    this.registration = new Registration(settings, asker, prover, examiner);
    GroupMember member =
        new GroupMember(
            settings.site(),
            new GroupNonces(settings.random(), settings.nanoTime()),
            challenges,
            prover);
    BatchWindow batches =
        new BatchWindow(
            settings.timing().batchWindow(),
            settings::after,
            asks -> prover.answerBatch(asks, settings.collecting()));
    this.requests = new Requests(settings, refusals);
    this.again = new RegisteringAgain(settings, this::registration);
    requests.whenRefused(again::heard);
    this.crossSite = new CrossSiteValidation(settings, requests, asker, examiner, events);
    ProcessKeys keys = new ProcessKeys(settings.site(), session, !prover.isUnattested());
    this.participation =
        new JobParticipation(
            new ClientServices(
                settings,
                host,
                events,
                member,
                () -> keys,
                certificates,
                sessionKeys,
                examiner,
                requests));
    this.ends = new JobEnds(settings, requests, () -> keys);
    JobServices services =
        new JobServices(
            settings,
            requests,
            asker,
            member,
            examiner,
            certificates,
            sessionKeys,
            own,
            () -> keys,
            ends,
            events);
    this.scheduler =
        new JobScheduler(
            settings, events, (job, patience) -> new JobAttempt(services, job, patience));
    this.inbox =
        new Inbox(
            settings,
            events,
            prover,
            batches,
            examiner,
            registration,
            participation,
            scheduler,
            refusals);
    examiner.whenLost(scheduler::lost);
  }

  /**
   * Judges this site by its own policy.
   *
   * @return the verdict; one that is not trusted must not start
   */
  public SiteVerdict appraiseSelf() {
    String self = settings.site().name();
    Instant now = settings.clock().instant();
    SiteVerdict verdict;
    if (examiner.isUnattested(self)) {
      verdict = SiteVerdict.unattested(self, now, settings.site().certificate().expiresAt());
    } else {
      verdict = judgedSelf(self, now);
    }
    events.tell(new CCEvent.Judged(now, Occasion.BOOTSTRAP, verdict));
    return verdict;
  }

  private SiteVerdict judgedSelf(String self, Instant now) {
    try {
      Ask ask =
          asker
              .ask(
                  Ask.Mode.PAIRWISE,
                  Ask.Purpose.REGISTRATION,
                  self,
                  Optional.empty(),
                  settings.timing().challengeLife(),
                  now)
              .ask();
      List<CCToken> entries = prover.answerNow(ask, settings.collecting());
      SiteVerdict verdict = examiner.judge(self, entries);
      own.keep(verdict, entries);
      return verdict;
    } catch (MalformedEvidenceException e) {
      return SiteVerdict.failed(self, now, e.check().toString());
    } catch (RuntimeException e) {
      return SiteVerdict.failed(self, now, Failures.text(e));
    }
  }

  /** At the server: validates whoever registers from now on. */
  public void begin() {
    if (settings.isServer()) {
      crossSite.start();
    }
  }

  /**
   * At a client: proves itself to the server, and has the server prove itself.
   *
   * @return the verdict on the server; completes exceptionally if the server gives no answer that
   *     counts, or does not trust this site
   */
  public CompletableFuture<SiteVerdict> register() {
    return again.register();
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
        .thenApply(
            reply -> {
              try {
                SiteVerdict verdict = registration.confirm(server, reply.body());
                if (verdict.trusted()) {
                  participation.registered();
                  crossSite.start();
                }
                return verdict;
              } catch (MalformedEvidenceException e) {
                throw silent(e.check().toString());
              }
            });
  }

  private CompletableFuture<Map<String, Object>> registered(String server) {
    if (examiner.isCompat(server)) {
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
      case NOT_STARTED, BUSY ->
          new AttestationException(ErrorCode.NOT_STARTED, "server", "an answer", refusal);
      case NOT_ADMITTED -> silent(refusal.toString());
    };
  }

  private static AttestationException silent(String problem) {
    return new AttestationException(ErrorCode.SERVER_SILENT, "server", "an answer", problem);
  }

  /**
   * Answers a message.
   *
   * @param peer whom the certificate at the other end names
   * @param message as received
   * @return the reply, a refusal if need be; never completes exceptionally
   */
  public CompletableFuture<PeerMessage> receive(String peer, PeerMessage message) {
    return inbox.receive(peer, message);
  }

  /**
   * At the server: one attempt to schedule a job.
   *
   * @param job what it demands
   * @param history of former attempts
   * @return the decision and the history with it
   */
  public CompletableFuture<CCEvent.JobDecided> attempt(
      JobRequirements job, ScheduleHistory history) {
    return scheduler.attempt(job, history);
  }

  /**
   * At the server: attempts again and again, waiting as the retry policy says.
   *
   * @param job what it demands
   * @return its decision to come, and the way to call it off
   */
  public ScheduledJob schedule(JobRequirements job) {
    return scheduler.schedule(job);
  }

  /**
   * Finds with whom this site may exchange models of a job now.
   *
   * @param job the job's id
   * @return names, this site's among them; none once the job has ended
   */
  public SortedSet<String> participants(String job) {
    return settings.isServer() ? scheduler.participants(job) : participation.participants(job);
  }

  /**
   * Takes note that a job is over.
   *
   * @param job the job's id
   */
  public void jobEnded(String job) {
    if (settings.isServer()) {
      scheduler.ended(job);
    } else {
      participation.ended(job);
    }
  }

  /**
   * Goes on as the same site with other certificates, another key or another root.
   *
   * @param identity of the same name and role
   */
  public void replace(SiteIdentity identity) {
    if (!identity.name().equals(settings.site().name())) {
      throw new IllegalArgumentException(
          "identity: expected one of " + settings.site().name() + ", was " + identity.name());
    }
  }

  /**
   * Asks every other site now.
   *
   * @return what came of it, or empty if a round is running
   */
  public CompletableFuture<Optional<CCEvent.CycleEnded>> validate() {
    return crossSite.cycle();
  }

  /**
   * Puts another policy in force.
   *
   * @param policy judges from now on, and whoever is admitted
   */
  public void replace(FederationPolicy policy) {
    examiner.replace(policy);
  }

  /**
   * Finds the verdict that admits a site now.
   *
   * @param site its name
   * @return the verdict, or empty
   */
  public Optional<SiteVerdict> admitted(String site) {
    return examiner
        .admissions()
        .current(site, settings.clock().instant())
        .map(Admissions.Admission::verdict);
  }

  /**
   * Returns all that are admitted now, with what they proved themselves with.
   *
   * @return entries by site; this site's own among them once it has shown some
   */
  public Map<String, List<CCToken>> entries() {
    Map<String, List<CCToken>> all = new java.util.TreeMap<>();
    own.last().ifPresent(mine -> all.put(settings.site().name(), mine.entries()));
    examiner
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
    examiner.admissions().forget(site);
    scheduler.lost(site, "it has left");
    participation.lost("it has left");
  }

  @Override
  public void close() {
    inbox.close();
    participation.close();
    scheduler.close();
    ends.close();
    host.close();
    again.close();
    crossSite.close();
    examiner.close();
    requests.close();
  }
}
