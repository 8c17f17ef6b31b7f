// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation;

import io.fedtrust.attestation.engine.Settings;
import io.fedtrust.attestation.engine.TrustEngine;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.ScheduledJob;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;

/**
 * The trust flow of a federation, for one of its sites (docs/protocol/exchange.md). Before it
 * starts, the site appraises its own evidence. It presents evidence when it registers, when a job
 * is scheduled, and periodically. It appraises every other site by its own policy.
 *
 * <p>The host provides a {@link PeerChannel}, passes the messages of peers to {@link #receive}, and
 * checks {@link #admitted} before it works with a site. Safe for use by several threads. {@code
 * docs/threat-model.md} describes what a trusted verdict claims.
 */
public final class CCManager implements AutoCloseable {
  private final TrustEngine engine;

  private CCManager(TrustEngine engine) {
    this.engine = engine;
  }

  /**
   * Returns a builder with the settings that every manager needs.
   *
   * @param identity this site's name, certificates and key, from its startup kit
   * @param serverName common name of the server's certificate, from the startup kit; at the server,
   *     its own name
   * @param policy that every site is appraised by, including this one
   * @param channel to the other sites
   * @return a builder
   */
  public static Builder builder(
      SiteIdentity identity, String serverName, FederationPolicy policy, PeerChannel channel) {
    return new Builder(new Settings.Draft(identity, serverName, policy, channel));
  }

  /**
   * Appraises this site by its own policy (NVFlare's {@code _system_bootstrap}), and starts. At the
   * server, {@link #entries} contains this evidence until there is newer evidence; it is never
   * sent. Waits for the hardware for at most the collection timeout. A start that failed may be
   * repeated.
   *
   * @return the verdict on this site
   * @throws AttestationException {@link ErrorCode#SELF_REJECTED} or {@link
   *     ErrorCode#SELF_INCONCLUSIVE}: a site that cannot satisfy itself does not start; {@link
   *     ErrorCode#NOT_CONFIDENTIAL}, {@link ErrorCode#COLLECTION_FAILED} or {@link
   *     ErrorCode#COLLECTION_TIMED_OUT}: there is no evidence; {@link ErrorCode#CLOSED}: it was
   *     closed during the start
   * @throws IllegalStateException if this manager has started, is starting or was closed before
   */
  public SiteVerdict start() {
    return engine.start();
  }

  /**
   * At a client: registers with the server; each appraises the other. From then on the client also
   * validates the other sites.
   *
   * @return the verdict on the server. Completes exceptionally with {@link AttestationException}:
   *     {@link ErrorCode#REGISTRATION_DECLINED} with the server's reason, {@link
   *     ErrorCode#NOT_STARTED} if the server has not started, {@link ErrorCode#SERVER_BUSY} if it
   *     is busy, {@link ErrorCode#SERVER_SILENT} if there was no valid response, the code of a
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
   * @return the reply, which may be a refusal; never completes exceptionally. Before {@link #start}
   *     has succeeded, it is the refusal {@code NOT_STARTED}
   */
  public CompletionStage<PeerMessage> receive(String peer, PeerMessage message) {
    return engine.receive(
        Objects.requireNonNull(peer, "peer"), Objects.requireNonNull(message, "message"));
  }

  /**
   * Returns the verdict that admits a site now.
   *
   * @param site its name
   * @return the summary of the verdict ({@link SiteVerdict#summary}; listeners got all of it);
   *     empty if the site is not admitted, and unless this manager has started
   */
  public Optional<SiteVerdict> admitted(String site) {
    return engine.admitted(site);
  }

  /**
   * Returns the latest entries of every admitted site. At the server they include its own.
   *
   * @return entries by name; empty unless this manager has started
   */
  public Map<String, List<CCToken>> entries() {
    return engine.entries();
  }

  /**
   * At the server: makes one attempt to schedule a job, for hosts that have a scheduler.
   *
   * @param job what the job requires
   * @param history of former attempts
   * @return the decision, and the history that includes it; completes exceptionally with {@link
   *     AttestationException}, {@link ErrorCode#CLOSED}, if this manager is closed first
   * @throws IllegalStateException at a client, and before {@link #start} has succeeded
   */
  public CompletionStage<CCEvent.JobDecided> attempt(JobRequirements job, ScheduleHistory history) {
    return engine.attempt(job, history);
  }

  /**
   * At the server: attempts to schedule a job until it is dispatched or given up, with waits by the
   * retry policy.
   *
   * @param job what the job requires
   * @return a handle with the decision to come, which can cancel the job
   * @throws IllegalStateException at a client, and before {@link #start} has succeeded
   * @throws AttestationException {@link ErrorCode#CLOSED} if this manager is closed
   */
  public ScheduledJob schedule(JobRequirements job) {
    return engine.schedule(job);
  }

  /**
   * Returns the sites with which this site may exchange models of a job now: those that were
   * dispatched and are still admitted here with the process that was appraised. The set only
   * shrinks; each loss is an event.
   *
   * @param job the job's id
   * @return names, including this site's; empty before the job starts and after it has ended
   */
  public SortedSet<String> participants(String job) {
    return engine.participants(job);
  }

  /**
   * Records that a job has ended. The server notifies its clients.
   *
   * @param job the job's id
   */
  public void jobEnded(String job) {
    engine.jobEnded(job);
  }

  /**
   * Validates every other site now, in addition to the periodic rounds.
   *
   * @return the result; empty if a round is already running; completes exceptionally with {@link
   *     AttestationException}, {@link ErrorCode#CLOSED}, if this manager is closed first
   * @throws IllegalStateException before {@link #start} has succeeded
   */
  public CompletionStage<Optional<CCEvent.RoundEnded>> validate() {
    return engine.validate();
  }

  /**
   * Activates another policy immediately, and appraises every admitted site by it.
   *
   * @param policy the new one
   * @throws IllegalStateException before {@link #start} has succeeded
   * @throws AttestationException {@link ErrorCode#POLICY_INVALID} if it denies this site, or names
   *     the server twice: the former policy stays; {@link ErrorCode#CLOSED}
   */
  public void replacePolicy(FederationPolicy policy) {
    engine.replace(Objects.requireNonNull(policy, "policy"));
  }

  /**
   * Replaces this site's certificates, key or root without interruption. A round that is running
   * ends with the identity that it started with; the former key is kept for at most 12 minutes. The
   * session key stays, and so does every admission of this site elsewhere. From then on,
   * certificates that end at the former root are valid only if {@link Builder#root} named it.
   *
   * @param identity of the same project, name and role
   * @throws IllegalArgumentException if it belongs to another site, or if its certificates do not
   *     chain to its root or are not valid now
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
   * Stops within five seconds. Every open stage completes with {@link AttestationException}, {@link
   * ErrorCode#CLOSED}, and no code of the host is called afterwards. The manager's threads end;
   * those of the host do not.
   */
  @Override
  public void close() {
    engine.close();
  }

  /** Settings of a manager. Every setting has a default that suits most federations. */
  public static final class Builder extends ManagerOptions {
    private Builder(Settings.Draft draft) {
      super(draft);
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * Creates the manager and its session key. Nothing is sent before {@link CCManager#start}.
     *
     * @return the manager
     * @throws AttestationException {@code POLICY_INVALID} if the policy denies this site, or names
     *     the server twice
     */
    public CCManager build() {
      return new CCManager(new TrustEngine(draft.settings()));
    }
  }
}
