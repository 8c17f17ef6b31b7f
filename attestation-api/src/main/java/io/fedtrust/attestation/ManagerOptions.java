// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation;

import io.fedtrust.attestation.engine.Settings;
import io.fedtrust.attestation.event.CCListener;
import io.fedtrust.attestation.event.Consequence;
import io.fedtrust.attestation.job.RetryPolicy;
import io.fedtrust.attestation.job.SchedulerHooks;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.ReplayGuard;
import io.fedtrust.attestation.spi.SiteActions;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/** Optional settings of a manager. The engine checks each value. */
abstract sealed class ManagerOptions permits CCManager.Builder {
  final Settings.Draft draft;

  ManagerOptions(Settings.Draft draft) {
    this.draft = draft;
  }

  abstract CCManager.Builder self();

  /**
   * Adds a root certificate of the project to the one of this site's identity. While a root is
   * replaced, sites have certificates of either.
   *
   * @param certificate a root
   * @return this builder
   */
  public CCManager.Builder root(X509Certificate certificate) {
    draft.root(certificate);
    return self();
  }

  /**
   * Adds a family of evidence.
   *
   * @param authorizer that collects this site's evidence, verifies that of others, or both
   * @return this builder
   * @throws IllegalArgumentException if that family has a collector or a verifier already
   */
  public CCManager.Builder authorizer(CCAuthorizer authorizer) {
    draft.authorizer(authorizer);
    return self();
  }

  /**
   * Names a peer that speaks NVFlare's own exchange, in which a site chooses its nonce. Its
   * verdicts say {@code UNBOUND}, and are trusted only where the policy says {@code acceptUnbound}
   * for it. Never negotiated.
   *
   * @param name common name of its certificate
   * @return this builder
   */
  public CCManager.Builder nvflarePeer(String name) {
    draft.nvflarePeer(name);
    return self();
  }

  /**
   * Runs everything in one pool of the host. A collector that hangs can then delay everything else
   * in that pool; {@link #executors} separates it.
   *
   * @param host not shut down by the manager
   * @return this builder
   */
  public CCManager.Builder executor(ScheduledExecutorService host) {
    return executors(host, host, host);
  }

  /**
   * Runs timers, work and the collection of evidence in pools of the host. By default, the manager
   * has separate pools: one thread for timers, one for each processor and at least four for work,
   * up to four for the hardware. A collector that hangs then delays only evidence.
   *
   * @param waiting fires timers, and runs only short tasks
   * @param working for cryptography, appraisal and code of the host, which may block
   * @param collecting calls {@link io.fedtrust.attestation.spi.EvidenceCollector#start}
   * @return this builder
   */
  public CCManager.Builder executors(
      ScheduledExecutorService waiting, Executor working, Executor collecting) {
    draft.executors(waiting, working, collecting);
    return self();
  }

  /**
   * Replaces the clocks.
   *
   * @param wall for validity
   * @param monotonic counts nanoseconds and never goes back, for the life of challenges
   * @return this builder
   */
  public CCManager.Builder clock(InstantSource wall, LongSupplier monotonic) {
    draft.clock(wall, monotonic);
    return self();
  }

  /**
   * Sets the provider of the session key's cryptography (ECDSA on P-256); by default the
   * platform's. On Java 17, Bouncy Castle verifies several times as fast as the JDK. The site's key
   * is used with its provider.
   *
   * @param curves has {@code EC} and {@code SHA256withECDSA}
   * @return this builder
   */
  public CCManager.Builder provider(Provider curves) {
    draft.provider(curves);
    return self();
  }

  /**
   * Replaces the source of challenges, nonces, the session key and jitter.
   *
   * @param source unpredictable
   * @return this builder
   */
  public CCManager.Builder random(SecureRandom source) {
    draft.random(source);
    return self();
  }

  /**
   * Adds a listener for decisions. The log has them anyway.
   *
   * @param listener called with one event after the other, from its own queue
   * @return this builder
   */
  public CCManager.Builder listener(CCListener listener) {
    draft.listener(listener);
    return self();
  }

  /**
   * Sets what the host does about a site that is no longer trusted.
   *
   * @param host called after the admission has ended, in order, from its own queue
   * @return this builder
   */
  public CCManager.Builder actions(SiteActions host) {
    draft.actions(host);
    return self();
  }

  /**
   * Sets what a client knows about jobs, and whether it takes part.
   *
   * @param host called while a job is scheduled
   * @return this builder
   */
  public CCManager.Builder hooks(SchedulerHooks host) {
    draft.hooks(host);
    return self();
  }

  /**
   * Remembers the evidence of NVFlare peers also outside this process.
   *
   * @param guard called once for the genuine evidence of an answer, unless this process has seen it
   * @return this builder
   */
  public CCManager.Builder replayGuard(ReplayGuard guard) {
    draft.replayGuard(guard);
    return self();
  }

  /**
   * Sets how often other sites are validated; 10 minutes if it is not called. Every wait is longer
   * by a random part of up to a fifth.
   *
   * @param interval between two rounds
   * @return this builder
   */
  public CCManager.Builder verifyFrequency(Duration interval) {
    draft.verifyFrequency(interval);
    return self();
  }

  /**
   * Limits the wait for a reply that needs no evidence; 10 seconds if it is not called.
   *
   * @param limit for each request
   * @return this builder
   */
  public CCManager.Builder requestTimeout(Duration limit) {
    draft.requestTimeout(limit);
    return self();
  }

  /**
   * Limits the wait for evidence; 4.5 minutes if it is not called. A challenge lives 30 seconds
   * longer.
   *
   * @param limit for each request, at most 7 minutes
   * @return this builder
   */
  public CCManager.Builder collectionTimeout(Duration limit) {
    draft.collectionTimeout(limit);
    return self();
  }

  /**
   * Sets how long the first evidence request in batch mode waits for others, so that one report
   * answers all of them; 200 milliseconds if it is not called. While the hardware is busy the next
   * batch fills anyway.
   *
   * @param window zero starts as soon as the hardware is free
   * @return this builder
   */
  public CCManager.Builder batchWindow(Duration window) {
    draft.batchWindow(window);
    return self();
  }

  /**
   * Sets how long after the last trusted verdict an admission may be extended by inconclusive
   * verdicts; 30 minutes if it is not called. The policy's maximum age limits it as well.
   *
   * @param longest zero extends nothing
   * @return this builder
   */
  public CCManager.Builder grace(Duration longest) {
    draft.grace(longest);
    return self();
  }

  /**
   * Limits how often one site may request evidence for one purpose. If it is not called:
   * registration 4 at once, then one in 10 seconds; job 32 and 2 seconds; cross-site 16 and 10
   * seconds.
   *
   * @param purpose of the requests
   * @param atOnce the most at once
   * @param refill after which there may be one more
   * @return this builder
   */
  public CCManager.Builder requestLimit(EvidencePurpose purpose, int atOnce, Duration refill) {
    draft.requestLimit(purpose, atOnce, refill);
    return self();
  }

  /**
   * Limits code of the host that decides about a job; 60 seconds if it is not called.
   *
   * @param limit at most 2 minutes
   * @return this builder
   */
  public CCManager.Builder decisionTimeout(Duration limit) {
    draft.decisionTimeout(limit);
    return self();
  }

  /**
   * Sets after how long a site that is in quarantine without interruption has left, and for how
   * long one site may make a job wait; 1 hour if it is not called.
   *
   * @param time more than zero
   * @return this builder
   */
  public CCManager.Builder forgetAfter(Duration time) {
    draft.forgetAfter(time);
    return self();
  }

  /**
   * Sets how many signed refusals in a row a site may give before each further one counts as a
   * missed answer; 5 if it is not called.
   *
   * @param count zero or more
   * @return this builder
   */
  public CCManager.Builder toleratedRefusals(int count) {
    draft.toleratedRefusals(count);
    return self();
  }

  /**
   * Sets how many answers in a row a site may miss; 2 if it is not called. An admission ends at its
   * time all the same.
   *
   * @param count zero or more
   * @return this builder
   */
  public CCManager.Builder toleratedMisses(int count) {
    draft.toleratedMisses(count);
    return self();
  }

  /**
   * Sets the consequence for a site that is no longer trusted; quarantine if this is not called.
   *
   * @param what for that site
   * @return this builder
   */
  public CCManager.Builder consequence(Consequence what) {
    draft.consequence(what);
    return self();
  }

  /**
   * Sets what happens to a job if the server does not trust one of its clients; the job waits if
   * this is not called.
   *
   * @param what block or exclude
   * @return this builder
   */
  public CCManager.Builder untrustedClients(UntrustedClientPolicy what) {
    draft.untrustedClients(what);
    return self();
  }

  /**
   * Sets when a job is tried again, and when it is given up; as NVFlare does if it is not called.
   *
   * @param limits of attempts and waits
   * @return this builder
   */
  public CCManager.Builder retry(RetryPolicy limits) {
    draft.retry(limits);
    return self();
  }
}
