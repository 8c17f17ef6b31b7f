// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.GroupRound;
import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.spi.CCEvent.Occasion;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One attempt of the server to schedule one job: a fresh round of nonces, one list, the verdicts of
 * the server, the set to whom it trusts, their answers (trust protocol, section 8).
 */
final class JobAttempt {
  private static final String ABSENT = "not admitted";

  private final Settings settings;
  private final Requests requests;
  private final Asker asker;
  private final GroupMember member;
  private final Examiner examiner;
  private final OwnEntries own;
  private final JobRequirements job;
  private final SortedSet<String> candidates;
  private final Map<String, String> absent = new TreeMap<>();
  private final Map<String, Bytes> nonces = new ConcurrentHashMap<>();
  private final Map<String, List<CCToken>> entries = new ConcurrentHashMap<>();
  private final Map<String, SiteVerdict> verdicts = new ConcurrentHashMap<>();
  private final Map<String, String> silent = new ConcurrentHashMap<>();
  private final Map<String, Optional<String>> answers = new ConcurrentHashMap<>();

  JobAttempt(
      Settings settings,
      Requests requests,
      Asker asker,
      GroupMember member,
      Examiner examiner,
      OwnEntries own,
      JobRequirements job) {
    this.settings = settings;
    this.requests = requests;
    this.asker = asker;
    this.member = member;
    this.examiner = examiner;
    this.own = own;
    this.job = job;
    Set<String> online = new TreeSet<>();
    examiner
        .admissions()
        .admitted(settings.clock().instant())
        .forEach(admission -> online.add(admission.verdict().site()));
    online.remove(settings.server());
    this.candidates = JobScheduling.candidates(job, online);
    job.deployMap().orElse(Set.of()).stream()
        .filter(client -> !candidates.contains(client))
        .forEach(client -> absent.put(client, ABSENT));
  }

  CompletableFuture<JobDecision> run() {
    return attempted().thenApply(this::naming);
  }

  /** Says of whom the deploy map names and who is not there that it is not. */
  private JobDecision naming(JobDecision decision) {
    if (decision instanceof JobDecision.Dispatch dispatch) {
      TreeMap<String, String> left = new TreeMap<>(dispatch.left());
      left.putAll(absent);
      return new JobDecision.Dispatch(dispatch.clients(), left);
    }
    return decision instanceof JobDecision.Retry retry
        ? JobDecision.Retry.because(retry.reason(), absent)
        : decision;
  }

  private CompletableFuture<JobDecision> attempted() {
    if (job.ownCode()) {
      return CompletableFuture.completedFuture(new JobDecision.Refused(JobDecision.OWN_CODE));
    }
    Optional<JobDecision> hopeless = JobScheduling.enough(job, candidates, Map.of());
    if (hopeless.isPresent()) {
      return CompletableFuture.completedFuture(hopeless.get());
    }
    return requests
        .each(candidates, this::nonce)
        .thenComposeAsync(closed -> round(), settings.work());
  }

  private CompletableFuture<Void> nonce(String client) {
    if (examiner.isCompat(client)) {
      return CompletableFuture.completedFuture(null);
    }
    return requests
        .send(
            client,
            new PeerMessage(Topics.JOB_NONCE, Map.of(Topics.JOB, job.id())),
            settings.timing().requestTimeout())
        .handle(
            (reply, failure) -> {
              Optional<Bytes> nonce =
                  reply instanceof Reply.Answered answered
                      ? nonceIn(answered.message().body().get(Topics.NONCE))
                      : Optional.empty();
              nonce.ifPresentOrElse(
                  value -> nonces.put(client, value),
                  () -> silent.put(client, problem("no nonce", reply)));
              return null;
            });
  }

  private static Optional<Bytes> nonceIn(Object value) {
    try {
      return Optional.ofNullable(value)
          .map(text -> Base64.getDecoder().decode(text.toString()))
          .filter(bytes -> bytes.length == Challenge.BYTES)
          .map(Bytes::of);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String problem(String what, Reply reply) {
    return reply.problem().isEmpty() ? what : what + ": " + reply.problem();
  }

  /** Closes the list, enters it, and asks everybody in it. */
  private CompletableFuture<JobDecision> round() {
    Instant now = settings.clock().instant();
    TreeMap<String, Bytes> listed = new TreeMap<>(nonces);
    listed.put(settings.server(), member.offer(job.id(), now));
    GroupRound round =
        new GroupRound(
            job.id(),
            job.digest(),
            Instant.ofEpochSecond(now.plus(settings.timing().challengeLife()).getEpochSecond()),
            listed);
    Ask ask;
    try {
      ask = member.enter(round, serversOwn(), now);
    } catch (MalformedEvidenceException e) {
      return CompletableFuture.completedFuture(
          new JobDecision.Retry(JobDecision.VERIFY_ERROR + e.check()));
    }
    CompletableFuture<Boolean> self = proveSelf(ask);
    Set<String> asked = new TreeSet<>(candidates);
    asked.removeAll(silent.keySet());
    return requests
        .each(asked, client -> evidence(client, round))
        .thenCombineAsync(self, (nothing, proven) -> proven, settings.work())
        .thenComposeAsync(this::send, settings.work());
  }

  /** Of its own list the server demands nothing that it has not decided itself. */
  private Membership serversOwn() {
    return new Membership(settings.server(), Set.of(), Optional.empty(), 0, job.digest());
  }

  private CompletableFuture<Boolean> proveSelf(Ask ask) {
    return member
        .answer(ask, settings.collecting())
        .handleAsync(
            (mine, failure) -> {
              if (failure != null) {
                silent.put(settings.server(), Failures.text(failure));
                return false;
              }
              return judgeSelf(mine);
            },
            settings.work());
  }

  private boolean judgeSelf(List<CCToken> mine) {
    try {
      entries.put(settings.server(), mine);
      if (examiner.isUnattested(settings.server())) {
        return true;
      }
      SiteVerdict verdict = examiner.judge(settings.server(), mine);
      own.keep(verdict, mine);
      silent.put(settings.server(), verdict.reason().map(Enum::name).orElse(""));
      return verdict.trusted();
    } catch (MalformedEvidenceException e) {
      silent.put(settings.server(), e.check().toString());
    } catch (RuntimeException e) {
      silent.put(settings.server(), Failures.text(e));
    }
    return false;
  }

  private CompletableFuture<Void> evidence(String client, GroupRound round) {
    Instant now = settings.clock().instant();
    boolean compat = examiner.isCompat(client);
    PeerMessage message =
        compat
            ? new PeerMessage(Topics.FRESH_TOKEN, Map.of(Topics.REQUESTER, settings.server()))
            : new PeerMessage(
                Topics.JOB_LIST,
                Map.of(
                    Topics.ASK,
                    asker
                        .list(
                            round,
                            client,
                            java.time.Duration.ofSeconds(
                                Math.max(
                                    1, round.expiry().getEpochSecond() - now.getEpochSecond())),
                            now)
                        .toMap()));
    return requests
        .send(client, message, settings.timing().collectionTimeout())
        .handleAsync(
            (reply, failure) -> {
              if (reply instanceof Reply.Answered answered) {
                judge(
                    client, answered.message().body().get(compat ? Topics.REPLY_INFO : CCInfo.KEY));
              } else {
                silent.put(client, problem("no evidence", reply));
                examiner.missed(Occasion.JOB, client, reply.problem());
              }
              return null;
            },
            settings.work());
  }

  private void judge(String client, Object info) {
    try {
      List<CCToken> answer = CCInfo.read(info, client, "client");
      verdicts.put(
          client,
          examiner.examine(Occasion.JOB, client, answer, Optional.empty(), List.of()).verdict());
      entries.put(client, answer);
    } catch (MalformedEvidenceException e) {
      silent.put(client, e.check().toString());
      examiner.missed(Occasion.JOB, client, e.check().toString());
    }
  }

  /** To whom the server trusts, and to nobody else, goes the set of them. */
  private CompletableFuture<JobDecision> send(boolean selfProven) {
    if (!selfProven) {
      return CompletableFuture.completedFuture(
          JobDecision.Retry.because(
              JobDecision.VERIFY_ERROR,
              Map.of(settings.server(), silent.getOrDefault(settings.server(), "not trusted"))));
    }
    JobScheduling.Verified verified =
        JobScheduling.afterServer(
            job, candidates, verdicts, silent, settings.onBadClient(), settings.clock().instant());
    if (verified.decision().isPresent()) {
      return CompletableFuture.completedFuture(verified.decision().get());
    }
    Map<String, Object> set = new HashMap<>();
    entries.forEach(
        (site, shown) -> {
          if (site.equals(settings.server()) || verified.clients().contains(site)) {
            set.put(site, shown.stream().map(CCToken::toMap).toList());
          }
        });
    PeerMessage message =
        new PeerMessage(
            Topics.CHECK_RESOURCE, Map.of(Topics.JOB, job.id(), Topics.PEER_TOKENS, set));
    return requests
        .each(verified.clients(), client -> decision(client, message))
        .thenApply(nothing -> JobScheduling.afterClients(job, verified, answers));
  }

  private CompletableFuture<Void> decision(String client, PeerMessage message) {
    return requests
        .send(client, message, settings.timing().collectionTimeout())
        .handle(
            (reply, failure) -> {
              answers.put(
                  client,
                  reply instanceof Reply.Answered answered
                      ? declined(answered.message().body())
                      : Optional.of(problem("no answer", reply)));
              return null;
            });
  }

  /** Nothing but a plain yes is one. */
  private static Optional<String> declined(Map<String, Object> body) {
    if (Boolean.TRUE.equals(body.get(Topics.ENOUGH))) {
      return Optional.empty();
    }
    return Optional.of(Failures.said(body.getOrDefault(Topics.RESERVE_TOKEN, "declined")));
  }
}
