// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobContext;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobEnd;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.JobStart;
import io.fedtrust.attestation.protocol.KeySignatures;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.protocol.SignedJobSet;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A server that takes each step of the job protocol when a test says so, with real keys and
 * evidence, and lies when a test says so.
 */
final class ScriptedServer {
  static final String JOB = "job-1";

  final Federation federation;
  final Site site;
  final ProcessKeys keys;
  final Map<String, List<CCToken>> entries = new TreeMap<>();
  final Map<String, Presence> presences = new TreeMap<>();
  final Map<String, KeySignatures> acceptances = new TreeMap<>();

  /** Entries that do not go with the set, and are fetched. */
  final Set<String> held = new HashSet<>();

  int fetches;
  Optional<Bytes> jobDigest = Optional.empty();
  GroupRound round;

  ScriptedServer(Federation federation, SoftTee... hardware) {
    this.federation = federation;
    this.site = new Site(Federation.identity(Federation.SERVER), hardware);
    this.keys = new ProcessKeys(site.identity, site.session, hardware.length > 0);
    federation.network.join(Federation.SERVER, this::receive);
  }

  /** The same server after a restart: another process, same certificate. */
  ScriptedServer restarted() {
    return new ScriptedServer(federation, SoftTee.CPU);
  }

  Instant now() {
    return federation.time.instant();
  }

  private CompletableFuture<PeerMessage> receive(String from, PeerMessage message) {
    try {
      return CompletableFuture.completedFuture(
          switch (message.topic()) {
            case Topics.CHALLENGE ->
                new PeerMessage(
                    Topics.CHALLENGE,
                    Map.of(
                        Topics.ASK,
                        site.challenger
                            .request(
                                EvidenceRequest.Mode.PAIRWISE,
                                EvidencePurpose.REGISTRATION,
                                from,
                                Optional.empty(),
                                Site.LIFE,
                                now())
                            .toMap()));
            case Topics.REGISTER -> registered(message);
            case Topics.JOB_ENTRIES -> fetched(message);
            default -> PeerMessage.refused("not in the script");
          });
    } catch (MalformedEvidenceException e) {
      throw new AssertionError(e);
    }
  }

  private PeerMessage registered(PeerMessage message) throws MalformedEvidenceException {
    SignedEvidenceRequest signed =
        SignedEvidenceRequest.of(message.body(), Topics.ASK, TestProject.NAME);
    List<CCToken> mine = site.attester.answer(signed.request(), Deadline.in(Site.LIFE)).join();
    return new PeerMessage(
        Topics.REGISTER, Map.of(CCInfo.KEY, CCInfo.toMap(Federation.SERVER, mine)));
  }

  private PeerMessage fetched(PeerMessage message) {
    fetches++;
    Object first = ((List<?>) message.body().get(Topics.NAMES)).get(0);
    return new PeerMessage(
        Topics.JOB_ENTRIES,
        Map.of(Topics.PEER_TOKENS, Map.of(first, shown(String.valueOf(first)))));
  }

  private List<Map<String, Object>> shown(String name) {
    return entries.get(name).stream().map(CCToken::toMap).toList();
  }

  CompletableFuture<PeerMessage> sent(String client, PeerMessage message) {
    return federation.at(client).receive(Federation.SERVER, message).toCompletableFuture();
  }

  PeerMessage send(String client, PeerMessage message) {
    return federation.time.await(sent(client, message));
  }

  // the steps

  Bytes nonce(String client) {
    PeerMessage reply = send(client, new PeerMessage(Topics.JOB_NONCE, Map.of(Topics.JOB, JOB)));
    return Bytes.of(Base64.getDecoder().decode(String.valueOf(reply.body().get(Topics.NONCE))));
  }

  /** Nonces of everybody, and the server's own evidence. */
  ScriptedServer rollCall(String... clients) {
    TreeMap<String, Bytes> nonces = new TreeMap<>();
    for (String client : clients) {
      nonces.put(client, nonce(client));
    }
    return listed(nonces);
  }

  ScriptedServer listed(Map<String, Bytes> nonces) {
    entries.clear();
    presences.clear();
    acceptances.clear();
    TreeMap<String, Bytes> all = new TreeMap<>(nonces);
    all.put(Federation.SERVER, site.member.offer(JOB, now()));
    round = new GroupRound(JOB, jobDigest, now().plus(Duration.ofMinutes(5)), all);
    try {
      EvidenceRequest request =
          site.member.enter(
              round,
              new Membership(Federation.SERVER, Set.of(), Optional.empty(), 0, jobDigest),
              now());
      if (keys.attested()) {
        entries.put(Federation.SERVER, site.member.answer(request, Deadline.in(Site.LIFE)).join());
      } else {
        presences.put(Federation.SERVER, site.member.here(round));
      }
    } catch (MalformedEvidenceException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  PeerMessage listFor(String client) {
    return new PeerMessage(
        Topics.JOB_LIST,
        Map.of(Topics.ASK, site.challenger.list(round, client, Site.LIFE, now()).toMap()));
  }

  PeerMessage list(String client) {
    PeerMessage reply = send(client, listFor(client));
    try {
      if (reply.body().get(Topics.HERE) instanceof Map<?, ?> here) {
        presences.put(client, Presence.fromMap(here));
      } else if (reply.body().containsKey(CCInfo.KEY)) {
        entries.put(client, CCInfo.read(reply.body().get(CCInfo.KEY), client, "client"));
      }
    } catch (MalformedEvidenceException e) {
      throw new AssertionError(e);
    }
    return reply;
  }

  ScriptedServer lists(String... clients) {
    for (String client : clients) {
      list(client);
    }
    return this;
  }

  JobContext context() {
    return keys.context(Federation.SERVER, JOB);
  }

  JobSet.Participant participant(String name) {
    List<CCToken> shown = entries.getOrDefault(name, List.of());
    return new JobSet.Participant(
        shown.isEmpty() ? JobSet.Kind.UNATTESTED : JobSet.Kind.ATTESTED,
        CCToken.entriesDigest(shown),
        shown.stream()
            .findFirst()
            .flatMap(CCToken::proof)
            .flatMap(EntryProof::session)
            .map(session -> session.publicKey().sha256()));
  }

  /** Everybody who proved itself, and nobody left. */
  JobSet set() {
    TreeMap<String, JobSet.Participant> all = new TreeMap<>();
    entries.keySet().forEach(name -> all.put(name, participant(name)));
    presences.keySet().forEach(name -> all.put(name, participant(name)));
    return set(all, Map.of());
  }

  JobSet set(Map<String, JobSet.Participant> participants, Map<String, JobSet.Left> left) {
    return new JobSet(
        JOB,
        jobDigest,
        round.challenge(TestProject.NAME),
        round.expiry(),
        new TreeMap<>(participants),
        new TreeMap<>(left));
  }

  SignedJobSet signed(JobSet set) {
    return new SignedJobSet(set, keys.sign(set.signatureInput(context())));
  }

  PeerMessage message(SignedJobSet signed) {
    Map<String, Object> shown = new LinkedHashMap<>();
    entries.keySet().stream()
        .filter(name -> !held.contains(name))
        .filter(name -> signed.set().participants().keySet().contains(name))
        .forEach(name -> shown.put(name, shown(name)));
    Map<String, Object> here = new LinkedHashMap<>();
    presences.forEach((name, presence) -> here.put(name, presence.toMap()));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(Topics.JOB, JOB);
    body.put(Topics.SET, signed.toMap());
    body.put(Topics.PEER_TOKENS, shown);
    if (!here.isEmpty()) {
      body.put(Topics.HERE, here);
    }
    return new PeerMessage(Topics.CHECK_RESOURCE, body);
  }

  PeerMessage message(JobSet set) {
    return message(signed(set));
  }

  /** Sends the set, and keeps the acceptance. */
  PeerMessage offer(String client, JobSet set) {
    PeerMessage reply = send(client, message(set));
    answer(reply)
        .filter(JobAnswer::accepts)
        .ifPresent(answer -> acceptances.put(client, answer.signatures()));
    return reply;
  }

  static Optional<JobAnswer> answer(PeerMessage reply) {
    try {
      return reply.body().get(Topics.ANSWER) instanceof Map<?, ?> map
          ? Optional.of(JobAnswer.fromMap(map))
          : Optional.empty();
    } catch (MalformedEvidenceException e) {
      throw new AssertionError(e);
    }
  }

  JobDispatch dispatch(JobSet set, String... names) {
    TreeMap<String, Optional<KeySignatures>> participants = new TreeMap<>();
    for (String name : names) {
      participants.put(name, Optional.ofNullable(acceptances.get(name)));
    }
    return dispatch(set, set.expires().minusSeconds(10), participants);
  }

  JobDispatch dispatch(
      JobSet set, Instant startBy, Map<String, Optional<KeySignatures>> participants) {
    Bytes digest = set.digest(context());
    return new JobDispatch(
        digest,
        startBy,
        new TreeMap<>(participants),
        keys.sign(JobDispatch.signatureInput(context(), digest, startBy, participants.keySet())));
  }

  static PeerMessage message(JobDispatch dispatch) {
    return new PeerMessage(
        Topics.JOB_DISPATCH, Map.of(Topics.JOB, JOB, Topics.DISPATCH, dispatch.toMap()));
  }

  JobEnd end(JobSet set, JobOutcome outcome) {
    Bytes digest = set.digest(context());
    return new JobEnd(
        digest,
        outcome,
        site.identity.chain(),
        keys.sign(JobEnd.signatureInput(context(), digest, outcome)));
  }

  static PeerMessage message(JobEnd end) {
    return new PeerMessage(Topics.JOB_END, Map.of(Topics.JOB, JOB, Topics.END, end.toMap()));
  }

  /** All steps up to the acceptance of everybody. */
  JobSet accepted(String... clients) {
    rollCall(clients).lists(clients);
    JobSet set = set();
    for (String client : clients) {
      offer(client, set);
    }
    return set;
  }

  /** All steps up to the start. */
  JobSet running(String... clients) {
    JobSet set = accepted(clients);
    String[] all = new String[clients.length + 1];
    System.arraycopy(clients, 0, all, 0, clients.length);
    all[clients.length] = Federation.SERVER;
    JobDispatch dispatch = dispatch(set, all);
    for (String client : clients) {
      send(client, message(dispatch));
    }
    return set;
  }

  /** Whether a reply says that the client starts, by the right key. */
  boolean starts(String client, JobDispatch dispatch, PeerMessage reply) {
    try {
      if (!(reply.body().get(Topics.START) instanceof Map<?, ?> map)) {
        return false;
      }
      byte[] message =
          JobStart.signatureInput(context(), client, dispatch.signatureInput(context()));
      byte[] signature = JobStart.fromMap(map).signature().bytes();
      List<CCToken> shown = entries.getOrDefault(client, List.of());
      return shown.isEmpty()
          ? SiteSignatures.verifies(
              site.certificates.validate(presences.get(client).certificates(), now()).key(),
              message,
              signature)
          : Site.KEYS.verifies(
              shown.get(0).proof().orElseThrow().session().orElseThrow().publicKey(),
              message,
              signature);
    } catch (MalformedEvidenceException e) {
      throw new AssertionError(e);
    }
  }

  /** What a site without evidence answers, for tests of others. */
  static Presence presence(Site absent, GroupRound round) {
    return absent.attester.here(
        Binding.GROUP, Optional.of(round.job()), round.challenge(TestProject.NAME));
  }
}
