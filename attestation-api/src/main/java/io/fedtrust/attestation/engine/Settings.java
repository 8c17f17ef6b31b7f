// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.EvidenceRequest;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.RetryPolicy;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.CCListener;
import io.fedtrust.attestation.spi.Consequence;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.ReplayGuard;
import io.fedtrust.attestation.spi.SchedulerHooks;
import io.fedtrust.attestation.spi.SiteActions;
import io.fedtrust.attestation.spi.UntrustedClientPolicy;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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
 * @param compat peers that speak NVFlare's own exchange
 * @param channel to the peers
 * @param timers for waiting
 * @param work for cryptography, judging and code of the host
 * @param hardware for collecting evidence
 * @param clock of the wall
 * @param nanoTime a monotonic clock
 * @param provider of the session key's cryptography; empty for the platform's
 * @param random of challenges, nonces and jitter
 * @param listeners who hear what is decided
 * @param actions what the host does about a site
 * @param hooks what the host adds when a job is scheduled
 * @param replayGuard for compat peers, beside this process's memory
 * @param timing intervals
 * @param toleratedMisses answers in a row that may be missing
 * @param toleratedRefusals signed refusals in a row that are no miss
 * @param consequence when a site is no longer trusted
 * @param onBadClient when a client of a job is not trusted
 * @param retry when a job is tried again
 * @param limits how often one site may ask, by purpose
 */
public record Settings(
    SiteIdentity site,
    Set<X509Certificate> roots,
    String server,
    List<CCAuthorizer> authorizers,
    FederationPolicy policy,
    Set<String> compat,
    PeerChannel channel,
    ScheduledExecutorService timers,
    Executor work,
    Executor hardware,
    InstantSource clock,
    LongSupplier nanoTime,
    Optional<Provider> provider,
    SecureRandom random,
    List<CCListener> listeners,
    SiteActions actions,
    SchedulerHooks hooks,
    Optional<ReplayGuard> replayGuard,
    Timing timing,
    int toleratedMisses,
    int toleratedRefusals,
    Consequence consequence,
    UntrustedClientPolicy onBadClient,
    RetryPolicy retry,
    Map<EvidenceRequest.Purpose, RequestLimit> limits) {
  /** After which a pool that was full is tried again. */
  static final Duration FULL = Duration.ofSeconds(1);

  /** The same with other actions. */
  Settings with(SiteActions other) {
    return new Settings(
        site,
        roots,
        server,
        authorizers,
        policy,
        compat,
        channel,
        timers,
        work,
        hardware,
        clock,
        nanoTime,
        provider,
        random,
        listeners,
        other,
        hooks,
        replayGuard,
        timing,
        toleratedMisses,
        toleratedRefusals,
        consequence,
        onBadClient,
        retry,
        limits);
  }

  /**
   * Intervals.
   *
   * @param verifyFrequency between two rounds of cross-site validation
   * @param requestTimeout for a reply that needs no evidence
   * @param collectionTimeout for evidence
   * @param batchWindow how long the first ask waits for others
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

  /**
   * How often one site may ask for evidence on one kind of occasion.
   *
   * @param atOnce requests that may come at once
   * @param refill after which there may be one more
   */
  public record RequestLimit(int atOnce, Duration refill) {}

  /** Does something later, in a thread of the work pool. */
  void after(Duration delay, Runnable task) {
    ScheduledFuture<?> unused =
        timers.schedule(() -> begin(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
  }

  /** Does something in a thread of the work pool; while that is full, it is tried again. */
  void begin(Runnable task) {
    try {
      work.execute(task);
    } catch (RejectedExecutionException e) {
      if (!hasStopped(work)) {
        after(FULL, task);
      }
    }
  }

  /** Whether what this pool rejects it rejects for good. */
  static boolean hasStopped(Executor pool) {
    return pool instanceof ExecutorService service && service.isShutdown();
  }

  /** Until when evidence that is asked for now must be there. */
  Deadline collecting() {
    return Deadline.in(timing.collectionTimeout(), nanoTime);
  }

  /** Under any other name NVFlare would not look at a server's entries. */
  String nameForCompat() {
    return isServer() ? CCInfo.SERVER_ALIAS : site.name();
  }

  boolean isServer() {
    return site.name().equals(server);
  }
}
