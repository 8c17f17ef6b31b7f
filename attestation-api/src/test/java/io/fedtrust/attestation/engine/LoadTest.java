// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Slow, lying, silent and flooding peers hurt nobody but themselves. */
class LoadTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";

  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  /** Clients that validate all the others as well; 20 take minutes. */
  private static final int SAMPLED = Integer.getInteger("fedtrust.scale.clients", 2);

  @Test
  @DisplayName("a peer that floods is refused at once, and another is served as ever")
  void flooding() {
    Federation federation = Federation.of(A, B).started();
    PeerMessage junk = new PeerMessage("request_fresh_token", Map.of("requester", A));
    List<CompletableFuture<PeerMessage>> flood = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      flood.add(federation.server().receive(A, junk).toCompletableFuture());
    }
    assertThat(flood.stream().filter(CompletableFuture::isDone))
        .as("all but a few are answered without any work")
        .hasSizeGreaterThan(99_000)
        .allSatisfy(
            reply ->
                assertThat(reply.join().body().get(PeerMessage.REASON))
                    .asString()
                    .startsWith(ReasonCode.REQUESTED_TOO_OFTEN.name()));
    assertThat(federation.register(B).trusted()).isTrue();
    flood.forEach(reply -> assertThat(reply.join().topic()).isEqualTo(PeerMessage.REFUSED));
    federation.time.pass(Duration.ofSeconds(20));
    assertThat(federation.register(A).trusted()).as("its share comes back").isTrue();
  }

  @Test
  @DisplayName("a silent peer costs a round its time limit, and nobody else anything")
  void silent() {
    Federation federation = Federation.of(A, B).started();
    federation.network.attackedBy(
        (sent, on) ->
            sent.to().equals(A) && sent.message().topic().equals(Topics.FRESH_TOKEN)
                ? Network.lost()
                : on.apply(sent));
    CompletableFuture<Optional<CCEvent.RoundEnded>> cycle =
        federation.server().validate().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(
            federation.heard(Federation.SERVER, CCEvent.Appraised.class).stream()
                .filter(judged -> judged.occasion() == CCEvent.Occasion.CROSS_SITE)
                .map(judged -> judged.verdict().site()))
        .containsExactly(B);
    assertThat(cycle).isNotDone();
    assertThat(federation.time.await(cycle).orElseThrow().took())
        .isBetween(Duration.ofSeconds(270), Duration.ofSeconds(271));
  }

  @Test
  @DisplayName("replies of every wrong shape are missed answers, never an exception nor a verdict")
  void lying() {
    Federation federation = Federation.of(A, B).started();
    List<PeerMessage> lies =
        List.of(
            new PeerMessage("?", Map.of()),
            new PeerMessage(Topics.FRESH_TOKEN, Map.of("site_name", A)),
            new PeerMessage(Topics.FRESH_TOKEN, Map.of("site_name", 7, "cc_info", 7)),
            new PeerMessage(Topics.FRESH_TOKEN, Map.of("site_name", A, "cc_info", List.of())),
            new PeerMessage(
                Topics.FRESH_TOKEN, Map.of("site_name", A, "cc_info", List.of(Map.of()))),
            new PeerMessage(PeerMessage.REFUSED, Map.of()),
            PeerMessage.refused("no".repeat(10_000)),
            PeerMessage.refused("no\n2026-11-21 hospital-b TRUSTED\u001b[2J\u202e"));
    for (PeerMessage lie : lies) {
      federation.network.attackedBy(
          (sent, on) ->
              sent.to().equals(A) ? CompletableFuture.completedFuture(lie) : on.apply(sent));
      assertThat(federation.time.await(federation.server().validate()).orElseThrow().answered())
          .isEqualTo(1);
      federation.network.honest();
      federation.time.await(federation.server().validate());
      federation.time.pass(Duration.ofSeconds(30));
    }
    List<CCEvent.Unanswered> missed = federation.heard(Federation.SERVER, CCEvent.Unanswered.class);
    assertThat(missed).hasSize(lies.size());
    assertThat(missed)
        .allSatisfy(
            event ->
                assertThat(event.problem())
                    .as("bounded, and one line of a log")
                    .hasSizeLessThan(1000)
                    .doesNotContainPattern("[\\p{Cntrl}\\p{Cf}]"));
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
    federation.network.attackedBy(
        (sent, on) -> {
          if (sent.to().equals(A)) {
            throw new IllegalStateException("broken channel");
          }
          return on.apply(sent);
        });
    assertThat(federation.time.await(federation.server().validate()).orElseThrow().answered())
        .isEqualTo(1);
  }

  /** Kinds of bad sites among many good ones. */
  private enum Kind {
    TAMPERED,
    SILENT,
    LYING,
    REPLAYING,
    ANOTHER_KEY
  }

  @Test
  @DisplayName(
      "of 1,000 sites the bad ones are found, one of each kind, by the server and by"
          + " 20 clients, and only they are in quarantine")
  void thousand() {
    Federation federation = new Federation();
    CCManager server =
        federation.add(
            Federation.SERVER,
            builder ->
                builder
                    .provider(BOUNCY_CASTLE)
                    .verifyFrequency(Duration.ofHours(1))
                    .toleratedMisses(0));
    federation.start(server);
    Set<String> sampled = new TreeSet<>();
    for (int i = 0; i < SAMPLED; i++) {
      String name = "sampled-" + i;
      sampled.add(name);
      federation.give(name, Crowd.identity(name));
      federation.add(
          name,
          builder ->
              builder
                  .provider(BOUNCY_CASTLE)
                  .verifyFrequency(Duration.ofHours(1))
                  .toleratedMisses(0));
      federation.register(name);
    }
    Map<Kind, String> bad = new LinkedHashMap<>();
    for (int i = sampled.size(); i < 1000; i++) {
      String name = "site-" + i;
      Crowd.register(federation, name, SoftTee.GOOD);
      if (i % 190 == 0) {
        bad.put(Kind.values()[bad.size()], name);
      }
    }
    assertThat(bad).hasSize(Kind.values().length);
    List<String> watching = new ArrayList<>(sampled);
    watching.add(Federation.SERVER);
    Map<String, PeerMessage> first = new LinkedHashMap<>();
    federation.network.attackedBy(
        (sent, on) ->
            on.apply(sent)
                .whenComplete(
                    (reply, failure) -> {
                      if (sent.to().equals(bad.get(Kind.REPLAYING))) {
                        first.put(sent.from(), reply);
                      }
                    }));
    everybodyValidates(federation, watching);
    assertThat(federation.actions).as("while all are honest").isEmpty();

    Crowd.joining(federation, bad.get(Kind.TAMPERED), Federation.OTHER_SOFTWARE);
    Crowd.withAnotherKey(federation, bad.get(Kind.ANOTHER_KEY));
    federation.network.attackedBy(
        (sent, on) -> {
          if (!sent.message().topic().equals(Topics.FRESH_TOKEN)) {
            return on.apply(sent);
          }
          if (sent.to().equals(bad.get(Kind.SILENT))) {
            return Network.lost();
          }
          if (sent.to().equals(bad.get(Kind.LYING))) {
            return CompletableFuture.completedFuture(
                new PeerMessage(Topics.FRESH_TOKEN, Map.of("cc_info", "junk")));
          }
          return sent.to().equals(bad.get(Kind.REPLAYING))
              ? CompletableFuture.completedFuture(first.get(sent.from()))
              : on.apply(sent);
        });
    everybodyValidates(federation, watching);
    Set<String> expected = new TreeSet<>();
    for (String watcher : watching) {
      bad.values().forEach(site -> expected.add(watcher + " quarantines " + site));
    }
    assertThat(new TreeSet<>(federation.actions)).isEqualTo(expected);
    assertThat(federation.actions).as("each once").hasSize(expected.size());
    assertThat(server.entries()).hasSize(1001 - bad.size());
  }

  private static void everybodyValidates(Federation federation, List<String> watching) {
    List<CompletableFuture<Optional<CCEvent.RoundEnded>>> cycles =
        watching.stream()
            .map(name -> federation.at(name).validate().toCompletableFuture())
            .toList();
    cycles.forEach(
        cycle -> assertThat(federation.time.await(cycle).orElseThrow().asked()).isEqualTo(1000));
  }
}
