// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobEnd;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.protocol.SignedJobSet;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client's part in jobs: hands each message of the server to the attempt that it belongs to, one
 * for each job (docs/protocol/jobs.md#states-at-a-client).
 */
final class JobParticipation implements AutoCloseable {
  private static final int MAX_JOBS = 1024;
  private static final int MAX_NAME_CHARACTERS = 256;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(60);
  private static final String SOURCE = "docs/protocol/jobs.md#states-at-a-client";

  private final ClientServices services;
  private final AssertedJobs asserted;
  private final RepeatedAnswers repeated;
  private final Map<String, ClientAttempt> attempts = new HashMap<>();
  private final AtomicLong registrations = new AtomicLong();
  private boolean closed;

  JobParticipation(ClientServices services) {
    this.services = services;
    this.asserted = new AssertedJobs(services);
    this.repeated = new RepeatedAnswers(services.settings().nanoTime());
    services.admissionControl().whenLost(this::lost);
  }

  Map<String, Object> nonce(Map<?, ?> body) throws MalformedEvidenceException {
    Bytes nonce = services.member().offer(job(body), services.settings().clock().instant());
    return Map.of(Topics.NONCE, Nonces.text(nonce));
  }

  /**
   * Answers a list with evidence, or with the presence of this site.
   *
   * @return completes with {@link RefusedException} if this site declines
   * @throws MalformedEvidenceException if it is no list of the server for this site's nonce
   * @throws RefusedException while the job runs here
   */
  CompletableFuture<Map<String, Object>> list(Map<?, ?> body, Deadline deadline)
      throws MalformedEvidenceException, RefusedException {
    SignedEvidenceRequest signed = SignedEvidenceRequest.of(body, Topics.ASK, services.project());
    Instant now = services.settings().clock().instant();
    GroupRound round = services.member().verified(signed, services.server(), now);
    ClientAttempt attempt;
    Optional<ClientAttempt> former;
    GroupNonces.Nonce nonce;
    synchronized (this) {
      if (closed) {
        throw new RefusedException(Refusal.of(RefusalCode.NOT_STARTED));
      }
      former = Optional.ofNullable(attempts.get(round.job()));
      if (former.map(running -> running.isBusy(registrations.get())).orElse(false)
          || (former.isEmpty() && attempts.size() >= MAX_JOBS)) {
        services.member().postpone(signed);
        throw new RefusedException(Refusal.busy(RETRY_AFTER));
      }
      nonce = services.member().spend(round);
      attempt = new ClientAttempt(services, round, this::ended);
      attempts.put(round.job(), attempt);
    }
    former.ifPresent(before -> before.end(JobOutcome.SUPERSEDED));
    return attempt.prove(nonce, deadline);
  }

  private void ended(ClientAttempt attempt) {
    attempt.answered().ifPresent(repeated::keep);
    synchronized (this) {
      attempts.remove(attempt.job(), attempt);
    }
  }

  private synchronized Optional<ClientAttempt> attempt(String job) {
    return Optional.ofNullable(attempts.get(job));
  }

  private synchronized List<ClientAttempt> all() {
    return List.copyOf(attempts.values());
  }

  /**
   * Answers a set: accepts, or declines saying why.
   *
   * @throws MalformedEvidenceException if it is not a set of the server for a round that this site
   *     answered; nothing changes
   */
  CompletableFuture<Map<String, Object>> decide(Map<?, ?> body) throws MalformedEvidenceException {
    String job = job(body);
    if (services.admissionControl().isNvflarePeer(services.server())) {
      return asserted.decide(job, ShownEntries.of(body, services.server()));
    }
    SignedJobSet signed = SignedJobSet.fromMap(member(body, Topics.SET));
    Membership.check("job", signed.set().job().equals(job), job, "another");
    Optional<ClientAttempt> attempt =
        attempt(job).filter(known -> known.challenge().equals(signed.set().challenge()));
    if (attempt.isPresent()) {
      return attempt.get().decide(signed, ShownEntries.of(body, services.server()));
    }
    return repeated
        .ofRound(signed.set().challenge())
        .filter(answered -> answered.isOf(signed.set()))
        .map(answered -> CompletableFuture.completedFuture(answered.body()))
        .orElseThrow(() -> refused(ReasonCode.GROUP_REFUSED, "a round of this site", "another"));
  }

  /**
   * Starts a job.
   *
   * @return completes with {@link RefusedException} if the host does not start it
   * @throws MalformedEvidenceException if it is no order of the server; nothing changes
   * @throws RefusedException if this site does not take part in what is left of the set
   */
  CompletableFuture<Map<String, Object>> dispatch(Map<?, ?> body)
      throws MalformedEvidenceException, RefusedException {
    JobDispatch order = JobDispatch.fromMap(member(body, Topics.DISPATCH));
    return attempt(job(body))
        .orElseThrow(() -> refused(ReasonCode.GROUP_REFUSED, "a set of this site", "another"))
        .dispatch(order, registrations.get());
  }

  /**
   * Ends an attempt, or the job; once more does no harm.
   *
   * @throws MalformedEvidenceException if the server did not sign it, or it is of no set of this
   *     site
   */
  Map<String, Object> end(Map<?, ?> body) throws MalformedEvidenceException {
    JobEnd word = JobEnd.fromMap(member(body, Topics.END));
    String job = job(body);
    Optional<Answered> over = repeated.ofSet(word.set());
    if (over.isPresent()) {
      new EndChecks(services, job).genuine(word, over.get().server().session());
    } else {
      attempt(job)
          .orElseThrow(() -> refused(ReasonCode.GROUP_REFUSED, "a set of this site", "another"))
          .end(word);
    }
    return Map.of();
  }

  /** With whom this site may exchange models of a job now. */
  SortedSet<String> participants(String job) {
    return attempt(job)
        .flatMap(ClientAttempt::participants)
        .or(() -> asserted.participants(job))
        .orElseGet(TreeSet::new);
  }

  /** The host says that a job is over here. */
  void ended(String job) {
    attempt(job).ifPresent(ClientAttempt::finished);
    asserted.end(job, JobOutcome.FINISHED);
  }

  /** Takes note that a site, or its process, is no longer admitted. */
  void lost(String site, String reason) {
    all().forEach(attempt -> attempt.lost(site, reason));
    asserted.lost(site, reason);
  }

  /** Takes note that this site has registered with the server. */
  void registered() {
    registrations.incrementAndGet();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    all().forEach(attempt -> attempt.end(JobOutcome.CLOSED));
    asserted.close();
  }

  private static Map<?, ?> member(Map<?, ?> body, String name) throws MalformedEvidenceException {
    if (body.get(name) instanceof Map<?, ?> map) {
      return map;
    }
    throw refused(ReasonCode.REQUEST_MALFORMED, name, "none");
  }

  private static String job(Map<?, ?> body) throws MalformedEvidenceException {
    if (body.get(Topics.JOB) instanceof String job
        && !job.isEmpty()
        && job.length() <= MAX_NAME_CHARACTERS) {
      return job;
    }
    throw refused(ReasonCode.REQUEST_MALFORMED, "the id of a job", "none");
  }

  private static MalformedEvidenceException refused(ReasonCode code, Object expected, Object was) {
    return MalformedEvidenceException.of("exchange.job", code, expected, was, SOURCE);
  }
}
