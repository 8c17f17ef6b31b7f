// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.ScheduleHistory;
import io.fedtrust.attestation.model.SignedAsk;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.CCEvent.Occasion;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Puts the parts of the trust flow together for one site. */
public final class TrustEngine implements AutoCloseable {
  private static final int MESSAGES_AT_ONCE = 1024;
  private static final Duration MESSAGE_REFILL = Duration.ofMillis(10);
  private static final int PENDING = 256;

  private final Settings settings;
  private final Events events;
  private final Asker asker;
  private final Prover prover;
  private final Examiner examiner;
  private final Registration registration;
  private final GroupMember member;
  private final JobParticipation participation;
  private final BatchWindow batches;
  private final Requests requests;
  private final CrossSiteValidation crossSite;
  private final OwnEntries own = new OwnEntries();
  private final PeerLoad load = new PeerLoad(PENDING);
  private final AskLimiter messages;
  private volatile boolean closed;

  /**
   * Makes the session key; asks nobody anything yet.
   *
   * @param settings all there is to choose
   */
  public TrustEngine(Settings settings) {
    this.settings = settings;
    this.events = new Events(settings.listeners());
    this.messages = new AskLimiter(settings.nanoTime(), MESSAGES_AT_ONCE, MESSAGE_REFILL);
    SiteCertificates certificates = new SiteCertificates(List.of(settings.site().root()));
    SessionKeys sessionKeys = new SessionKeys(settings.provider());
    OpenChallenges challenges = new OpenChallenges(settings.nanoTime());
    this.asker = new Asker(settings.site(), challenges, settings.random());
    List<EvidenceCollector> collectors = new ArrayList<>();
    settings.authorizers().forEach(authorizer -> authorizer.collector().ifPresent(collectors::add));
    this.prover =
        new Prover(
            settings.site(),
            sessionKeys.generate(settings.random()),
            certificates,
            new AskLimiter(
                settings.nanoTime(), settings.asksAtOnce(), settings.timing().askRefill()),
            collectors);
    this.examiner =
        new Examiner(
            new AnswerReader(settings.site(), certificates, challenges, sessionKeys),
            new UnboundReader(settings.replayGuard().orElseGet(SeenTokens::new)),
            new SiteAppraisal(settings.authorizers()),
            new Admissions(settings.timing().grace()),
            events,
            settings);
    this.registration =
        new Registration(
            settings.site(),
            settings.isServer(),
            asker,
            prover,
            examiner,
            settings.random(),
            settings.timing().challengeLife());
    this.member =
        new GroupMember(settings.site(), new GroupNonces(settings.random()), challenges, prover);
    this.participation = new JobParticipation(settings, member, examiner, events);
    this.batches =
        new BatchWindow(
            settings.timing().batchWindow(),
            settings::after,
            asks -> prover.answerBatch(asks, collecting()));
    this.requests = new Requests(settings.channel(), settings.executor(), settings.nanoTime());
    this.crossSite = new CrossSiteValidation(settings, requests, asker, examiner, events);
  }

  private Deadline collecting() {
    return Deadline.in(settings.timing().collectionTimeout(), settings.nanoTime());
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
                  Ask.Mode.PAIRWISE, self, Optional.empty(), settings.timing().challengeLife(), now)
              .ask();
      List<CCToken> entries = prover.answer(ask, collecting());
      SiteVerdict verdict = examiner.judge(self, entries);
      own.keep(verdict, List.of());
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
    String server = settings.server();
    return registered(server)
        .thenCompose(
            body ->
                requests.send(
                    server,
                    new PeerMessage(Topics.REGISTER, body),
                    settings.timing().collectionTimeout()))
        .thenApply(
            reply -> {
              try {
                SiteVerdict verdict = registration.confirm(server, reply.body());
                if (verdict.trusted()) {
                  crossSite.start();
                }
                return verdict;
              } catch (MalformedEvidenceException e) {
                examiner.missed(Occasion.REGISTRATION, server, e.check().toString());
                throw new IllegalStateException(e.check().toString(), e);
              }
            });
  }

  private CompletableFuture<Map<String, Object>> registered(String server) {
    if (examiner.isCompat(server)) {
      return CompletableFuture.supplyAsync(
          () -> registration.unasked(server, collecting()), settings.executor());
    }
    return requests
        .send(
            server,
            new PeerMessage(Topics.CHALLENGE, Map.of(Topics.REQUESTER, settings.site().name())),
            settings.timing().requestTimeout())
        .thenApply(
            reply -> {
              try {
                return registration.register(
                    server, reply.body(), settings.clock().instant(), collecting());
              } catch (MalformedEvidenceException e) {
                throw new IllegalStateException(e.check().toString(), e);
              }
            });
  }

  /**
   * Answers a message.
   *
   * @param peer whom the certificate at the other end names
   * @param message as received
   * @return the reply, a refusal if need be; never completes exceptionally
   */
  public CompletableFuture<PeerMessage> receive(String peer, PeerMessage message) {
    if (closed) {
      return CompletableFuture.completedFuture(PeerMessage.refused("this site has stopped"));
    }
    if (!load.enter(peer)) {
      return CompletableFuture.completedFuture(
          PeerMessage.refused(ReasonCode.ASKED_TOO_OFTEN + ": too many messages at once"));
    }
    CompletableFuture<PeerMessage> reply;
    if (messages.admit(peer)) {
      reply =
          CompletableFuture.completedFuture(message)
              .thenComposeAsync(received -> answer(peer, received), settings.executor());
    } else {
      reply =
          CompletableFuture.completedFuture(
              PeerMessage.refused(ReasonCode.ASKED_TOO_OFTEN + ": too many messages"));
    }
    return reply
        .exceptionally(failure -> refused(peer, message.topic(), Optional.empty(), failure))
        .whenComplete((answer, failure) -> load.leave(peer));
  }

  private PeerMessage refused(String peer, String topic, Optional<Check> check, Throwable failure) {
    String problem = check.map(Object::toString).orElseGet(() -> Failures.text(failure));
    events.tell(
        new CCEvent.MessageRefused(settings.clock().instant(), peer, topic, check, problem));
    // What failed inside this site is not told to others.
    return PeerMessage.refused(check.isPresent() ? problem : ReasonCode.INTERNAL_ERROR.name());
  }

  private CompletableFuture<PeerMessage> answer(String peer, PeerMessage message) {
    try {
      return switch (message.topic()) {
        case Topics.FRESH_TOKEN -> freshToken(peer, message.body());
        case Topics.CHALLENGE -> done(message, challenge(peer));
        case Topics.REGISTER -> done(message, admit(peer, message.body()));
        case Topics.GET_SITES -> done(message, sites(peer));
        case Topics.JOB_NONCE -> done(message, participation.nonce(ofServer(peer, message)));
        case Topics.JOB_LIST ->
            done(message, participation.list(ofServer(peer, message), collecting()));
        case Topics.CHECK_RESOURCE -> done(message, participation.decide(ofServer(peer, message)));
        default -> throw refusal("a known topic", "another");
      };
    } catch (MalformedEvidenceException e) {
      return CompletableFuture.completedFuture(
          refused(peer, message.topic(), Optional.of(e.check()), e));
    }
  }

  private static CompletableFuture<PeerMessage> done(
      PeerMessage request, Map<String, Object> body) {
    return CompletableFuture.completedFuture(new PeerMessage(request.topic(), body));
  }

  private Map<String, Object> ofServer(String peer, PeerMessage message)
      throws MalformedEvidenceException {
    if (!peer.equals(settings.server()) || settings.isServer()) {
      throw refusal("a message of " + settings.server(), peer);
    }
    return message.body();
  }

  private void atServer() throws MalformedEvidenceException {
    if (!settings.isServer()) {
      throw refusal("a message to the server", "one to " + settings.site().name());
    }
  }

  private static MalformedEvidenceException refusal(Object expected, Object was) {
    return MalformedEvidenceException.of(
        "exchange.message", ReasonCode.ASK_MALFORMED, expected, was, "trust protocol, section 8");
  }

  private Map<String, Object> challenge(String peer) throws MalformedEvidenceException {
    atServer();
    return registration.challenge(peer, settings.clock().instant());
  }

  private Map<String, Object> admit(String peer, Map<String, Object> body)
      throws MalformedEvidenceException {
    atServer();
    Registration.Outcome outcome =
        registration.admit(peer, body, settings.clock().instant(), collecting());
    return outcome
        .reply()
        .orElseThrow(
            () ->
                new MalformedEvidenceException(
                    outcome
                        .verdict()
                        .decisive()
                        .orElseGet(
                            () ->
                                Check.failed(
                                    "exchange.verdict",
                                    outcome.verdict().reason().orElse(ReasonCode.INTERNAL_ERROR),
                                    "a trusted site",
                                    outcome.verdict().outcome(),
                                    "trust protocol, section 8"))));
  }

  private Map<String, Object> sites(String peer) throws MalformedEvidenceException {
    atServer();
    Instant now = settings.clock().instant();
    if (examiner.admissions().current(peer, now).isEmpty()) {
      throw refusal("an admitted site", peer);
    }
    List<Object> pairs = new ArrayList<>();
    pairs.add(List.of(CCInfo.SERVER_ALIAS, settings.server()));
    examiner
        .admissions()
        .admitted(now)
        .forEach(
            admission ->
                pairs.add(List.of(admission.verdict().site(), admission.verdict().site())));
    return Map.of(Topics.SITES, pairs);
  }

  private CompletableFuture<PeerMessage> freshToken(String peer, Map<String, Object> body)
      throws MalformedEvidenceException {
    if (examiner.isCompat(peer)) {
      prover.limit(peer);
      return CompletableFuture.completedFuture(
          fresh(
              settings.isServer() ? CCInfo.SERVER_ALIAS : settings.site().name(),
              prover.unasked(peer, settings.random(), collecting())));
    }
    SignedAsk signed = SignedAsk.of(body, Topics.ASK, settings.site().project());
    prover.verified(signed, Ask.Mode.BATCH, settings.clock().instant());
    return batches
        .add(signed.ask())
        .thenApply(entries -> fresh(settings.site().name(), entries))
        .toCompletableFuture();
  }

  private static PeerMessage fresh(String name, List<CCToken> entries) {
    return new PeerMessage(
        Topics.FRESH_TOKEN,
        Map.of(
            Topics.SITE_NAME,
            name,
            Topics.REPLY_INFO,
            entries.stream().map(CCToken::toMap).toList()));
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
    if (!settings.isServer()) {
      throw new IllegalStateException("jobs are scheduled at " + settings.server());
    }
    return new JobAttempt(settings, requests, asker, member, examiner, own, job)
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
   * @return a dispatch, or the final refusal
   */
  public CompletableFuture<JobDecision> schedule(JobRequirements job) {
    return schedule(job, ScheduleHistory.NONE);
  }

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
  }

  @Override
  public void close() {
    closed = true;
    crossSite.close();
    examiner.close();
    requests.close();
  }
}
