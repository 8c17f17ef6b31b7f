// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation;

import io.fedtrust.attestation.engine.ManagerThreads;
import io.fedtrust.attestation.engine.Settings;
import io.fedtrust.attestation.engine.TrustEngine;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EvidenceRequest;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ScheduleHistory;
import io.fedtrust.attestation.model.SiteCertificate;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.RetryPolicy;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.CCListener;
import io.fedtrust.attestation.spi.Consequence;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import io.fedtrust.attestation.spi.ReplayGuard;
import io.fedtrust.attestation.spi.ScheduledJob;
import io.fedtrust.attestation.spi.SchedulerHooks;
import io.fedtrust.attestation.spi.SiteActions;
import io.fedtrust.attestation.spi.UntrustedClientPolicy;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The trust flow of a federation, for one of its sites (docs/protocol/exchange.md): the site judges
 * itself before it starts, proves itself when it registers, when a job is scheduled and from time
 * to time, and judges every other site by its own policy.
 *
 * <p>The host brings a {@link PeerChannel}, hands messages of peers to {@link #receive}, and asks
 * {@link #admitted} before it deals with a site: no verdict, no entry. Safe for many threads. What
 * a Trusted verdict claims and does not claim is in {@code docs/threat-model.md}.
 */
public final class CCManager implements AutoCloseable {
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final TrustEngine engine;
  private final ManagerThreads threads;
  private final SiteCertificate self;
  private final String server;

  private CCManager(
      TrustEngine engine, ManagerThreads threads, SiteCertificate self, String server) {
    this.engine = engine;
    this.threads = threads;
    this.self = self;
    this.server = server;
  }

  /**
   * Starts a manager's settings.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Judges this site by its own policy (NVFlare's {@code _system_bootstrap}), and begins. The
   * server shows its evidence in {@link #entries} until it has newer; it is never sent. Waits for
   * the hardware, at most as long as the collection timeout. A start that failed may be repeated.
   *
   * @return the verdict on this site
   * @throws AttestationException {@link ErrorCode#SELF_REJECTED} or {@link
   *     ErrorCode#SELF_INCONCLUSIVE}: a site that cannot satisfy itself does not start; {@link
   *     ErrorCode#NOT_CONFIDENTIAL}, {@link ErrorCode#COLLECTION_FAILED} or {@link
   *     ErrorCode#COLLECTION_TIMED_OUT}: there is no evidence; {@link ErrorCode#CLOSED}
   * @throws IllegalStateException if this manager has started, is starting or is closed
   */
  public SiteVerdict start() {
    return engine.start();
  }

  /**
   * At a client: registers with the server, in both directions. From then on the client validates
   * the other sites, too.
   *
   * @return the verdict on the server. Completes exceptionally with {@link AttestationException}:
   *     {@link ErrorCode#REGISTRATION_DECLINED} with the server's reason, {@link
   *     ErrorCode#NOT_STARTED} if the server cannot judge yet, {@link ErrorCode#SERVER_BUSY} if it
   *     is busy, {@link ErrorCode#SERVER_SILENT} if nothing came that counts, the code of a
   *     collector, {@link ErrorCode#CLOSED}
   * @throws IllegalStateException before {@link #start} has succeeded
   */
  public CompletionStage<SiteVerdict> register() {
    return engine.register();
  }

  /**
   * Answers a message of a peer.
   *
   * @param peer common name of the certificate at the other end, as the channel verified it
   * @param message as received
   * @return the reply; a refusal if need be, never an exception. Before {@link #start} has
   *     succeeded it is a refusal {@code NOT_STARTED}
   */
  public CompletionStage<PeerMessage> receive(String peer, PeerMessage message) {
    return engine.receive(
        Objects.requireNonNull(peer, "peer"), Objects.requireNonNull(message, "message"));
  }

  /**
   * Finds the verdict by which a site is admitted now.
   *
   * @param site its name
   * @return the verdict in short ({@link SiteVerdict#summary}; listeners heard all of it), or
   *     empty: such a site gets nothing. Empty unless this manager has started
   */
  public Optional<SiteVerdict> admitted(String site) {
    return engine.admitted(site);
  }

  /**
   * Returns what every admitted site proved itself with last. At the server its own entries are
   * among them, from the start on.
   *
   * @return entries by name; empty unless this manager has started
   */
  public Map<String, List<CCToken>> entries() {
    return engine.entries();
  }

  /**
   * At the server: attempts once to schedule a job, for hosts with a scheduler of their own.
   *
   * @param job what it demands
   * @param history of former attempts
   * @return the decision, and the history with it; completes exceptionally with {@link
   *     AttestationException}, {@link ErrorCode#CLOSED}, if this manager is closed before
   * @throws IllegalStateException at a client, and before {@link #start} has succeeded
   */
  public CompletionStage<CCEvent.JobDecided> attempt(JobRequirements job, ScheduleHistory history) {
    return engine.attempt(job, history);
  }

  /**
   * At the server: attempts to schedule a job until it is dispatched or given up, waiting between
   * attempts as the retry policy says.
   *
   * @param job what it demands
   * @return its decision to come, and the way to call it off
   * @throws IllegalStateException at a client, and before {@link #start} has succeeded
   * @throws AttestationException {@link ErrorCode#CLOSED} if this manager is closed
   */
  public ScheduledJob schedule(JobRequirements job) {
    return engine.schedule(job);
  }

  /**
   * Finds with whom this site may exchange models of a job now: those who were dispatched and are
   * admitted here with the process that was judged. It only ever shrinks; each loss is an event.
   *
   * @param job the job's id
   * @return names, this site's among them; none before the job starts and once it has ended
   */
  public SortedSet<String> participants(String job) {
    return engine.participants(job);
  }

  /**
   * Takes note that a job has ended. The server tells its clients.
   *
   * @param job the job's id
   */
  public void jobEnded(String job) {
    engine.jobEnded(job);
  }

  /**
   * Validates every other site now, as is done from time to time.
   *
   * @return what came of it; empty if a round is running already; completes exceptionally with
   *     {@link AttestationException}, {@link ErrorCode#CLOSED}, if this manager is closed before
   * @throws IllegalStateException before {@link #start} has succeeded
   */
  public CompletionStage<Optional<CCEvent.CycleEnded>> validate() {
    return engine.validate();
  }

  /**
   * Puts another policy in force at once, and judges by it whoever is admitted.
   *
   * @param policy the new one
   * @throws IllegalStateException before {@link #start} has succeeded
   * @throws AttestationException {@link ErrorCode#POLICY_INVALID} if it denies this site, or names
   *     the server twice: the former policy stays; {@link ErrorCode#CLOSED}
   */
  public void replacePolicy(FederationPolicy policy) {
    engine.replace(usable(Objects.requireNonNull(policy, "policy"), self, server));
  }

  /** A site that puts itself out of the federation must do so otherwise than by its policy. */
  private static FederationPolicy usable(
      FederationPolicy policy, SiteCertificate self, String server) {
    FederationPolicy resolved;
    try {
      resolved = policy.resolvedFor(server);
    } catch (IllegalArgumentException e) {
      throw AttestationException.because(
          ErrorCode.POLICY_INVALID, "sites", String.valueOf(e.getMessage()), e);
    }
    if (resolved.denies(self)) {
      throw new AttestationException(
          ErrorCode.POLICY_INVALID,
          "deny",
          "a policy that does not deny this site itself",
          "one that denies " + self.name());
    }
    return resolved;
  }

  /**
   * Goes on as the same site with other certificates, another key or another root, without a break:
   * a round ends with the identity with which it began, for which the former key is kept for at
   * most 12 minutes. The session key stays, and with it every admission of this site elsewhere.
   * Sites whose certificates end at the former root count from then on only if {@link Builder#root}
   * named it.
   *
   * @param identity of the same project, name and role
   * @throws IllegalArgumentException if it is of another site, or its certificates do not lead to
   *     its root or are not valid now
   * @throws IllegalStateException before {@link #start} has succeeded
   * @throws AttestationException {@link ErrorCode#CLOSED} if this manager is closed
   */
  public void replaceIdentity(SiteIdentity identity) {
    engine.replace(Objects.requireNonNull(identity, "identity"));
  }

  /**
   * Forgets a site that has left the federation (NVFlare's {@code _client_quit}).
   *
   * @param site its name
   */
  public void leave(String site) {
    engine.forget(site);
  }

  /**
   * Stops within five seconds: every stage that is open completes with {@link
   * AttestationException}, {@link ErrorCode#CLOSED}, and no code of the host is called afterwards.
   * Threads of its own end; those of the host are left alone.
   */
  @Override
  public void close() {
    // Code of the host may wait in stages that end now: not in the caller's thread.
    Thread closing = new Thread(engine::close, "fedtrust-close");
    closing.setDaemon(true);
    closing.start();
    try {
      closing.join(CLOSING.dividedBy(2).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.close(CLOSING.dividedBy(2));
  }

  /** Collects what a manager is made of. */
  public static final class Builder {
    private static final Duration LONGEST_COLLECTION = Duration.ofMinutes(7);
    private static final Duration LONGEST_DECISION = Duration.ofMinutes(2);

    private final List<CCAuthorizer> authorizers = new ArrayList<>();
    private final Set<Namespace> verifying = new TreeSet<>();
    private final Set<Namespace> collecting = new TreeSet<>();
    private final Set<String> compat = new HashSet<>();
    private final List<CCListener> listeners = new ArrayList<>();
    private @Nullable SiteIdentity site;
    private @Nullable String server;
    private @Nullable FederationPolicy policy;
    private @Nullable PeerChannel channel;
    private final Set<X509Certificate> roots = new HashSet<>();
    private @Nullable ManagerThreads threads;
    private InstantSource clock = Clock.systemUTC();
    private LongSupplier nanoTime = System::nanoTime;
    private Optional<Provider> provider = Optional.empty();
    private SecureRandom random = new SecureRandom();
    private SiteActions actions = SiteActions.NONE;
    private SchedulerHooks hooks = SchedulerHooks.NONE;
    private Optional<ReplayGuard> replayGuard = Optional.empty();
    private Duration verifyFrequency = Duration.ofMinutes(10);
    private Duration requestTimeout = Duration.ofSeconds(10);
    private Duration collectionTimeout = Duration.ofSeconds(270);
    private Duration batchWindow = Duration.ofMillis(200);
    private Duration grace = Duration.ofMinutes(30);
    private Duration decisionTimeout = Duration.ofSeconds(60);
    private Duration forgetAfter = Duration.ofHours(1);
    private final Map<EvidenceRequest.Purpose, Settings.RequestLimit> limits =
        new EnumMap<>(
            Map.of(
                EvidenceRequest.Purpose.REGISTRATION,
                    new Settings.RequestLimit(4, Duration.ofSeconds(10)),
                EvidenceRequest.Purpose.JOB, new Settings.RequestLimit(32, Duration.ofSeconds(2)),
                EvidenceRequest.Purpose.CROSS_SITE,
                    new Settings.RequestLimit(16, Duration.ofSeconds(10))));
    private int toleratedRefusals = 5;
    private int toleratedMisses = 2;
    private Consequence consequence = Consequence.QUARANTINE_SITE;
    private UntrustedClientPolicy onBadClient = UntrustedClientPolicy.BLOCK;
    private RetryPolicy retry = RetryPolicy.DEFAULT;

    private Builder() {}

    /**
     * Says who this site is.
     *
     * @param identity name, certificates and key, as a startup kit holds them
     * @return this builder
     */
    public Builder site(SiteIdentity identity) {
      this.site = identity;
      return this;
    }

    /**
     * Adds a root certificate of the project, beside the one of this site's own identity: while a
     * root is replaced, sites have certificates of either.
     *
     * @param certificate a root
     * @return this builder
     */
    public Builder root(X509Certificate certificate) {
      roots.add(certificate);
      return this;
    }

    /**
     * Says who the server is.
     *
     * @param name common name of its certificate, as the kit names it; this site's own at the
     *     server
     * @return this builder
     */
    public Builder server(String name) {
      this.server = name;
      return this;
    }

    /**
     * Adds a family of evidence.
     *
     * @param authorizer collects it here, verifies that of others, or both
     * @return this builder
     * @throws IllegalArgumentException if that family has a collector or a verifier already
     */
    public Builder authorizer(CCAuthorizer authorizer) {
      Namespace namespace = authorizer.namespace();
      if ((authorizer.verifier().isPresent() && !verifying.add(namespace))
          || (authorizer.collector().isPresent() && !collecting.add(namespace))) {
        throw new IllegalArgumentException(
            "authorizer: expected one of " + namespace + ", was two");
      }
      authorizers.add(authorizer);
      return this;
    }

    /**
     * Says by which policy every site is judged, this one included.
     *
     * @param federation the policy
     * @return this builder
     */
    public Builder policy(FederationPolicy federation) {
      this.policy = federation;
      return this;
    }

    /**
     * Says how other sites are reached.
     *
     * @param peers the host's channel
     * @return this builder
     */
    public Builder channel(PeerChannel peers) {
      this.channel = peers;
      return this;
    }

    /**
     * Names a peer that speaks NVFlare's own exchange, in which a site chooses its nonce. Its
     * verdicts say {@code UNBOUND}, and are trusted only where the policy says {@code
     * acceptUnbound} of it. Never negotiated.
     *
     * @param name common name of its certificate
     * @return this builder
     */
    public Builder compat(String name) {
      compat.add(name);
      return this;
    }

    /**
     * Runs everything in one pool of the host. A collector that hangs may then delay whatever else
     * runs there; {@link #executors} keeps it apart.
     *
     * @param host not shut down by the manager
     * @return this builder
     */
    public Builder executor(ScheduledExecutorService host) {
      return executors(host, host, host);
    }

    /**
     * Runs waiting, work and the collection of evidence in pools of the host; without it the
     * manager has its own: one thread for timers, one for each processor and at least four for
     * work, up to four for the hardware. A collector that hangs delays nothing but evidence.
     *
     * @param waiting fires timers, and does nothing that takes long
     * @param working for cryptography, judging and code of the host, which may block
     * @param collecting calls {@link io.fedtrust.attestation.spi.EvidenceCollector#start}
     * @return this builder
     */
    public Builder executors(
        ScheduledExecutorService waiting, Executor working, Executor collecting) {
      this.threads = ManagerThreads.ofHost(waiting, working, collecting);
      return this;
    }

    /**
     * Replaces the clocks.
     *
     * @param wall for validity
     * @param monotonic counts nanoseconds and never goes back, for the life of challenges
     * @return this builder
     */
    public Builder clock(InstantSource wall, LongSupplier monotonic) {
      this.clock = wall;
      this.nanoTime = monotonic;
      return this;
    }

    /**
     * Does the session key's cryptography (ECDSA on P-256) with another provider than the
     * platform's: Bouncy Castle verifies several times as fast as the JDK's on Java 17. The site's
     * key is used with the provider that it belongs to.
     *
     * @param curves has {@code EC} and {@code SHA256withECDSA}
     * @return this builder
     */
    public Builder provider(Provider curves) {
      this.provider = Optional.of(curves);
      return this;
    }

    /**
     * Replaces the source of challenges, nonces, the session key and jitter.
     *
     * @param source unpredictable
     * @return this builder
     */
    public Builder random(SecureRandom source) {
      this.random = source;
      return this;
    }

    /**
     * Adds someone who hears of decisions; the log hears of them anyway.
     *
     * @param listener called with one event after the other, from a queue of its own
     * @return this builder
     */
    public Builder listener(CCListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Says what the host does about a site that is no longer trusted.
     *
     * @param host called after the admission has ended, in order, from a queue of its own
     * @return this builder
     */
    public Builder actions(SiteActions host) {
      this.actions = host;
      return this;
    }

    /**
     * Says what a client knows of jobs, and whether it wants them.
     *
     * @param host asked while a job is scheduled
     * @return this builder
     */
    public Builder hooks(SchedulerHooks host) {
      this.hooks = host;
      return this;
    }

    /**
     * Remembers the evidence of compat peers also elsewhere than in this process's memory.
     *
     * @param guard asked once for all that is genuine in an answer, unless this process has seen it
     * @return this builder
     */
    public Builder replayGuard(ReplayGuard guard) {
      this.replayGuard = Optional.of(guard);
      return this;
    }

    /**
     * Sets how often other sites are validated; 10 minutes if it is not called. Every wait is
     * longer by a random part of up to a fifth.
     *
     * @param interval between two rounds
     * @return this builder
     */
    public Builder verifyFrequency(Duration interval) {
      this.verifyFrequency = positive("verifyFrequency", interval);
      return this;
    }

    /**
     * Limits the wait for a reply that needs no evidence; 10 seconds if it is not called.
     *
     * @param limit for each request
     * @return this builder
     */
    public Builder requestTimeout(Duration limit) {
      this.requestTimeout = positive("requestTimeout", limit);
      return this;
    }

    /**
     * Limits the wait for evidence; 4.5 minutes if it is not called. A challenge lives 30 seconds
     * longer.
     *
     * @param limit for each request, at most 7 minutes
     * @return this builder
     */
    public Builder collectionTimeout(Duration limit) {
      if (limit.compareTo(LONGEST_COLLECTION) > 0) {
        throw new IllegalArgumentException(
            "collectionTimeout: expected at most " + LONGEST_COLLECTION + ", was " + limit);
      }
      this.collectionTimeout = positive("collectionTimeout", limit);
      return this;
    }

    /**
     * Sets how long the first ask in batch mode waits for others, to be answered with one report;
     * 200 milliseconds if it is not called. While the hardware is busy the next batch fills anyway.
     *
     * @param window zero begins as soon as the hardware is free
     * @return this builder
     */
    public Builder batchWindow(Duration window) {
      if (window.isNegative()) {
        throw new IllegalArgumentException("batchWindow: expected zero or more, was " + window);
      }
      this.batchWindow = window;
      return this;
    }

    /**
     * Sets how long after the last trusted verdict inconclusive ones may bridge; 30 minutes if it
     * is not called. The policy's maximum age limits it as well.
     *
     * @param longest zero bridges nothing
     * @return this builder
     */
    public Builder grace(Duration longest) {
      if (longest.isNegative()) {
        throw new IllegalArgumentException("grace: expected zero or more, was " + longest);
      }
      this.grace = longest;
      return this;
    }

    /**
     * Limits how often one site may ask for evidence on one kind of occasion. If it is not called:
     * registration 4 at once, then one in 10 seconds; job 32 and 2 seconds; cross-site 16 and 10
     * seconds.
     *
     * @param purpose the occasion
     * @param atOnce the most at once
     * @param refill after which there may be one more
     * @return this builder
     */
    public Builder askLimit(EvidenceRequest.Purpose purpose, int atOnce, Duration refill) {
      if (atOnce < 1) {
        throw new IllegalArgumentException("askLimit: expected at least 1, was " + atOnce);
      }
      limits.put(purpose, new Settings.RequestLimit(atOnce, positive("askLimit", refill)));
      return this;
    }

    /**
     * Limits code of the host that decides about a job; 60 seconds if it is not called.
     *
     * @param limit at most 2 minutes
     * @return this builder
     */
    public Builder decisionTimeout(Duration limit) {
      if (limit.compareTo(LONGEST_DECISION) > 0) {
        throw new IllegalArgumentException(
            "decisionTimeout: expected at most " + LONGEST_DECISION + ", was " + limit);
      }
      this.decisionTimeout = positive("decisionTimeout", limit);
      return this;
    }

    /**
     * Sets after how long a site that is in quarantine without interruption has left, and for how
     * long one site may make a job wait; 1 hour if it is not called.
     *
     * @param time more than zero
     * @return this builder
     */
    public Builder forgetAfter(Duration time) {
      this.forgetAfter = positive("forgetAfter", time);
      return this;
    }

    /**
     * Sets how many signed refusals in a row a site may give before each further one counts as a
     * missed answer; 5 if it is not called.
     *
     * @param count zero or more
     * @return this builder
     */
    public Builder toleratedRefusals(int count) {
      if (count < 0) {
        throw new IllegalArgumentException(
            "toleratedRefusals: expected zero or more, was " + count);
      }
      this.toleratedRefusals = count;
      return this;
    }

    /**
     * Sets how many answers in a row a site may miss; 2 if it is not called. An admission ends at
     * its time all the same.
     *
     * @param count zero or more
     * @return this builder
     */
    public Builder toleratedMisses(int count) {
      if (count < 0) {
        throw new IllegalArgumentException("toleratedMisses: expected zero or more, was " + count);
      }
      this.toleratedMisses = count;
      return this;
    }

    /**
     * Sets what follows when a site is no longer trusted; quarantine of that site if it is not
     * called.
     *
     * @param what for that site
     * @return this builder
     */
    public Builder consequence(Consequence what) {
      this.consequence = what;
      return this;
    }

    /**
     * Sets what becomes of a job one of whose clients the server does not trust; it waits if this
     * is not called.
     *
     * @param what block or exclude
     * @return this builder
     */
    public Builder onBadClient(UntrustedClientPolicy what) {
      this.onBadClient = what;
      return this;
    }

    /**
     * Sets when a job is tried again, and when it is given up; as NVFlare does if it is not called.
     *
     * @param limits of attempts and waits
     * @return this builder
     */
    public Builder retry(RetryPolicy limits) {
      this.retry = limits;
      return this;
    }

    private static Duration positive(String name, Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException(name + ": expected more than zero, was " + value);
      }
      return value;
    }

    private static <T> T given(@Nullable T value, String name) {
      if (value == null) {
        throw new IllegalStateException(name + ": expected a value, was none");
      }
      return value;
    }

    /**
     * Makes the manager and its session key. Nothing is asked before {@link CCManager#start}.
     *
     * @return the manager
     * @throws IllegalStateException if site, server, policy or channel is not given
     * @throws AttestationException {@code POLICY_INVALID} if the policy denies this site, or names
     *     the server twice
     */
    public CCManager build() {
      SiteIdentity self = given(site, "site");
      String theServer = given(server, "server");
      FederationPolicy federation = usable(given(policy, "policy"), self.certificate(), theServer);
      PeerChannel peers = given(channel, "channel");
      ManagerThreads pools = threads == null ? ManagerThreads.own(self.name()) : threads;
      return new CCManager(
          new TrustEngine(
              new Settings(
                  self,
                  Set.copyOf(roots),
                  theServer,
                  List.copyOf(authorizers),
                  federation,
                  Set.copyOf(compat),
                  peers,
                  pools.timers(),
                  pools.work(),
                  pools.hardware(),
                  clock,
                  nanoTime,
                  provider,
                  random,
                  List.copyOf(listeners),
                  actions,
                  hooks,
                  replayGuard,
                  new Settings.Timing(
                      verifyFrequency,
                      requestTimeout,
                      collectionTimeout,
                      batchWindow,
                      grace,
                      decisionTimeout,
                      forgetAfter),
                  toleratedMisses,
                  toleratedRefusals,
                  consequence,
                  onBadClient,
                  retry,
                  Map.copyOf(limits))),
          pools,
          self.certificate(),
          theServer);
    }
  }
}
