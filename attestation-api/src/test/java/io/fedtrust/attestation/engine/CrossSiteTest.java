// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.event.Consequence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.DenyList;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sites validate each other while they run: what ends an admission, whose, and what does not. */
class CrossSiteTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String C = "hospital-c";

  private static CCEvent.RoundEnded cycle(Federation federation, String at) {
    return federation.time.await(federation.at(at).validate()).orElseThrow();
  }

  private static void lose(Federation federation, String to) {
    federation.network.attackedBy(
        (sent, on) ->
            sent.to().equals(to) && sent.message().topic().equals(Topics.FRESH_TOKEN)
                ? Network.lost()
                : on.apply(sent));
  }

  @Test
  @DisplayName("every site validates every other, over one report a site and cycle")
  void everybody() {
    Federation federation = new Federation();
    AtomicInteger reports = new AtomicInteger();
    for (String name : List.of(Federation.SERVER, A, B, C)) {
      federation.add(
          name,
          SoftTee.collecting(
              SoftTee.giving(
                  EvidenceForm.SNP_REPORT,
                  binding -> {
                    reports.incrementAndGet();
                    return SoftTee.CPU.collect(binding, Deadline.in(Site.LIFE));
                  })),
          Federation.CPU,
          builder -> builder.authorizer(SoftTee.CPU.verifying()));
    }
    federation.started();
    int before = reports.get();
    List<CompletableFuture<Optional<CCEvent.RoundEnded>>> cycles = new ArrayList<>();
    federation
        .managers
        .values()
        .forEach(manager -> cycles.add(manager.validate().toCompletableFuture()));
    cycles.forEach(
        cycle ->
            assertThat(federation.time.await(cycle).orElseThrow())
                .satisfies(ended -> assertThat(ended.answered()).isEqualTo(3)));
    assertThat(reports.get() - before).as("reports for twelve requests").isEqualTo(4);
    assertThat(federation.admittedAt(A)).containsExactly(B, C, Federation.SERVER);
  }

  @Test
  @DisplayName("a round begins within a fifth of the interval, later ones within a fifth after it")
  void jitter() {
    Federation federation = new Federation();
    federation.add(Federation.SERVER, builder -> builder.random(new SecureRandom()));
    federation.add(A, builder -> {});
    federation.started();
    Duration interval = Duration.ofMinutes(10);
    Instant begun = federation.time.instant();
    federation.time.pass(Duration.ofHours(10));
    List<Instant> ends =
        federation.heard(Federation.SERVER, CCEvent.RoundEnded.class).stream()
            .map(CCEvent.RoundEnded::at)
            .toList();
    assertThat(Duration.between(begun, ends.get(0)))
        .isBetween(Duration.ZERO, Duration.ofMinutes(2).plusSeconds(1));
    TreeSet<Duration> waits = new TreeSet<>();
    for (int i = 1; i < ends.size(); i++) {
      waits.add(Duration.between(ends.get(i - 1), ends.get(i)));
    }
    assertThat(waits.first()).isGreaterThan(interval.minusSeconds(1));
    assertThat(waits.last()).isLessThan(Duration.ofMinutes(12).plusSeconds(1));
    assertThat(waits.size()).as("they differ").isGreaterThan(10);
  }

  @Test
  @DisplayName("one round at a time: what is due meanwhile is left out")
  void overlapping() {
    Federation federation = Federation.of(A).started();
    lose(federation, A);
    CompletableFuture<Optional<CCEvent.RoundEnded>> first =
        federation.server().validate().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(federation.time.await(federation.server().validate())).isEmpty();
    assertThat(federation.heard(Federation.SERVER, CCEvent.RoundSkipped.class)).hasSize(1);
    assertThat(federation.time.await(first)).isPresent();
    assertThat(federation.time.await(federation.server().validate())).isPresent();
  }

  @Test
  @DisplayName("missed answers are tolerated, then that site alone is in quarantine; it recovers")
  void missed() {
    Federation federation = new Federation();
    for (String site : List.of(Federation.SERVER, A, B)) {
      // Longer than the rounds without answers take.
      federation.add(site, builder -> builder.verifyFrequency(Duration.ofDays(1)));
    }
    federation.started();
    lose(federation, A);
    for (int tolerated = 0; tolerated < 2; tolerated++) {
      cycle(federation, Federation.SERVER);
      assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
    }
    CCEvent.RoundEnded third = cycle(federation, Federation.SERVER);
    assertThat(third.asked()).isEqualTo(2);
    assertThat(third.answered()).isEqualTo(1);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(B);
    federation.time.pass(Duration.ZERO);
    assertThat(federation.actions).containsExactly("server1 quarantines hospital-a");
    cycle(federation, Federation.SERVER);
    assertThat(federation.actions).as("told once").hasSize(1);
    federation.network.honest();
    cycle(federation, Federation.SERVER);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
    assertThat(federation.actions)
        .containsExactly("server1 quarantines hospital-a", "server1 readmits hospital-a");
  }

  @Test
  @DisplayName("answers in between make the count begin anew")
  void missedNow() {
    Federation federation = Federation.of(A).started();
    for (int i = 0; i < 3; i++) {
      lose(federation, A);
      cycle(federation, Federation.SERVER);
      cycle(federation, Federation.SERVER);
      federation.network.honest();
      cycle(federation, Federation.SERVER);
    }
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
    assertThat(federation.actions).isEmpty();
  }

  @Test
  @DisplayName("each consequence is for the site that failed: quarantine, stop jobs, shut down")
  void consequences() {
    Map<Consequence, String> said =
        Map.of(
            Consequence.QUARANTINE_SITE, "server1 quarantines hospital-a",
            Consequence.STOP_JOBS, "server1 stops jobs of hospital-a",
            Consequence.SHUT_DOWN, "server1 shuts down because of hospital-a");
    said.forEach(
        (consequence, action) -> {
          Federation federation = new Federation();
          federation.add(
              Federation.SERVER, builder -> builder.consequence(consequence).toleratedMisses(0));
          federation.add(A, builder -> {});
          federation.add(B, builder -> {});
          federation.started();
          federation.addTampered(A);
          cycle(federation, Federation.SERVER);
          assertThat(federation.actions).containsExactly(action);
          assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(B);
          assertThat(federation.heard(Federation.SERVER, CCEvent.Quarantined.class))
              .singleElement()
              .satisfies(event -> assertThat(event.reason()).contains("MEASUREMENT_UNKNOWN"));
        });
  }

  @Test
  @DisplayName("an admission ends at its time, whatever is tolerated, and though nobody asks")
  void expiry() {
    FederationPolicy shortLived =
        FederationPolicy.named("short", "1")
            .anySite(
                AppraisalRules.of(SoftTee.CPU.vocabulary())
                    .measurement(ReferenceValue.of("good", SoftTee.GOOD))
                    .maximumAge(Duration.ofMinutes(20))
                    .build())
            .build();
    Federation federation = new Federation();
    federation.add(
        Federation.SERVER,
        SoftTee.CPU,
        shortLived,
        builder -> builder.toleratedMisses(1000).verifyFrequency(Duration.ofDays(1)));
    federation.add(A, builder -> {});
    federation.started();
    Instant end = federation.server().admitted(A).orElseThrow().expiresAt();
    lose(federation, A);
    federation.time.pass(
        Duration.between(federation.time.instant(), end).minus(Duration.ofNanos(1)));
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
    assertThat(federation.actions).isEmpty();
    federation.time.pass(Duration.ofNanos(1));
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(federation.actions).containsExactly("server1 quarantines hospital-a");
  }

  @Test
  @DisplayName("hardware that fails while a site runs is a missed answer, and nothing is thrown")
  void brokenHardware() {
    Federation federation = Federation.of(B);
    boolean[] broken = {false};
    federation.add(
        A,
        SoftTee.collecting(
            SoftTee.giving(
                EvidenceForm.SNP_REPORT,
                binding -> {
                  if (broken[0]) {
                    throw new IllegalStateException("the device at /secret/path is gone");
                  }
                  return SoftTee.CPU.collect(binding, Deadline.in(Site.LIFE));
                })),
        Federation.CPU,
        builder -> builder.authorizer(SoftTee.CPU.verifying()));
    federation.started();
    broken[0] = true;
    assertThat(cycle(federation, Federation.SERVER).answered()).isEqualTo(1);
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class))
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.problem())
                    .as("what fails inside a site is its own business")
                    .isEqualTo("refused: INTERNAL_ERROR"));
    assertThat(federation.heard(A, CCEvent.MessageRefused.class))
        .isNotEmpty()
        .allSatisfy(
            event ->
                assertThat(event.problem())
                    .isEqualTo("unexpected failure (IllegalStateException)"));
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
  }

  @Test
  @DisplayName("who answers for another has not answered; nobody is put in its place")
  void anotherSite() {
    Federation federation = Federation.of(A, B).started();
    federation.network.attackedBy(
        (sent, on) -> {
          if (!sent.to().equals(A) || !sent.message().topic().equals(Topics.FRESH_TOKEN)) {
            return on.apply(sent);
          }
          return on.apply(new Network.Sent(sent.from(), B, sent.message()));
        });
    cycle(federation, Federation.SERVER);
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class))
        .singleElement()
        .satisfies(event -> assertThat(event.site()).isEqualTo(A));
    assertThat(federation.actions).isEmpty();
    federation.network.attackedBy(
        (sent, on) ->
            on.apply(sent)
                .thenApply(
                    reply -> {
                      Map<String, Object> body = new LinkedHashMap<>(reply.body());
                      body.replace(Topics.SITE_NAME, "server");
                      return new PeerMessage(reply.topic(), body);
                    }));
    assertThat(cycle(federation, Federation.SERVER).answered()).isZero();
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
  }

  @Test
  @DisplayName("somebody on the path can spoil an answer, and cannot have a site rejected")
  void spoilt() {
    Federation federation = Federation.of(A).started();
    federation.network.attackedBy(
        (sent, on) ->
            on.apply(sent)
                .thenApply(
                    reply -> {
                      if (!reply.body().containsKey(Topics.REPLY_INFO)) {
                        return reply;
                      }
                      Map<String, Object> entry = new LinkedHashMap<>();
                      ((Map<?, ?>) ((List<?>) reply.body().get(Topics.REPLY_INFO)).get(0))
                          .forEach((key, value) -> entry.put(String.valueOf(key), value));
                      entry.put("_cc_token", "spoilt");
                      Map<String, Object> body = new LinkedHashMap<>(reply.body());
                      body.put(Topics.REPLY_INFO, List.of(entry));
                      return new PeerMessage(reply.topic(), body);
                    }));
    cycle(federation, Federation.SERVER);
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class))
        .singleElement()
        .satisfies(event -> assertThat(event.problem()).contains("SITE_SIGNATURE_INVALID"));
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
  }

  @Test
  @DisplayName("a client goes on asking whom it knows, whatever the server leaves out")
  void omitted() {
    Federation federation = Federation.of(A, B).started();
    assertThat(cycle(federation, A).asked()).isEqualTo(2);
    federation.network.attackedBy(
        (sent, on) ->
            sent.message().topic().equals(Topics.GET_SITES)
                ? CompletableFuture.completedFuture(
                    new PeerMessage(Topics.GET_SITES, Map.of(Topics.SITES, List.of())))
                : on.apply(sent));
    assertThat(cycle(federation, A).asked()).isEqualTo(2);
    federation.network.attackedBy(
        (sent, on) ->
            sent.message().topic().equals(Topics.GET_SITES)
                ? CompletableFuture.completedFuture(
                    new PeerMessage(
                        Topics.GET_SITES,
                        Map.of(
                            Topics.SITES,
                            List.of("junk", List.of(1, 2), List.of("x", "nobody"), List.of("y")))))
                : on.apply(sent));
    assertThat(cycle(federation, A).asked()).as("and nobody").isEqualTo(3);
    assertThat(federation.admittedAt(A)).containsExactly(B, Federation.SERVER);
  }

  @Test
  @DisplayName("who is there is told to admitted sites alone")
  void getSites() {
    Federation federation = Federation.of(A, B);
    federation.managers.values().forEach(federation::start);
    federation.register(A);
    PeerMessage request = new PeerMessage(Topics.GET_SITES, Map.of(Topics.REQUESTER, A));
    PeerMessage told = federation.time.await(federation.server().receive(A, request));
    assertThat(told.body().get("sites"))
        .isEqualTo(List.of(List.of("server", "server1"), List.of(A, A)));
    assertThat(federation.time.await(federation.server().receive(B, request)).topic())
        .isEqualTo(PeerMessage.REFUSED);
    assertThat(federation.time.await(federation.at(A).receive(B, request)).topic())
        .isEqualTo(PeerMessage.REFUSED);
  }

  @Test
  @DisplayName("a new policy judges at once whoever is admitted; its difference is told")
  void replacedPolicy() {
    Federation federation = Federation.of(A, B).started();
    FederationPolicy stricter =
        FederationPolicy.named("cpu", "2")
            .anySite(SoftTee.CPU.rules())
            .site(
                A,
                AppraisalRules.of(SoftTee.CPU.vocabulary())
                    .measurement(ReferenceValue.of("newer", "cc".repeat(48)))
                    .build())
            .build();
    federation.server().replacePolicy(stricter);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(B);
    federation.time.pass(Duration.ZERO);
    assertThat(federation.actions).containsExactly("server1 quarantines hospital-a");
    assertThat(federation.heard(Federation.SERVER, CCEvent.PolicyReplaced.class))
        .singleElement()
        .satisfies(event -> assertThat(event.changes()).isNotEmpty());
    assertThat(federation.server().admitted(B).orElseThrow().verdicts())
        .allSatisfy(
            verdict -> assertThat(verdict.appraisal().policy()).isEqualTo(stricter.identity()));
    federation.server().replacePolicy(Federation.CPU);
    assertThat(federation.admittedAt(Federation.SERVER))
        .as("who was put out proves itself anew")
        .containsExactly(B);
    cycle(federation, Federation.SERVER);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
  }

  @Test
  @DisplayName("a site without evidence does not outlive the policy that spared it")
  void sparedNoMore() {
    Federation federation = new Federation();
    federation.add(Federation.SERVER, sparing(A), builder -> {});
    federation.add(A, SoftTee.CPU.verifying(), sparing(A), builder -> {});
    federation.add(B, builder -> {});
    federation.started();
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
    federation.server().replacePolicy(Federation.CPU);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(B);
    assertThat(federation.heard(Federation.SERVER, CCEvent.Quarantined.class))
        .singleElement()
        .satisfies(event -> assertThat(event.reason()).contains("EVIDENCE_MISSING"));
  }

  private static void closed(CompletionStage<?> stage) {
    assertThat(stage)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            AttestationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
  }

  @Test
  @DisplayName("closing ends what is under way at once, and nothing begins any more")
  void closing() {
    Federation federation = Federation.of(A, B).started();
    lose(federation, A);
    CompletableFuture<Optional<CCEvent.RoundEnded>> running =
        federation.server().validate().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(1));
    Instant asked = federation.time.instant();
    federation.server().close();
    closed(running);
    assertThat(Duration.between(asked, federation.time.instant()))
        .isLessThan(Duration.ofSeconds(5));
    int sent = federation.network.sent().size();
    closed(federation.server().validate());
    assertThat(
            federation
                .time
                .await(federation.server().receive(A, new PeerMessage(Topics.CHALLENGE, Map.of())))
                .topic())
        .isEqualTo(PeerMessage.REFUSED);
    federation.at(A).close();
    federation.at(B).close();
    federation.time.pass(Duration.ofHours(2));
    assertThat(federation.network.sent()).hasSize(sent);
    assertThat(federation.actions).isEmpty();
  }

  @Test
  @DisplayName("a process that starts again in the middle of a cycle knows nobody and no challenge")
  void restarted() {
    Federation federation = Federation.of(A, B).started();
    List<PeerMessage> late = new ArrayList<>();
    federation.network.attackedBy(
        (sent, on) ->
            on.apply(sent)
                .thenCompose(
                    reply -> {
                      late.add(reply);
                      return Network.lost();
                    }));
    CompletableFuture<Optional<CCEvent.RoundEnded>> interrupted =
        federation.server().validate().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(late).hasSize(2);
    federation.server().close();
    closed(interrupted);
    CCManager again = federation.add(Federation.SERVER, builder -> {});
    federation.start(again);
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
    assertThat(again.entries().keySet()).containsExactly(Federation.SERVER);
    federation.network.attackedBy((sent, on) -> CompletableFuture.completedFuture(late.get(0)));
    federation.time.await(again.validate());
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
    federation.network.honest();
    federation.register(A);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
  }

  @Test
  @DisplayName("a verifier, a listener and a host that fail admit nobody and stop nothing")
  void failing() {
    Federation federation = new Federation();
    federation.add(
        Federation.SERVER,
        SoftTee.CPU,
        Federation.CPU,
        builder ->
            builder.listener(
                event -> {
                  throw new IllegalStateException("broken listener");
                }));
    federation.add(A, builder -> {});
    federation.started();
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);

    Federation blind = new Federation();
    boolean[] broken = {false};
    blind.add(
        Federation.SERVER,
        SoftTee.collecting(SoftTee.CPU),
        Federation.CPU,
        builder -> builder.authorizer(SoftTee.CPU.verifyingUnless(() -> broken[0])));
    blind.add(A, builder -> {});
    blind.started();
    Instant end = blind.server().admitted(A).orElseThrow().expiresAt();
    broken[0] = true;
    cycle(blind, Federation.SERVER);
    assertThat(blind.heard(Federation.SERVER, CCEvent.Appraised.class))
        .last()
        .satisfies(
            judged -> {
              assertThat(judged.verdict().outcome()).isEqualTo(SiteVerdict.Outcome.INCONCLUSIVE);
              assertThat(judged.verdict().reason()).contains(ReasonCode.INTERNAL_ERROR);
            });
    assertThat(blind.actions).as("what fails here rejects nobody").isEmpty();
    assertThat(blind.server().admitted(A).orElseThrow().expiresAt())
        .as("and prolongs nothing")
        .isEqualTo(end);
    blind.add(B, builder -> {}).start();
    assertThatThrownBy(() -> blind.register(B)).hasMessageContaining("INTERNAL_ERROR");
    assertThat(blind.admittedAt(Federation.SERVER)).containsExactly(A);
  }

  @Test
  @DisplayName("200 peers that each take 100 ms: a cycle takes less than a second")
  void concurrent() {
    Federation federation = new Federation();
    CCManager server = federation.add(Federation.SERVER, builder -> {});
    federation.start(server);
    for (int i = 0; i < 200; i++) {
      Crowd.register(federation, "site-" + i, SoftTee.GOOD);
    }
    federation.network.attackedBy(
        (sent, on) ->
            federation.network.after(Duration.ofMillis(100)).thenCompose(now -> on.apply(sent)));
    CCEvent.RoundEnded ended = cycle(federation, Federation.SERVER);
    assertThat(ended.answered()).isEqualTo(200);
    assertThat(ended.took()).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  @DisplayName("nobody is asked who left")
  void left() {
    Federation federation = Federation.of(A, B).started();
    federation.server().leave(A);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(B);
    assertThat(cycle(federation, Federation.SERVER).asked()).isEqualTo(1);
    assertThat(
            federation.heard(Federation.SERVER, CCEvent.Appraised.class).stream()
                .filter(judged -> judged.occasion() == Occasion.CROSS_SITE))
        .hasSize(1);
  }

  private static FederationPolicy sparing(String site) {
    return FederationPolicy.named("sparing", "1")
        .anySite(SoftTee.CPU.rules())
        .unattested(site)
        .build();
  }

  @Test
  @DisplayName("a site without evidence shows in every round that its key is present")
  void presence() {
    Federation federation = new Federation();
    federation.add(Federation.SERVER, sparing(A), builder -> {});
    federation.add(A, SoftTee.CPU.verifying(), sparing(A), builder -> {});
    federation.add(B, builder -> {});
    federation.started();
    CCEvent.RoundEnded ended = cycle(federation, Federation.SERVER);
    assertThat(ended.asked()).isEqualTo(2);
    assertThat(ended.answered()).isEqualTo(2);
    assertThat(federation.server().admitted(A).orElseThrow().expiresAt())
        .isEqualTo(Federation.identity(A).certificate().expiresAt());
    lose(federation, A);
    for (int i = 0; i < 3; i++) {
      cycle(federation, Federation.SERVER);
    }
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(B);
    federation.network.honest();
    cycle(federation, Federation.SERVER);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
  }

  @Test
  @DisplayName("presence of another site, of another question and for another site is silence")
  void forgedPresence() {
    Federation federation = new Federation();
    federation.add(Federation.SERVER, sparing(A), builder -> {});
    federation.add(A, SoftTee.CPU.verifying(), sparing(A), builder -> {});
    federation.add(B, SoftTee.CPU.verifying(), sparing(A), builder -> {});
    federation.at(A).start();
    federation.server().start();
    federation.register(A);
    List<PeerMessage> earlier = new ArrayList<>();
    federation.network.attackedBy(
        (sent, on) ->
            on.apply(sent)
                .thenApply(
                    reply -> {
                      if (reply.body().containsKey(Topics.HERE)) {
                        earlier.add(reply);
                      }
                      return reply;
                    }));
    cycle(federation, Federation.SERVER);
    federation.network.attackedBy(
        (sent, on) ->
            sent.message().topic().equals(Topics.FRESH_TOKEN)
                ? CompletableFuture.completedFuture(earlier.get(0))
                : on.apply(sent));
    assertThat(cycle(federation, Federation.SERVER).answered()).as("another question").isZero();
    federation.network.attackedBy(
        (sent, on) -> {
          if (!sent.message().topic().equals(Topics.FRESH_TOKEN)) {
            return on.apply(sent);
          }
          Map<String, Object> body = new LinkedHashMap<>(earlier.get(0).body());
          Site other = new Site(Federation.identity(B));
          try {
            EvidenceRequest request =
                SignedEvidenceRequest.of(sent.message().body(), Topics.ASK, TestProject.NAME)
                    .request();
            body.put(
                Topics.HERE,
                other
                    .attester
                    .here(request.verifier(), request.job(), request.challenge())
                    .toMap());
          } catch (MalformedEvidenceException e) {
            throw new IllegalStateException(e);
          }
          return CompletableFuture.completedFuture(new PeerMessage(Topics.FRESH_TOKEN, body));
        });
    assertThat(cycle(federation, Federation.SERVER).answered()).as("another site").isZero();
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class))
        .extracting(CCEvent.Unanswered::problem)
        .satisfiesExactly(
            first -> assertThat(first).contains("SITE_SIGNATURE_INVALID"),
            second -> assertThat(second).contains("SUBJECT_MISMATCH"));
  }

  @Test
  @DisplayName("a site that need not show evidence and does is admitted by who it is")
  void shownAnyway() {
    Federation federation = new Federation();
    federation.add(Federation.SERVER, sparing(A), builder -> {});
    federation.add(A, builder -> {});
    federation.started();
    federation.tamperWith(A);
    assertThat(cycle(federation, Federation.SERVER).answered()).isEqualTo(1);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
    assertThat(federation.server().entries().get(A)).hasSize(1);
  }

  @Test
  @DisplayName("a site in quarantine for an hour has left: it is asked no more and registers anew")
  void forgotten() {
    Federation federation = Federation.of(A, B).started();
    federation.network.attackedBy(
        (sent, on) ->
            sent.to().equals(A) || sent.from().equals(A) ? Network.lost() : on.apply(sent));
    for (int i = 0; i < 3; i++) {
      cycle(federation, Federation.SERVER);
    }
    federation.time.pass(Duration.ofMinutes(59));
    assertThat(federation.heard(Federation.SERVER, CCEvent.Forgotten.class)).isEmpty();
    federation.time.pass(Duration.ofMinutes(1));
    assertThat(federation.heard(Federation.SERVER, CCEvent.Forgotten.class))
        .singleElement()
        .satisfies(event -> assertThat(event.site()).isEqualTo(A));
    assertThat(federation.actions)
        .filteredOn(action -> action.startsWith("server1"))
        .containsExactly("server1 quarantines hospital-a", "server1 forgets hospital-a");
    // A round that began before asks the silent site until its time is over.
    federation.time.pass(Duration.ofMinutes(5));
    assertThat(cycle(federation, Federation.SERVER).asked()).isEqualTo(1);
    federation.network.honest();
    federation.register(A);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
  }

  @Test
  @DisplayName("who is denied on reload is out at once, is asked no more and may not register")
  void denied() {
    Federation federation = Federation.of(A, B).started();
    federation
        .server()
        .replacePolicy(
            FederationPolicy.named("cpu", "2")
                .anySite(SoftTee.CPU.rules())
                .deny(DenyList.builder().site(A).build())
                .build());
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(B);
    federation.time.pass(Duration.ZERO);
    assertThat(federation.actions).containsExactly("server1 quarantines hospital-a");
    assertThat(cycle(federation, Federation.SERVER).asked()).isEqualTo(1);
    assertThatThrownBy(() -> federation.register(A))
        .hasRootCauseInstanceOf(AttestationException.class)
        .hasMessageContaining("DENIED");
    federation.server().replacePolicy(Federation.CPU);
    federation.register(A);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
  }

  /** Judges with code of the test before it judges. */
  private static CCAuthorizer verifyingAfter(Runnable first) {
    return SoftTee.CPU.verifyingUnless(
        () -> {
          first.run();
          return false;
        });
  }

  @Test
  @DisplayName("a policy that is loaded while a site is rejected does not admit it again")
  void rejectedDuringReplacement() {
    Federation federation = new Federation();
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    federation.add(
        Federation.SERVER,
        SoftTee.collecting(SoftTee.CPU),
        Federation.CPU,
        builder -> builder.authorizer(verifyingAfter(() -> meanwhile.getAndSet(() -> {}).run())));
    federation.add(A, builder -> {});
    federation.started();
    federation.time.pass(Duration.ofSeconds(30));
    meanwhile.set(
        () -> {
          federation.tamperWith(A);
          federation.time.await(federation.server().validate());
          assertThat(federation.admittedAt(Federation.SERVER)).as("rejected").isEmpty();
        });
    federation.server().replacePolicy(Federation.CPU);
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
    assertThat(federation.actions).containsExactly("server1 quarantines hospital-a");
  }

  @Test
  @DisplayName("a verifier that hangs ends no round late, and costs nobody else a verdict")
  void hangingVerifier() {
    Federation federation = new Federation();
    AtomicReference<Runnable> hang = new AtomicReference<>(() -> {});
    federation.add(
        Federation.SERVER,
        SoftTee.collecting(SoftTee.CPU),
        Federation.CPU,
        builder ->
            builder
                .verifyFrequency(Duration.ofHours(1))
                .authorizer(verifyingAfter(() -> hang.getAndSet(() -> {}).run())));
    federation.add(A, builder -> builder.verifyFrequency(Duration.ofDays(1)));
    federation.add(B, builder -> builder.verifyFrequency(Duration.ofDays(1)));
    federation.started();
    federation.time.pass(Duration.ofSeconds(30));
    List<CCEvent.RoundEnded> ended = new ArrayList<>();
    List<CCEvent.RoundEnded> meanwhile = new ArrayList<>();
    hang.set(
        () -> {
          federation.time.pass(Duration.ofMinutes(2));
          meanwhile.addAll(ended);
          meanwhile.add(federation.time.await(federation.server().validate()).orElseThrow());
        });
    CompletionStage<Void> noted =
        federation.server().validate().thenAccept(end -> ended.add(end.orElseThrow()));
    federation.time.await(noted);
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(meanwhile)
        .extracting(CCEvent.RoundEnded::asked, CCEvent.RoundEnded::answered)
        .as("the first round, and one without the site that is still judged")
        .containsExactly(tuple(2, 1), tuple(1, 1));
    assertThat(meanwhile.get(0).took()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(61));
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class)).isEmpty();
    assertThat(federation.time.await(federation.server().validate()).orElseThrow().answered())
        .as("once it has returned")
        .isEqualTo(2);
  }
}
