// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.JobStart;
import io.fedtrust.attestation.protocol.KeySignatures;
import io.fedtrust.attestation.protocol.SignedJobSet;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * The signed set of one attempt, what its clients answer to it, and the order to start
 * (docs/protocol/jobs.md#set).
 */
final class JobOffer {
  private static final Duration AFTER_ROUND = Duration.ofSeconds(60);
  private static final Duration TRAVEL = Duration.ofSeconds(10);
  private static final String TOO_LARGE =
      "the participants' evidence does not fit into one message, and this peer takes no more";

  /** How often an order is sent, in parts of the time for its reply. */
  private static final int DISPATCHES = 3;

  private final JobServices services;
  private final Settings settings;
  private final ProcessKeys keys;
  private final JobClients clients;
  private final SortedMap<String, JobMember> members;
  private final JobSet set;
  private final byte[] input;
  private final Bytes digest;
  private final Set<String> shown;
  private final ServedEntries entries;

  /**
   * Makes the set.
   *
   * @param round whose list was answered
   * @param members whom the server trusts, itself among them
   * @param left why another one of the list is not in it
   */
  JobOffer(
      JobServices services,
      JobClients clients,
      GroupRound round,
      Map<String, JobMember> members,
      Map<String, JobSet.Left> left) {
    this.services = services;
    this.settings = services.settings();
    JobMember own = members.get(services.settings().server());
    this.keys = services.keys().of(own.entries(), own.presence());
    this.clients = clients;
    this.members = new TreeMap<>(members);
    SortedMap<String, JobSet.Participant> participants = new TreeMap<>();
    members.forEach((name, member) -> participants.put(name, member.participant()));
    this.set =
        new JobSet(
            round.job(),
            round.jobDigest(),
            round.challenge(settings.site().project()),
            round.expiry().plus(AFTER_ROUND),
            participants,
            new TreeMap<>(left));
    this.input = set.signatureInput(own());
    this.digest = Bytes.of(input).sha256();
    SortedMap<String, List<CCToken>> served = new TreeMap<>();
    this.members.forEach(
        (name, member) -> {
          if (!member.entries().isEmpty()) {
            served.put(name, member.entries());
          }
        });
    this.shown = Set.copyOf(served.keySet());
    this.entries = new ServedEntries(digest, strong(), served);
  }

  private JobContext own() {
    return keys.context(settings.server(), set.job());
  }

  Instant expires() {
    return set.expires();
  }

  ServedEntries entries() {
    return entries;
  }

  SortedMap<String, JobMember> members() {
    return members;
  }

  /**
   * Whom the end of a set concerns.
   *
   * @param set its digest
   * @param clients to whom it went
   */
  record Told(Bytes set, SortedSet<String> clients) {}

  Told told() {
    return new Told(digest, strong());
  }

  /** Clients to whom the set goes. */
  private SortedSet<String> strong() {
    SortedSet<String> told = new TreeSet<>();
    members.forEach(
        (name, member) -> {
          if (!name.equals(settings.server()) && !member.isNvflarePeer()) {
            told.add(name);
          }
        });
    return told;
  }

  /** All clients of the set. */
  SortedSet<String> clients() {
    SortedSet<String> all = new TreeSet<>(members.keySet());
    all.remove(settings.server());
    return all;
  }

  /**
   * What the clients answered.
   *
   * @param accepted those who take part, with what they signed; an NVFlare peer signs nothing
   * @param problems of the others
   */
  record Answers(
      Map<String, Optional<KeySignatures>> accepted, Map<String, ClientProblem> problems) {}

  /** Sends the set to all, and verifies what they answer. */
  CompletableFuture<Answers> request() {
    Map<String, Optional<KeySignatures>> accepted = new ConcurrentHashMap<>();
    Map<String, ClientProblem> problems = new ConcurrentHashMap<>();
    PeerMessage strong = strongMessage();
    Map<String, Object> all = entries.first(settings.server(), 0);
    PeerMessage plain = new PeerMessage(Topics.CHECK_RESOURCE, Map.of(Topics.PEER_TOKENS, all));
    SortedSet<String> asked = clients();
    if (!all.keySet().containsAll(shown)) {
      // It would appraise some, and run with all: it cannot fetch the others.
      asked.removeIf(client -> members.get(client).isNvflarePeer());
      clients().stream()
          .filter(client -> !asked.contains(client))
          .forEach(client -> problems.put(client, ClientProblem.declined(TOO_LARGE)));
    }
    Duration time = settings.timing().decisionTimeout().plus(TRAVEL);
    return services
        .requests()
        .each(
            asked,
            client ->
                clients
                    .send(client, () -> members.get(client).isNvflarePeer() ? plain : strong, time)
                    .thenAcceptAsync(
                        reply -> {
                          try {
                            accepted.put(client, accepted(client, reply));
                          } catch (Declined e) {
                            problems.put(client, e.problem);
                          }
                        },
                        settings.work()))
        .thenApply(done -> new Answers(new TreeMap<>(accepted), new TreeMap<>(problems)));
  }

  private PeerMessage strongMessage() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(Topics.JOB, set.job());
    body.put(Topics.SET, new SignedJobSet(set, keys.sign(input)).toMap());
    Map<String, Object> here = new TreeMap<>();
    members.forEach(
        (name, member) -> member.presence().ifPresent(shown -> here.put(name, shown.toMap())));
    if (!here.isEmpty()) {
      body.put(Topics.HERE, here);
    }
    body.put(Topics.PEER_TOKENS, entries.first(settings.server(), CCInfo.jsonBytes(body)));
    return new PeerMessage(Topics.CHECK_RESOURCE, body);
  }

  /** Whoever does not accept. */
  private static final class Declined extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient ClientProblem problem;

    Declined(ClientProblem problem) {
      super(problem.reason());
      this.problem = problem;
    }
  }

  /** Nothing but a yes that is signed for this set is one; of an NVFlare peer a plain yes. */
  private Optional<KeySignatures> accepted(String client, Reply reply) throws Declined {
    if (!(reply instanceof Reply.Answered answered)) {
      throw new Declined(ClientProblem.of("no answer", reply));
    }
    Map<String, Object> body = answered.message().body();
    boolean enough = Boolean.TRUE.equals(body.get(Topics.ENOUGH));
    String said = Failures.said(body.getOrDefault(Topics.RESERVE_TOKEN, ""));
    JobMember member = members.get(client);
    if (member.isNvflarePeer()) {
      if (enough) {
        return Optional.empty();
      }
      throw new Declined(ClientProblem.declined(said.isEmpty() ? "declined" : said));
    }
    JobAnswer answer = answer(client, member, body, enough);
    if (answer.accepts()) {
      return Optional.of(answer.signatures());
    }
    String code = answer.reason().map(ReasonCode::name).orElse("declined");
    throw new Declined(ClientProblem.declined(said.isEmpty() ? code : code + ": " + said));
  }

  private JobAnswer answer(
      String client, JobMember member, Map<String, Object> body, boolean enough) throws Declined {
    Optional<JobAnswer> answer = Optional.empty();
    if (body.get(Topics.ANSWER) instanceof Map<?, ?> map) {
      try {
        answer = Optional.of(JobAnswer.fromMap(map));
      } catch (MalformedEvidenceException e) {
        answer = Optional.empty();
      }
    }
    return answer
        .filter(shown -> shown.set().equals(digest) && shown.accepts() == enough)
        .filter(
            shown ->
                member.signed(
                    JobAnswer.signatureInput(
                        context(member), client, digest, shown.accepts(), shown.reason()),
                    shown.signatures(),
                    services.sessionKeys()))
        .orElseThrow(
            () -> {
              String problem = "no answer that it signed for this set";
              clients.unanswered(client, problem);
              return new Declined(ClientProblem.silent(problem));
            });
  }

  private JobContext context(JobMember member) {
    return member.context(settings.site().project(), settings.server(), set.job());
  }

  /**
   * Orders clients to start.
   *
   * @param accepted those who take part, with what they signed
   * @param goesOn asked before each order is sent
   * @return those who started
   */
  CompletableFuture<Set<String>> dispatch(
      Map<String, Optional<KeySignatures>> accepted, BooleanSupplier goesOn) {
    SortedMap<String, Optional<KeySignatures>> participants = new TreeMap<>(accepted);
    participants.put(settings.server(), Optional.empty());
    byte[] order = JobDispatch.signatureInput(own(), digest, set.expires(), participants.keySet());
    PeerMessage message =
        new PeerMessage(
            Topics.JOB_DISPATCH,
            Map.of(
                Topics.JOB,
                set.job(),
                Topics.DISPATCH,
                new JobDispatch(digest, set.expires(), participants, keys.sign(order)).toMap()));
    Set<String> started = ConcurrentHashMap.newKeySet();
    Collection<String> ordered = new TreeSet<>(accepted.keySet());
    return services
        .requests()
        .each(
            ordered,
            client -> {
              if (members.get(client).isNvflarePeer()) {
                started.add(client);
                return CompletableFuture.completedFuture(null);
              }
              return goesOn.getAsBoolean()
                  ? start(client, message, order, started, goesOn)
                  : CompletableFuture.completedFuture(null);
            })
        .thenApply(all -> started);
  }

  private CompletableFuture<Void> start(
      String client,
      PeerMessage message,
      byte[] order,
      Set<String> started,
      BooleanSupplier goesOn) {
    return ordered(client, message, DISPATCHES, goesOn)
        .thenAcceptAsync(
            reply -> {
              clients.note(client, reply);
              if (reply instanceof Reply.Answered answered
                  && starts(client, answered.message().body(), order)) {
                started.add(client);
              }
            },
            settings.work());
  }

  /**
   * Sends an order, and the same again while nothing is heard: the reply alone may be lost, and the
   * same order again gets the same reply.
   */
  private CompletableFuture<Reply> ordered(
      String client, PeerMessage message, int times, BooleanSupplier goesOn) {
    Deadline deadline =
        Deadline.in(settings.timing().requestTimeout().dividedBy(DISPATCHES), settings.nanoTime());
    return clients
        .once(client, message, deadline)
        .thenCompose(
            reply ->
                reply instanceof Reply.Silent && times > 1
                    ? services
                        .requests()
                        .pause(deadline.remaining())
                        .thenCompose(
                            now ->
                                goesOn.getAsBoolean()
                                    ? ordered(client, message, times - 1, goesOn)
                                    : CompletableFuture.completedFuture(reply))
                    : CompletableFuture.completedFuture(reply));
  }

  private boolean starts(String client, Map<String, Object> body, byte[] order) {
    if (!(body.get(Topics.START) instanceof Map<?, ?> map)) {
      return false;
    }
    JobMember member = members.get(client);
    try {
      return member.signed(
          JobStart.signatureInput(context(member), client, order),
          JobStart.fromMap(map).signature(),
          services.sessionKeys());
    } catch (MalformedEvidenceException e) {
      return false;
    }
  }
}
