// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.ScheduledJob;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Puts the parts of the trust flow together for one site. */
public final class TrustEngine implements AutoCloseable {
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final EngineParts parts;

  /**
   * Makes the session key. Sends nothing yet.
   *
   * @param settings all that may be chosen
   */
  public TrustEngine(Settings settings) {
    this.parts = new EngineParts(settings);
  }

  /**
   * Appraises this site by its own policy, and begins. A start that failed may be repeated.
   *
   * @return the verdict, which is trusted
   * @throws AttestationException {@code SELF_REJECTED}, {@code SELF_INCONCLUSIVE}, {@code CLOSED},
   *     or as a collector of this site fails
   * @throws IllegalStateException unless it is new
   */
  public SiteVerdict start() {
    parts.lifecycle.starting();
    boolean trusted = false;
    try {
      SiteVerdict verdict = parts.self.appraise();
      trusted = true;
      return verdict;
    } finally {
      if (parts.lifecycle.started(trusted) && trusted && parts.settings.isServer()) {
        parts.crossSite.start();
      }
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
    return promised("register()", parts.again::register);
  }

  private <T> CompletableFuture<T> promised(String what, Supplier<CompletableFuture<T>> stage) {
    if (parts.lifecycle.state() == Lifecycle.State.CLOSED) {
      return CompletableFuture.failedFuture(Failures.closed());
    }
    parts.lifecycle.require(what);
    try {
      return parts.stages.keep(stage.get());
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
    return parts.stages.keep(
        parts.inbox.receive(peer, message), reply -> reply.complete(Inbox.stopped()));
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
    return promised("attempt()", () -> parts.scheduler.attempt(job, history));
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
    parts.lifecycle.require("schedule()");
    ScheduledJob scheduled = parts.scheduler.schedule(job);
    CompletableFuture<JobDecision> decision =
        parts.stages.keep(scheduled.decision().toCompletableFuture());
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
    if (!parts.lifecycle.isStarted()) {
      return Collections.emptySortedSet();
    }
    return parts.settings.isServer()
        ? parts.scheduler.participants(job)
        : parts.participation.participants(job);
  }

  /**
   * Takes note that a job is over.
   *
   * @param job the job's id
   */
  public void jobEnded(String job) {
    if (!parts.lifecycle.isStarted()) {
      return;
    }
    if (parts.settings.isServer()) {
      parts.scheduler.ended(job);
    } else {
      parts.participation.ended(job);
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
    parts.lifecycle.require("replaceIdentity()");
    try {
      new SiteCertificates(() -> Set.of(identity.root()))
          .validate(identity.chain(), parts.settings.clock().instant());
    } catch (MalformedEvidenceException e) {
      throw new IllegalArgumentException("The new identity cannot be used: " + e.check(), e);
    }
    parts.identities.replace(identity);
  }

  /**
   * Validates every other site now.
   *
   * @return what came of it, or empty if a round is running
   * @throws IllegalStateException before it has started
   */
  public CompletableFuture<Optional<CCEvent.RoundEnded>> validate() {
    return promised("validate()", parts.crossSite::round);
  }

  /**
   * Puts another policy in force.
   *
   * @param policy applies from now on, also to admitted sites
   * @throws IllegalStateException before it has started
   * @throws AttestationException {@code POLICY_INVALID} if it denies this site, or names the server
   *     twice; {@code CLOSED} afterwards
   */
  public void replace(FederationPolicy policy) {
    parts.lifecycle.require("replacePolicy()");
    parts.admissionControl.replace(parts.settings.usable(policy));
  }

  /**
   * Finds the verdict that admits a site now.
   *
   * @param site its name
   * @return the verdict, or empty; nobody is admitted unless this site has started
   */
  public Optional<SiteVerdict> admitted(String site) {
    return parts.lifecycle.isStarted()
        ? parts
            .admissionControl
            .admissions()
            .current(site, parts.settings.clock().instant())
            .map(Admissions.Admission::verdict)
        : Optional.empty();
  }

  /**
   * {@return the entries of all sites that are admitted now, by site; at the server its own among
   * them; none unless this site has started}
   */
  public Map<String, List<CCToken>> entries() {
    Map<String, List<CCToken>> all = new TreeMap<>();
    if (!parts.lifecycle.isStarted()) {
      return all;
    }
    parts.own.last().ifPresent(mine -> all.put(parts.settings.site().name(), mine.entries()));
    parts
        .admissionControl
        .admissions()
        .admitted(parts.settings.clock().instant())
        .forEach(admission -> all.put(admission.verdict().site(), admission.entries()));
    return all;
  }

  /**
   * Forgets a site that has left.
   *
   * @param site its name
   */
  public void forget(String site) {
    parts.admissionControl.forget(site);
    parts.scheduler.lost(site, "it has left");
    parts.participation.lost(site, "it has left");
  }

  /** Stops within five seconds: every stage that was handed out completes, own threads end. */
  @Override
  public void close() {
    // Code of the host may wait in stages that end now: not in the caller's thread.
    Thread closing = new Thread(parts::close, "fedtrust-close");
    closing.setDaemon(true);
    closing.start();
    try {
      closing.join(CLOSING.dividedBy(2).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parts.settings.threads().close(CLOSING.dividedBy(2));
  }
}
