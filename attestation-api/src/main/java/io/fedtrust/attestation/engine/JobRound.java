// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The round of one attempt: one list, the evidence of everybody in it for its challenge, and the
 * server's verdicts (docs/protocol/jobs.md#list).
 */
final class JobRound {
  private static final Duration JUDGING = Duration.ofSeconds(10);
  private static final Duration TRAVEL = Duration.ofSeconds(30);

  private final JobServices services;
  private final Settings settings;
  private final JobClients clients;
  private final GroupRound round;
  private final EvidenceRequest request;
  private final Map<String, JobMember> members = new ConcurrentHashMap<>();
  private final Map<String, ClientProblem> problems = new ConcurrentHashMap<>();

  private JobRound(
      JobServices services, JobClients clients, GroupRound round, EvidenceRequest request) {
    this.services = services;
    this.settings = services.settings();
    this.clients = clients;
    this.round = round;
    this.request = request;
  }

  /**
   * Closes the list and enters it.
   *
   * @param nonces of the clients
   * @throws MalformedEvidenceException if the server itself cannot enter it
   */
  static JobRound of(
      JobServices services, JobClients clients, JobRequirements job, Map<String, Bytes> nonces)
      throws MalformedEvidenceException {
    Settings settings = services.settings();
    Instant now = settings.clock().instant();
    SortedMap<String, Bytes> listed = new TreeMap<>(nonces);
    listed.put(settings.server(), services.member().offer(job.id(), now));
    Instant expiry =
        now.plus(settings.timing().collectionTimeout())
            .plus(settings.timing().decisionTimeout())
            .plus(TRAVEL);
    GroupRound round =
        new GroupRound(
            job.id(), job.digest(), Instant.ofEpochSecond(expiry.getEpochSecond()), listed);
    // Of its own list the server demands nothing that it has not decided itself.
    Membership own = new Membership(settings.server(), Set.of(), Optional.empty(), 0, job.digest());
    return new JobRound(services, clients, round, services.member().enter(round, own, now));
  }

  GroupRound list() {
    return round;
  }

  /** What came of a round. */
  record Outcome(Map<String, JobMember> members, Map<String, ClientProblem> problems) {}

  /**
   * Has everybody prove itself, and appraises it.
   *
   * @param asked clients of the list, and peers without rounds
   * @param judging what to do when all evidence is there that will be
   * @return members that the server trusts, and why the others are none; the server's own problem
   *     under its name
   */
  CompletableFuture<Outcome> run(Collection<String> asked, Runnable judging) {
    Queue<CompletableFuture<Void>> verdicts = new ConcurrentLinkedQueue<>();
    CompletableFuture<Void> self =
        proveSelf()
            .thenAccept(
                mine ->
                    verdicts.add(
                        CompletableFuture.runAsync(() -> judgeSelf(mine), settings.work())))
            .exceptionally(
                failure -> {
                  problems.put(settings.server(), ClientProblem.silent(Failures.text(failure)));
                  return null;
                });
    CompletableFuture<Void> replies =
        services
            .requests()
            .each(
                asked,
                client ->
                    reply(client)
                        .thenAccept(
                            reply ->
                                verdicts.add(
                                    CompletableFuture.runAsync(
                                        () -> judge(client, reply), settings.work()))));
    return CompletableFuture.allOf(replies, self)
        .thenCompose(
            all -> {
              judging.run();
              return within(
                  JUDGING, CompletableFuture.allOf(verdicts.toArray(CompletableFuture<?>[]::new)));
            })
        .thenApplyAsync(all -> outcome(asked), settings.work());
  }

  /** Whoever is not appraised by now is inconclusive, the server too, whatever still comes. */
  private Outcome outcome(Collection<String> asked) {
    Map<String, JobMember> trusted = new TreeMap<>(members);
    Map<String, ClientProblem> others = new TreeMap<>(problems);
    trusted.keySet().removeAll(others.keySet());
    Set<String> all = new TreeSet<>(asked);
    all.add(settings.server());
    for (String site : all) {
      if (!trusted.containsKey(site) && !others.containsKey(site)) {
        others.put(
            site,
            new ClientProblem(ClientProblem.Kind.INCONCLUSIVE, "not appraised in " + JUDGING));
      }
    }
    return new Outcome(trusted, others);
  }

  private CompletableFuture<Void> within(Duration time, CompletableFuture<Void> work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    var unused = work.whenComplete((nothing, failure) -> done.complete(null));
    settings.after(time, () -> done.complete(null));
    return done;
  }

  private CompletableFuture<Reply> reply(String client) {
    return clients.send(
        client,
        () ->
            services.admissionControl().isNvflarePeer(client)
                ? new PeerMessage(Topics.FRESH_TOKEN, Map.of(Topics.REQUESTER, settings.server()))
                : new PeerMessage(Topics.JOB_LIST, Map.of(Topics.ASK, signed(client))),
        settings.timing().collectionTimeout());
  }

  private Map<String, Object> signed(String client) {
    Instant now = settings.clock().instant();
    Duration life =
        Duration.ofSeconds(Math.max(1, round.expiry().getEpochSecond() - now.getEpochSecond()));
    return services.challenger().list(round, client, life, now).toMap();
  }

  /** The server's entries; none if it collects no evidence. */
  private CompletableFuture<List<CCToken>> proveSelf() {
    return services.member().isUnattested()
        ? CompletableFuture.completedFuture(List.of())
        : services.member().answer(request, settings.collecting());
  }

  private void judgeSelf(List<CCToken> mine) {
    String server = settings.server();
    try {
      if (mine.isEmpty()) {
        members.put(
            server,
            new JobMember(
                JobSet.Kind.UNATTESTED,
                mine,
                Optional.of(services.member().here(round)),
                Optional.empty(),
                Optional.empty()));
      } else if (services.admissionControl().isUnattested(server) || isTrusted(server, mine)) {
        members.put(
            server,
            new JobMember(
                JobSet.Kind.ATTESTED,
                mine,
                Optional.empty(),
                Optional.empty(),
                Optional.of(services.keys().get().sessionKey())));
      }
    } catch (MalformedEvidenceException e) {
      problems.put(server, ClientProblem.silent(e.check().toString()));
    } catch (RuntimeException e) {
      problems.put(server, new ClientProblem(ClientProblem.Kind.INCONCLUSIVE, Failures.text(e)));
    }
  }

  private boolean isTrusted(String server, List<CCToken> mine) throws MalformedEvidenceException {
    SiteVerdict verdict = services.admissionControl().judge(server, mine);
    services.own().keep(verdict, mine);
    if (!verdict.trusted()) {
      problems.put(server, ClientProblem.of(verdict));
    }
    return verdict.trusted();
  }

  private void judge(String client, Reply reply) {
    if (!(reply instanceof Reply.Answered answered)) {
      problems.put(client, ClientProblem.of("no evidence", reply));
      return;
    }
    try {
      judge(client, answered.message().body());
    } catch (MalformedEvidenceException e) {
      clients.unanswered(client, e.check().toString());
      problems.put(client, ClientProblem.silent(e.check().toString()));
    } catch (RuntimeException e) {
      problems.put(client, new ClientProblem(ClientProblem.Kind.INCONCLUSIVE, Failures.text(e)));
    }
  }

  private void judge(String client, Map<String, Object> body) throws MalformedEvidenceException {
    boolean nvflare = services.admissionControl().isNvflarePeer(client);
    if (!nvflare && body.get(Topics.HERE) instanceof Map<?, ?> here) {
      present(client, Presence.fromMap(here));
      return;
    }
    List<CCToken> entries =
        nvflare && services.admissionControl().isUnattested(client)
            ? List.of()
            : CCInfo.read(body.get(nvflare ? Topics.REPLY_INFO : CCInfo.KEY), client, "client");
    AdmissionControl.Examined examined =
        services
            .admissionControl()
            .examine(Occasion.JOB, client, entries, Optional.empty(), List.of());
    if (!examined.verdict().trusted()) {
      problems.put(client, ClientProblem.of(examined.verdict()));
      return;
    }
    members.put(
        client,
        nvflare
            ? new JobMember(
                JobSet.Kind.COMPAT, entries, Optional.empty(), Optional.empty(), Optional.empty())
            : attested(examined.answer(), entries));
  }

  private JobMember attested(Optional<AnswerReader.Answer> answer, List<CCToken> entries)
      throws MalformedEvidenceException {
    Membership.check("entries", answer.isPresent(), "entries that were verified", "others");
    EntryProof proof = entries.get(0).proof().orElseThrow();
    return new JobMember(
        JobSet.Kind.ATTESTED,
        entries,
        Optional.empty(),
        Optional.of(
            services.certificates().validate(proof.certificates(), settings.clock().instant())),
        answer.orElseThrow().sessionKey());
  }

  /** Of a site without evidence its certificate and its signature count, if the policy says so. */
  private void present(String client, Presence here) throws MalformedEvidenceException {
    Instant now = settings.clock().instant();
    SiteCertificates.Proven leaf = services.certificates().validate(here.certificates(), now);
    Membership.check(
        "presence",
        leaf.site().name().equals(client)
            && SiteSignatures.verifies(
                leaf.key(),
                Presence.signatureInput(
                    leaf.site().root(),
                    settings.site().project(),
                    client,
                    Binding.GROUP,
                    Optional.of(round.job()),
                    request.challenge()),
                here.signature().bytes()),
        "a signature of " + client,
        "another");
    SiteVerdict verdict =
        services
            .admissionControl()
            .examine(Occasion.JOB, client, List.of(), Optional.of(leaf), List.of())
            .verdict();
    if (verdict.trusted()) {
      members.put(
          client,
          new JobMember(
              JobSet.Kind.UNATTESTED,
              List.of(),
              Optional.of(here),
              Optional.of(leaf),
              Optional.empty()));
    } else {
      problems.put(client, ClientProblem.of(verdict));
    }
  }
}
