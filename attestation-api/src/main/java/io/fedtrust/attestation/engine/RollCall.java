// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The first step of an attempt at the server: which clients of the job are admitted, and which of
 * them give a nonce (docs/protocol/jobs.md#states-at-the-server).
 */
final class RollCall {
  private final JobServices services;
  private final Settings settings;
  private final JobClients clients;
  private final JobRequirements job;

  RollCall(JobServices services, JobClients clients, JobRequirements job) {
    this.services = services;
    this.settings = services.settings();
    this.clients = clients;
    this.job = job;
  }

  /**
   * What the clients replied.
   *
   * @param nonces of those that take part
   * @param problems of the others
   */
  record Result(Map<String, Bytes> nonces, Map<String, ClientProblem> problems) {}

  /**
   * Sorts the clients of the job into those that are called, and those that are not.
   *
   * @param patience of this job
   */
  JobScheduling.Roster roster(JobPatience patience) {
    Instant now = settings.clock().instant();
    Admissions admissions = services.admissionControl().admissions();
    Set<String> admitted = new TreeSet<>();
    admissions.admitted(now).forEach(admission -> admitted.add(admission.verdict().site()));
    admitted.remove(settings.server());
    Set<String> known = new TreeSet<>(admissions.members());
    known.remove(settings.server());
    return JobScheduling.roster(job, admitted, known, this::standing, patience);
  }

  /** Why a client is not admitted. */
  ClientProblem standing(String client) {
    return services
        .admissionControl()
        .admissions()
        .quarantine(client)
        .map(
            quarantine ->
                switch (quarantine.cause()) {
                  case REJECTED ->
                      new ClientProblem(
                          ClientProblem.Kind.QUARANTINED,
                          "in quarantine since " + quarantine.since() + ": it was rejected");
                  case SILENT ->
                      ClientProblem.absent(
                          "in quarantine since " + quarantine.since() + ": it did not answer");
                  case LAPSED ->
                      ClientProblem.absent(
                          "in quarantine since " + quarantine.since() + ": its admission expired");
                  case DENIED -> ClientProblem.absent("denied by the policy");
                })
        .orElseGet(() -> ClientProblem.absent("not admitted"));
  }

  /** Requests a nonce of each client; NVFlare peers have none. */
  CompletableFuture<Result> nonces(Set<String> called) {
    Map<String, Bytes> nonces = new ConcurrentHashMap<>();
    Map<String, ClientProblem> without = new ConcurrentHashMap<>();
    return services
        .requests()
        .each(called, client -> nonce(client, nonces, without))
        .thenApply(closed -> new Result(nonces, without));
  }

  private CompletableFuture<Void> nonce(
      String client, Map<String, Bytes> nonces, Map<String, ClientProblem> without) {
    if (services.admissionControl().isNvflarePeer(client)) {
      return CompletableFuture.completedFuture(null);
    }
    return services
        .requests()
        .send(
            client,
            new PeerMessage(Topics.JOB_NONCE, Map.of(Topics.JOB, job.id())),
            settings.timing().requestTimeout())
        .thenAccept(
            reply -> {
              clients.note(client, reply);
              Optional<Bytes> nonce =
                  reply instanceof Reply.Answered answered
                      ? Nonces.read(answered.message().body().get(Topics.NONCE))
                      : Optional.empty();
              nonce.ifPresentOrElse(
                  value -> nonces.put(client, value),
                  () -> without.put(client, withoutNonce(reply)));
            });
  }

  /** Whoever gives no nonce is not there, unless it declines. */
  private static ClientProblem withoutNonce(Reply reply) {
    ClientProblem problem = ClientProblem.of("no nonce", reply);
    return problem.kind() == ClientProblem.Kind.DECLINED
        ? problem
        : ClientProblem.absent(problem.reason());
  }
}
