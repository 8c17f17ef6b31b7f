// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCListener;
import io.fedtrust.attestation.event.Consequence;
import io.fedtrust.attestation.job.RetryPolicy;
import io.fedtrust.attestation.job.SchedulerHooks;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.ReplayGuard;
import io.fedtrust.attestation.spi.SiteActions;
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
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * All that a site's part in the trust flow is made of; {@code CCManager.Builder} documents each.
 *
 * @param site this site, as it begins
 * @param roots of the project beside this site's own, while one replaces another
 * @param server the server's name, from the kit
 * @param authorizers one for each family
 * @param policy of this relying party
 * @param nvflarePeers peers that speak NVFlare's own exchange
 * @param channel to the peers
 * @param threads for waiting, for work and for collecting evidence
 * @param clock of the wall
 * @param nanoTime a monotonic clock
 * @param provider of the session key's cryptography; empty for the platform's
 * @param random of challenges, nonces and jitter
 * @param listeners who hear what is decided
 * @param actions what the host does about a site
 * @param hooks what the host adds when a job is scheduled
 * @param replayGuard for NVFlare peers, beside this process's memory
 * @param timing intervals
 * @param toleratedMisses answers in a row that may be missing
 * @param toleratedRefusals signed refusals in a row that are no miss
 * @param consequence when a site is no longer trusted
 * @param untrustedClients when a client of a job is not trusted
 * @param retry when a job is tried again
 * @param limits how often one site may request evidence, by purpose
 */
public record Settings(
    SiteIdentity site,
    Set<X509Certificate> roots,
    String server,
    List<CCAuthorizer> authorizers,
    FederationPolicy policy,
    Set<String> nvflarePeers,
    PeerChannel channel,
    ManagerThreads threads,
    InstantSource clock,
    LongSupplier nanoTime,
    Optional<Provider> provider,
    SecureRandom random,
    List<CCListener> listeners,
    QueuedActions actions,
    SchedulerHooks hooks,
    Optional<ReplayGuard> replayGuard,
    Timing timing,
    int toleratedMisses,
    int toleratedRefusals,
    Consequence consequence,
    UntrustedClientPolicy untrustedClients,
    RetryPolicy retry,
    Map<EvidencePurpose, RequestLimits.Limit> limits) {
  /** After which a pool that was full is tried again. */
  static final Duration FULL = Duration.ofSeconds(1);

  /**
   * Intervals.
   *
   * @param verifyFrequency between two rounds of cross-site validation
   * @param requestTimeout for a reply that needs no evidence
   * @param collectionTimeout for evidence
   * @param batchWindow how long the first request of a batch waits for others
   * @param grace how long inconclusive answers may bridge
   * @param decisionTimeout for code of the host that decides about a job
   * @param forgetAfter after which a site in quarantine has left, and a job waits for it no longer
   */
  public record Timing(
      Duration verifyFrequency,
      Duration requestTimeout,
      Duration collectionTimeout,
      Duration batchWindow,
      Duration grace,
      Duration decisionTimeout,
      Duration forgetAfter) {
    private static final Duration TRAVEL = Duration.ofSeconds(30);

    /** How long an answer is accepted: collecting it takes the most, it travels too. */
    Duration challengeLife() {
      return collectionTimeout.plus(TRAVEL);
    }
  }

  ScheduledExecutorService timers() {
    return threads.timers();
  }

  Executor work() {
    return threads.work();
  }

  Executor hardware() {
    return threads.hardware();
  }

  /** Does something later, in a thread of the work pool. */
  void after(Duration delay, Runnable task) {
    ScheduledFuture<?> unused =
        timers().schedule(() -> begin(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
  }

  /** Does something in a thread of the work pool; while that is full, it is tried again. */
  void begin(Runnable task) {
    try {
      work().execute(task);
    } catch (RejectedExecutionException e) {
      if (!hasStopped(work())) {
        after(FULL, task);
      }
    }
  }

  /** Whether what this pool rejects it rejects for good. */
  static boolean hasStopped(Executor pool) {
    return pool instanceof ExecutorService service && service.isShutdown();
  }

  /** Until when evidence that is collected now must be there. */
  Deadline collecting() {
    return Deadline.in(timing.collectionTimeout(), nanoTime);
  }

  /** The name of this site for NVFlare, which looks at a server's entries under its alias only. */
  String nameForNvflare() {
    return isServer() ? SiteIdentity.SERVER_ALIAS : site.name();
  }

  boolean isServer() {
    return site.name().equals(server);
  }

  /**
   * Returns a policy that this site can use, with the server's alias resolved.
   *
   * @throws AttestationException {@code POLICY_INVALID} if the policy names the server twice or
   *     denies this site: a site leaves the federation by other means
   */
  FederationPolicy usable(FederationPolicy other) {
    return usable(other, site, server);
  }

  private static FederationPolicy usable(
      FederationPolicy policy, SiteIdentity site, String server) {
    FederationPolicy resolved;
    try {
      resolved = policy.resolvedFor(server);
    } catch (IllegalArgumentException e) {
      throw AttestationException.because(
          ErrorCode.POLICY_INVALID, "sites", String.valueOf(e.getMessage()), e);
    }
    if (resolved.denies(site.certificate())) {
      throw AttestationException.of(
          ErrorCode.POLICY_INVALID, "deny", "the policy denies this site itself, " + site.name());
    }
    return resolved;
  }

  /** Settings while they are chosen: required ones first, then defaults that may be replaced. */
  public static final class Draft {
    private static final Duration LONGEST_COLLECTION = Duration.ofMinutes(7);
    private static final Duration LONGEST_DECISION = Duration.ofMinutes(2);

    private final SiteIdentity site;
    private final String server;
    private final FederationPolicy policy;
    private final PeerChannel channel;
    private final List<CCAuthorizer> authorizers = new ArrayList<>();
    private final Set<Namespace> verifying = new HashSet<>();
    private final Set<Namespace> collecting = new HashSet<>();
    private final Set<String> nvflarePeers = new HashSet<>();
    private final List<CCListener> listeners = new ArrayList<>();
    private final Set<X509Certificate> roots = new HashSet<>();
    private final Map<EvidencePurpose, RequestLimits.Limit> limits =
        new EnumMap<>(RequestLimits.DEFAULTS);
    private Optional<ManagerThreads> threads = Optional.empty();
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
    private int toleratedRefusals = 5;
    private int toleratedMisses = 2;
    private Consequence consequence = Consequence.QUARANTINE_SITE;
    private UntrustedClientPolicy untrustedClients = UntrustedClientPolicy.BLOCK;
    private RetryPolicy retry = RetryPolicy.DEFAULT;

    /**
     * Begins with what every site needs.
     *
     * @param site this site
     * @param server the server's name
     * @param policy of this relying party
     * @param channel to the peers
     */
    public Draft(SiteIdentity site, String server, FederationPolicy policy, PeerChannel channel) {
      this.site = Objects.requireNonNull(site, "identity");
      this.server = Objects.requireNonNull(server, "serverName");
      this.policy = Objects.requireNonNull(policy, "policy");
      this.channel = Objects.requireNonNull(channel, "channel");
    }

    public void root(X509Certificate certificate) {
      roots.add(certificate);
    }

    public void authorizer(CCAuthorizer authorizer) {
      Namespace namespace = authorizer.namespace();
      if ((authorizer.verifier().isPresent() && !verifying.add(namespace))
          || (authorizer.collector().isPresent() && !collecting.add(namespace))) {
        throw new IllegalArgumentException(
            "authorizer: expected one of " + namespace + ", was two");
      }
      authorizers.add(authorizer);
    }

    public void nvflarePeer(String name) {
      nvflarePeers.add(name);
    }

    public void executors(ScheduledExecutorService waiting, Executor working, Executor hardware) {
      threads = Optional.of(ManagerThreads.ofHost(waiting, working, hardware));
    }

    public void clock(InstantSource wall, LongSupplier monotonic) {
      clock = wall;
      nanoTime = monotonic;
    }

    public void provider(Provider curves) {
      provider = Optional.of(curves);
    }

    public void random(SecureRandom source) {
      random = source;
    }

    public void listener(CCListener listener) {
      listeners.add(listener);
    }

    public void actions(SiteActions host) {
      actions = host;
    }

    public void hooks(SchedulerHooks host) {
      hooks = host;
    }

    public void replayGuard(ReplayGuard guard) {
      replayGuard = Optional.of(guard);
    }

    public void verifyFrequency(Duration interval) {
      verifyFrequency = positive("verifyFrequency", interval);
    }

    public void requestTimeout(Duration limit) {
      requestTimeout = positive("requestTimeout", limit);
    }

    public void collectionTimeout(Duration limit) {
      collectionTimeout =
          positive("collectionTimeout", atMost("collectionTimeout", limit, LONGEST_COLLECTION));
    }

    public void batchWindow(Duration window) {
      batchWindow = notNegative("batchWindow", window);
    }

    public void grace(Duration longest) {
      grace = notNegative("grace", longest);
    }

    public void requestLimit(EvidencePurpose purpose, int atOnce, Duration refill) {
      if (atOnce < 1) {
        throw new IllegalArgumentException("requestLimit: expected at least 1, was " + atOnce);
      }
      limits.put(purpose, new RequestLimits.Limit(atOnce, positive("requestLimit", refill)));
    }

    public void decisionTimeout(Duration limit) {
      decisionTimeout =
          positive("decisionTimeout", atMost("decisionTimeout", limit, LONGEST_DECISION));
    }

    public void forgetAfter(Duration time) {
      forgetAfter = positive("forgetAfter", time);
    }

    public void toleratedRefusals(int count) {
      toleratedRefusals = notNegative("toleratedRefusals", count);
    }

    public void toleratedMisses(int count) {
      toleratedMisses = notNegative("toleratedMisses", count);
    }

    public void consequence(Consequence what) {
      consequence = what;
    }

    public void untrustedClients(UntrustedClientPolicy what) {
      untrustedClients = what;
    }

    public void retry(RetryPolicy limits) {
      retry = limits;
    }

    private static Duration positive(String name, Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException(name + ": expected more than zero, was " + value);
      }
      return value;
    }

    private static Duration notNegative(String name, Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException(name + ": expected zero or more, was " + value);
      }
      return value;
    }

    private static int notNegative(String name, int value) {
      if (value < 0) {
        throw new IllegalArgumentException(name + ": expected zero or more, was " + value);
      }
      return value;
    }

    private static Duration atMost(String name, Duration value, Duration most) {
      if (value.compareTo(most) > 0) {
        throw new IllegalArgumentException(name + ": expected at most " + most + ", was " + value);
      }
      return value;
    }

    /**
     * Fixes what was chosen.
     *
     * @return the settings of one engine
     * @throws AttestationException {@code POLICY_INVALID} if the policy denies this site, or names
     *     the server twice
     */
    public Settings settings() {
      FederationPolicy federation = usable(policy, site, server);
      ManagerThreads pools = threads.orElseGet(() -> ManagerThreads.own(site.name()));
      return new Settings(
          site,
          Set.copyOf(roots),
          server,
          List.copyOf(authorizers),
          federation,
          Set.copyOf(nvflarePeers),
          channel,
          pools,
          clock,
          nanoTime,
          provider,
          random,
          List.copyOf(listeners),
          new QueuedActions(actions, pools.work()),
          hooks,
          replayGuard,
          new Timing(
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
          untrustedClients,
          retry,
          Map.copyOf(limits));
    }
  }
}
