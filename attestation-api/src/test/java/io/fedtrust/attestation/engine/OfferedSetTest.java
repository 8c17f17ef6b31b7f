// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.KeySignatures;
import io.fedtrust.attestation.protocol.SignedJobSet;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check of a set, and what it stops (docs/protocol/jobs.md#checks-of-a-set). */
class OfferedSetTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String SERVER = Federation.SERVER;
  private static final FederationPolicy REJECTS_B =
      FederationPolicy.named("rejects-b", "1")
          .anySite(SoftTee.CPU.rules())
          .site(
              B,
              AppraisalRules.of(SoftTee.CPU.vocabulary())
                  .measurement(ReferenceValue.of("newer", "cc".repeat(48)))
                  .build())
          .build();

  private final Federation federation = new Federation();
  private final RecordingHost host = new RecordingHost();
  private ScriptedServer server;

  private void between(FederationPolicy policyOfA) {
    federation.add(A, SoftTee.CPU, policyOfA, builder -> builder.hooks(host));
    federation.add(B, builder -> {});
    server = new ScriptedServer(federation, SoftTee.CPU);
    federation.started();
  }

  private void proved() {
    between(Federation.CPU);
    server.rollCall(A, B).lists(A, B);
  }

  private static JobSet with(JobSet set, Map<String, JobSet.Participant> all) {
    return new JobSet(
        set.job(), set.jobDigest(), set.challenge(), set.expires(), new TreeMap<>(all), set.left());
  }

  private static JobSet left(JobSet set, String site) {
    TreeMap<String, JobSet.Participant> less = new TreeMap<>(set.participants());
    less.remove(site);
    return new JobSet(
        set.job(),
        set.jobDigest(),
        set.challenge(),
        set.expires(),
        less,
        new TreeMap<>(Map.of(site, JobSet.Left.SILENT)));
  }

  private static JobSet without(JobSet set, String site) {
    return with(left(set, site), left(set, site).participants(), Map.of());
  }

  private static JobSet with(
      JobSet set, Map<String, JobSet.Participant> all, Map<String, JobSet.Left> left) {
    return new JobSet(
        set.job(),
        set.jobDigest(),
        set.challenge(),
        set.expires(),
        new TreeMap<>(all),
        new TreeMap<>(left));
  }

  private static JobSet changed(JobSet set, String site, JobSet.Participant other) {
    TreeMap<String, JobSet.Participant> all = new TreeMap<>(set.participants());
    all.put(site, other);
    return with(set, all);
  }

  private static JobSet until(JobSet set, Instant expires) {
    return new JobSet(
        set.job(), set.jobDigest(), set.challenge(), expires, set.participants(), set.left());
  }

  static Stream<Arguments> altered() {
    Bytes other = Bytes.of(new byte[32]);
    return Stream.of(
        altered(
            "2 of another job digest",
            "job digest",
            (server, set) ->
                new JobSet(
                    set.job(),
                    Optional.of(other),
                    set.challenge(),
                    set.expires(),
                    set.participants(),
                    set.left())),
        altered(
            "2 of another round",
            "a round of this site",
            (server, set) ->
                new JobSet(
                    set.job(),
                    set.jobDigest(),
                    Challenge.of(new byte[32]),
                    set.expires(),
                    set.participants(),
                    set.left())),
        altered("2 that has expired", "expires", (server, set) -> until(set, server.now())),
        altered(
            "2 that expires long after its round",
            "expires",
            (server, set) -> until(set, set.expires().plusSeconds(61))),
        altered("3 that omits a member of the list", "names", (server, set) -> without(set, B)),
        altered(
            "3 that names a site that is not in the list",
            "names",
            (server, set) -> changed(set, "mallory", set.participants().get(B))),
        altered(
            "3 that leaves out and has one site",
            "each name once",
            (server, set) -> with(set, set.participants(), Map.of(B, JobSet.Left.REJECTED))),
        altered("3 that leaves this site out", "hospital-a", (server, set) -> left(set, A)),
        altered("3 that leaves the server out", "server1", (server, set) -> left(set, SERVER)),
        altered(
            "3 that calls a member compat, who is not here",
            "compat",
            (server, set) ->
                changed(
                    set,
                    B,
                    new JobSet.Participant(
                        JobSet.Kind.COMPAT,
                        set.participants().get(B).entries(),
                        Optional.empty()))),
        altered(
            "4 with other entries of this site",
            "own entries",
            (server, set) ->
                changed(
                    set,
                    A,
                    new JobSet.Participant(
                        JobSet.Kind.ATTESTED, other, set.participants().get(A).session()))),
        altered(
            "4 with another session of this site",
            "own entries",
            (server, set) ->
                changed(
                    set,
                    A,
                    new JobSet.Participant(
                        JobSet.Kind.ATTESTED,
                        set.participants().get(A).entries(),
                        Optional.of(other)))),
        altered(
            "6 with other entries of the server",
            "the entries of server1",
            (server, set) ->
                changed(
                    set,
                    SERVER,
                    new JobSet.Participant(
                        JobSet.Kind.ATTESTED, other, set.participants().get(SERVER).session()))),
        altered(
            "6 with another session of the server",
            "the session key of server1",
            (server, set) ->
                changed(
                    set,
                    SERVER,
                    new JobSet.Participant(
                        JobSet.Kind.ATTESTED,
                        set.participants().get(SERVER).entries(),
                        Optional.of(other)))));
  }

  private static Arguments altered(
      String what, String why, BiFunction<ScriptedServer, JobSet, JobSet> change) {
    return arguments(what, why, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("altered")
  @DisplayName(
      "a set that does not fit its round is refused unsigned, and the true one comes again")
  void misfits(String what, String why, BiFunction<ScriptedServer, JobSet, JobSet> change) {
    proved();
    JobSet set = server.set();
    refusedUnsigned(server.send(A, server.message(change.apply(server, set))), why);
    assertThat(federation.heard(A, CCEvent.JobAnswered.class)).as(what).isEmpty();
    assertThat(host.calls).isEmpty();
    accepted(server.offer(A, set));
  }

  private static void refusedUnsigned(PeerMessage reply, String why) {
    assertThat(reply.topic()).isEqualTo(PeerMessage.REFUSED);
    assertThat(reply.body()).containsOnlyKeys(PeerMessage.REASON);
    assertThat(String.valueOf(reply.body().get(PeerMessage.REASON))).contains(why);
  }

  private static void accepted(PeerMessage reply) {
    assertThat(reply.body()).containsEntry(Topics.ENOUGH, true);
  }

  private static JobAnswer declined(PeerMessage reply, String why) {
    assertThat(reply.body()).as(reply.body().toString()).containsEntry(Topics.ENOUGH, false);
    assertThat(String.valueOf(reply.body().get(Topics.RESERVE_TOKEN))).contains(why);
    JobAnswer answer = ScriptedServer.answer(reply).orElseThrow();
    assertThat(answer.accepts()).isFalse();
    return answer;
  }

  @Test
  @DisplayName("a second set of one round is refused, whatever is in it")
  void secondSet() {
    proved();
    accepted(server.offer(A, server.set()));
    refusedUnsigned(
        server.send(A, server.message(until(server.set(), server.now().plusSeconds(100)))),
        "one set of it");
    refusedUnsigned(server.send(A, server.message(left(server.set(), B))), "one set of it");
  }

  @Test
  @DisplayName("a set of a former round is refused in the next")
  void formerRound() {
    proved();
    PeerMessage former = server.message(server.set());
    server.rollCall(A, B).lists(A, B);
    refusedUnsigned(server.send(A, former), "a round of this site");
    accepted(server.offer(A, server.set()));
  }

  @Test
  @DisplayName("a set that the site key signed alone, or another process, is refused")
  void signatures() {
    proved();
    JobSet set = server.set();
    byte[] message = set.signatureInput(server.context());
    KeySignatures good = server.keys.sign(message);
    Bytes byAnother = Bytes.of(Site.KEYS.generate(new SecureRandom()).sign(message));
    Bytes ofAnotherSite =
        Bytes.of(SiteSignatures.sign(Federation.identity(B).privateKey(), message));
    for (KeySignatures bad :
        List.of(
            new KeySignatures(good.site(), Optional.empty()),
            new KeySignatures(good.site(), Optional.of(byAnother)))) {
      refusedUnsigned(
          server.send(A, server.message(new SignedJobSet(set, bad))), "SESSION_SIGNATURE_INVALID");
    }
    refusedUnsigned(
        server.send(
            A,
            server.message(
                new SignedJobSet(set, new KeySignatures(ofAnotherSite, good.session())))),
        "SITE_SIGNATURE_INVALID");
    assertThat(host.calls).isEmpty();
    accepted(server.offer(A, set));
  }

  @Test
  @DisplayName("entries of the server with the certificate of a client sign nothing")
  void clientAsServer() {
    proved();
    List<CCToken> own = server.entries.put(SERVER, server.entries.get(B));
    refusedUnsigned(server.offer(A, server.set()), "the certificate of the server server1");
    server.entries.put(SERVER, own);
    accepted(server.offer(A, server.set()));
  }

  @Test
  @DisplayName("a server that its policy rejects now is declined, signed")
  void serverRejected() {
    between(Federation.CPU);
    server = new ScriptedServer(federation, SoftTee.CPU.running(Federation.OTHER_SOFTWARE));
    server.rollCall(A, B).lists(A, B);
    JobAnswer answer = declined(server.offer(A, server.set()), "server1: MEASUREMENT_UNKNOWN");
    assertThat(answer.reason()).contains(ReasonCode.MEASUREMENT_UNKNOWN);
    assertThat(host.calls).isEmpty();
  }

  private static JobRequirements job(int minimum, Set<String> mandatory, String... clients) {
    return new JobRequirements(
        ScriptedServer.JOB,
        false,
        Optional.of(Set.of(clients)),
        mandatory,
        minimum,
        Optional.empty());
  }

  @Test
  @DisplayName("a set without a mandatory client, or with too few clients, is declined")
  void membership() {
    for (JobRequirements known : List.of(job(1, Set.of(B), A, B), job(2, Set.of(), A, B))) {
      OfferedSetTest fresh = new OfferedSetTest();
      fresh.host.definition = Optional.of(known);
      fresh.proved();
      JobAnswer answer =
          declined(fresh.server.offer(A, left(fresh.server.set(), B)), "_cc_verify_error.");
      assertThat(answer.reason()).contains(ReasonCode.GROUP_REFUSED);
      assertThat(fresh.host.calls).isEmpty();
    }
  }

  @Test
  @DisplayName(
      "a peer that this site's policy rejects cannot be hidden: in the set it is"
          + " declined, out of the set it is missed, left it does not run")
  void rejectedPeer() {
    between(REJECTS_B);
    server.rollCall(A, B).lists(A, B);
    JobSet whole = server.set();
    refusedUnsigned(server.send(A, server.message(without(whole, B))), "names");
    PeerMessage cut = server.message(whole);
    Map<String, Object> body = new LinkedHashMap<>(cut.body());
    Map<?, ?> shown = (Map<?, ?>) body.get(Topics.PEER_TOKENS);
    Map<Object, Object> less = new LinkedHashMap<>(shown);
    less.remove(B);
    body.put(Topics.PEER_TOKENS, less);
    JobAnswer answer =
        declined(server.send(A, new PeerMessage(cut.topic(), body)), B + ": MEASUREMENT_UNKNOWN");
    assertThat(answer.reason()).contains(ReasonCode.MEASUREMENT_UNKNOWN);
    assertThat(server.fetches).as("what was cut out is fetched").isEqualTo(1);
    assertThat(host.calls).isEmpty();
  }

  @Test
  @DisplayName(
      "entries or a session that the set does not name are fetched anew, and reject nobody")
  void otherPeer() {
    proved();
    PeerMessage altered = showingForB(server.message(server.set()), server.entries.get(A));
    federation.network.attackedBy(
        (sent, on) -> on.apply(sent).thenApply(reply -> showingForB(reply, server.entries.get(A))));
    declined(server.send(A, altered), B + ": entries missing");
    assertThat(federation.network.sent(Topics.JOB_ENTRIES)).hasSize(3);
    assertThat(federation.actions).isEmpty();
  }

  @Test
  @DisplayName("entries that were altered on the way are asked for again, and then count")
  void alteredOnce() {
    proved();
    PeerMessage altered = showingForB(server.message(server.set()), server.entries.get(A));
    federation.network.attackedBy(
        (sent, on) -> {
          int number = federation.network.sent(Topics.JOB_ENTRIES).size();
          return on.apply(sent)
              .thenApply(reply -> number < 3 ? showingForB(reply, server.entries.get(A)) : reply);
        });
    accepted(server.send(A, altered));
    assertThat(federation.network.sent(Topics.JOB_ENTRIES)).hasSize(3);
  }

  private static PeerMessage showingForB(PeerMessage message, List<CCToken> entries) {
    Map<String, Object> body = new LinkedHashMap<>(message.body());
    Map<Object, Object> shown = new LinkedHashMap<>((Map<?, ?>) body.get(Topics.PEER_TOKENS));
    shown.put(B, entries.stream().map(CCToken::toMap).toList());
    body.put(Topics.PEER_TOKENS, shown);
    return new PeerMessage(message.topic(), body);
  }

  @Test
  @DisplayName("entries are fetched three times at most, whatever came with the set")
  void fetchedThreeTimes() {
    Federation three = new Federation();
    for (String name : List.of(A, B, "hospital-c")) {
      three.add(name, builder -> {});
    }
    ScriptedServer scripted = new ScriptedServer(three, SoftTee.CPU);
    three.started();
    scripted.rollCall(A, B, "hospital-c").lists(A, B, "hospital-c");
    scripted.held.add("hospital-c");
    three.network.join(
        SERVER, (from, message) -> CompletableFuture.completedFuture(PeerMessage.refused("none")));
    assertThat(declined(scripted.offer(A, scripted.set()), "hospital-c").reason())
        .contains(ReasonCode.EVIDENCE_MISSING);
    assertThat(three.network.sent(Topics.JOB_ENTRIES)).hasSize(3);
  }

  @Test
  @DisplayName("entries that do not go with the set are fetched, site by site")
  void fetched() {
    Federation large = new Federation();
    for (String name : List.of(A, B, "hospital-c", "hospital-d")) {
      large.add(name, builder -> {});
    }
    ScriptedServer scripted = new ScriptedServer(large, SoftTee.CPU);
    large.started();
    scripted.rollCall(A, B, "hospital-c", "hospital-d").lists(A, B, "hospital-c", "hospital-d");
    scripted.held.addAll(Set.of(B, "hospital-c", "hospital-d"));
    accepted(scripted.offer(A, scripted.set()));
    assertThat(scripted.fetches).isEqualTo(3);
  }

  @Test
  @DisplayName("a server that has no entries to give is declined after a few tries")
  void nothingFetched() {
    proved();
    federation.network.join(
        SERVER, (from, message) -> CompletableFuture.completedFuture(PeerMessage.refused("none")));
    server.held.add(B);
    assertThat(declined(server.offer(A, server.set()), B).reason())
        .contains(ReasonCode.EVIDENCE_MISSING);
  }

  @Test
  @DisplayName("a host that does not reserve declines, and nothing is given back")
  void notReserved() {
    host.declines = Optional.of("no GPU is free");
    proved();
    assertThat(declined(server.offer(A, server.set()), "no GPU is free").reason()).isEmpty();
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).containsExactly("reserve [hospital-a, hospital-b, server1]");
  }

  private static final FederationPolicy B_UNATTESTED =
      FederationPolicy.named("some", "1").anySite(SoftTee.CPU.rules()).unattested(B).build();

  private void withoutHardware() {
    federation.add(A, SoftTee.CPU, B_UNATTESTED, builder -> builder.hooks(host));
    federation.add(B, SoftTee.CPU.verifying(), B_UNATTESTED, builder -> {});
    server = new ScriptedServer(federation, SoftTee.CPU);
    federation.started();
    server.rollCall(A, B).lists(A, B);
  }

  @Test
  @DisplayName("a site without evidence takes part by its presence, and starts by its site key")
  void unattested() {
    withoutHardware();
    assertThat(server.presences).containsOnlyKeys(B);
    JobSet set = server.set();
    accepted(server.offer(A, set));
    accepted(server.offer(B, set));
    var dispatch = server.dispatch(set, A, B, SERVER);
    for (String client : List.of(A, B)) {
      assertThat(
              server.starts(
                  client, dispatch, server.send(client, ScriptedServer.message(dispatch))))
          .as(client)
          .isTrue();
      assertThat(federation.at(client).participants(ScriptedServer.JOB))
          .containsExactly(A, B, SERVER);
    }
  }

  @Test
  @DisplayName("a presence for another round, of another site, or against the policy declines")
  void presences() {
    withoutHardware();
    JobSet set = server.set();
    PeerMessage message = server.message(set);
    server.presences.put(
        B, ScriptedServer.presence(new Site(Federation.identity(A)), server.round));
    declined(server.send(A, server.message(set)), B + ": SITE_CERTIFICATE_INVALID");
    assertThat(message.body()).containsKey(Topics.HERE);

    server.rollCall(A, B).lists(A, B);
    var former = server.presences.get(B);
    server.rollCall(A, B).lists(A, B);
    server.presences.put(B, former);
    declined(server.offer(A, server.set()), B + ": SITE_SIGNATURE_INVALID");

    CCManager strict = federation.at(A);
    strict.replacePolicy(Federation.CPU);
    server.rollCall(A, B).lists(A, B);
    declined(server.offer(A, server.set()), B + ": GROUP_REFUSED");
  }

  @Test
  @DisplayName(
      "compat: a peer without rounds is judged by its token, and starts without acceptance")
  void compat() {
    String peer = "hospital-p";
    FederationPolicy unbound =
        FederationPolicy.named("unbound", "1")
            .anySite(SoftTee.CPU.rules())
            .site(peer, SoftTee.CPU.rules())
            .acceptUnbound(peer)
            .build();
    federation.add(A, SoftTee.CPU, unbound, builder -> builder.nvflarePeer(peer).hooks(host));
    server = new ScriptedServer(federation, SoftTee.CPU);
    federation.started();
    server.rollCall(A).lists(A);
    server.entries.put(peer, compatEntries(peer));
    TreeMap<String, JobSet.Participant> all = new TreeMap<>(server.set().participants());
    all.put(
        peer,
        new JobSet.Participant(
            JobSet.Kind.COMPAT, server.participant(peer).entries(), Optional.empty()));
    JobSet set = server.set(all, Map.of());
    accepted(server.offer(A, set));
    var dispatch = server.dispatch(set, A, peer, SERVER);
    assertThat(server.starts(A, dispatch, server.send(A, ScriptedServer.message(dispatch))))
        .isTrue();
    assertThat(federation.at(A).participants(ScriptedServer.JOB)).containsExactly(A, peer, SERVER);
  }

  private static List<CCToken> compatEntries(String peer) {
    return new Site(Federation.identity(peer), SoftTee.CPU)
        .attester
        .unasked("anybody", new SecureRandom(), Deadline.in(Site.LIFE))
        .join();
  }

  @Test
  @DisplayName(
      "compat: of a server without rounds the participants are those whom this site trusted, from"
          + " its yes until the host ends the job; the verdicts say who asserted them")
  void compatServer() {
    FederationPolicy unbound =
        FederationPolicy.named("unbound", "1")
            .anySite(SoftTee.CPU.rules())
            .site(SERVER, SoftTee.CPU.rules())
            .site(B, SoftTee.CPU.rules())
            .acceptUnbound(SERVER)
            .acceptUnbound(B)
            .build();
    CCManager client =
        federation.add(
            A,
            SoftTee.CPU,
            unbound,
            builder -> builder.nvflarePeer(SERVER).nvflarePeer(B).hooks(host));
    client.start();
    Map<String, Object> shown = new LinkedHashMap<>();
    for (String site : List.of(SiteIdentity.SERVER_ALIAS, A, B)) {
      String name = site.equals(SiteIdentity.SERVER_ALIAS) ? SERVER : site;
      shown.put(site, compatEntries(name).stream().map(CCToken::toMap).toList());
    }
    PeerMessage reply =
        federation.time.await(
            client.receive(
                SERVER,
                new PeerMessage(
                    Topics.CHECK_RESOURCE,
                    Map.of(Topics.JOB, ScriptedServer.JOB, Topics.PEER_TOKENS, shown))));
    assertThat(reply.body())
        .containsOnlyKeys(Topics.ENOUGH, Topics.RESERVE_TOKEN)
        .containsEntry(Topics.ENOUGH, true);
    assertThat(client.participants(ScriptedServer.JOB)).containsExactly(A, B, SERVER);
    assertThat(
            federation.heard(A, CCEvent.Appraised.class).stream()
                .filter(judged -> judged.occasion() == Occasion.JOB))
        .hasSize(2)
        .allSatisfy(
            judged ->
                assertThat(judged.verdict().notes()).contains("participants: asserted by server"));
    client.jobEnded(ScriptedServer.JOB);
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(client.participants(ScriptedServer.JOB)).isEmpty();
    assertThat(host.calls)
        .containsExactly("reserve [hospital-a, hospital-b, server1]", "released finished");
    assertThat(federation.heard(A, CCEvent.JobEnded.class))
        .singleElement()
        .satisfies(end -> assertThat(end.outcome()).isEqualTo(JobOutcome.FINISHED));
  }
}
