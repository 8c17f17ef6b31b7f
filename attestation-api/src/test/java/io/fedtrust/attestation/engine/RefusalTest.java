// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.ScheduledJob;
import io.fedtrust.attestation.job.SchedulerHooks;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Signed refusals: an answer that is no miss, whose request it is, and what is none. */
class RefusalTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final Refusal BUSY = Refusal.busy(Duration.ofSeconds(1));

  private static Refusals of(String site) {
    return new Refusals(
        Site.alone(Federation.identity(site)),
        Federation.SERVER,
        new SiteCertificates(() -> Set.of(TestProject.HOSPITALS.root)));
  }

  /** Of which no round is due before one is asked for. */
  private static Federation quiet(String... clients) {
    Federation federation = new Federation();
    federation.add(Federation.SERVER, builder -> builder.verifyFrequency(Duration.ofDays(1)));
    for (String client : clients) {
      federation.add(client, builder -> builder.verifyFrequency(Duration.ofDays(1)));
    }
    return federation.started();
  }

  private static void refusing(
      Federation federation, String site, Function<PeerMessage, PeerMessage> refusal) {
    federation.network.attackedBy(
        (sent, on) ->
            sent.to().equals(site) && sent.message().topic().equals(Topics.FRESH_TOKEN)
                ? CompletableFuture.completedFuture(refusal.apply(sent.message()))
                : on.apply(sent));
  }

  private static CCEvent.RoundEnded cycle(Federation federation) {
    federation.time.pass(Duration.ofSeconds(61));
    return federation.time.await(federation.server().validate()).orElseThrow();
  }

  private static PeerMessage with(PeerMessage message, String key, Object value) {
    Map<String, Object> body = new LinkedHashMap<>(message.body());
    body.put(key, value);
    return new PeerMessage(message.topic(), body);
  }

  @Test
  @DisplayName("five refusals in a row are no miss, then each is; no end is moved")
  void tolerated() {
    Federation federation = quiet(A, B);
    refusing(federation, A, request -> of(A).reply(Federation.SERVER, request, BUSY));
    Instant end = federation.server().admitted(A).orElseThrow().expiresAt();
    for (int round = 1; round <= 7; round++) {
      cycle(federation);
      assertThat(federation.server().admitted(A).orElseThrow().expiresAt()).isEqualTo(end);
      assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class))
          .hasSize(Math.max(0, round - 5));
    }
    cycle(federation);
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(B);
    assertThat(federation.heard(Federation.SERVER, CCEvent.PeerRefused.class))
        .hasSize(8)
        .allSatisfy(
            event -> {
              assertThat(event.site()).isEqualTo(A);
              assertThat(event.code()).isEqualTo(RefusalCode.BUSY);
            });
  }

  @Test
  @DisplayName("a judged answer between refusals begins the count anew")
  void reset() {
    Federation federation = quiet(A);
    for (int i = 0; i < 4; i++) {
      refusing(federation, A, request -> of(A).reply(Federation.SERVER, request, BUSY));
      for (int round = 0; round < 5; round++) {
        cycle(federation);
      }
      federation.network.honest();
      cycle(federation);
    }
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class)).isEmpty();
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
  }

  @Test
  @DisplayName("who is busy for a while is asked again after it, once in a round")
  void askedAgain() {
    Federation federation = quiet(A);
    List<Instant> asked = new ArrayList<>();
    refusing(
        federation,
        A,
        request -> {
          asked.add(federation.time.instant());
          return of(A).reply(Federation.SERVER, request, Refusal.busy(Duration.ofSeconds(30)));
        });
    cycle(federation);
    assertThat(asked).hasSize(2);
    assertThat(Duration.between(asked.get(0), asked.get(1))).isEqualTo(Duration.ofSeconds(30));
    assertThat(federation.heard(Federation.SERVER, CCEvent.PeerRefused.class)).hasSize(1);
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class)).isEmpty();
  }

  @Test
  @DisplayName("a refusal that is replayed, altered, unsigned or of another is silence")
  void forged() {
    Map<String, Function<PeerMessage, PeerMessage>> attacks = new LinkedHashMap<>();
    PeerMessage former =
        Refusals.refusable(new PeerMessage(Topics.FRESH_TOKEN, Map.of()), new SecureRandom());
    attacks.put("replayed", request -> of(A).reply(Federation.SERVER, former, BUSY));
    attacks.put(
        "replayed under the nonce of this request",
        request ->
            with(
                of(A).reply(Federation.SERVER, former, BUSY),
                Topics.REQUEST,
                request.body().get(Topics.REQUEST)));
    attacks.put(
        "of another topic",
        request ->
            of(A).reply(Federation.SERVER, new PeerMessage(Topics.JOB_LIST, request.body()), BUSY));
    attacks.put("to another site", request -> of(A).reply(B, request, BUSY));
    attacks.put("by another site", request -> of(B).reply(Federation.SERVER, request, BUSY));
    attacks.put("unsigned", request -> PeerMessage.refused("BUSY"));
    attacks.put(
        "with another wait",
        request -> with(of(A).reply(Federation.SERVER, request, BUSY), "retry_after", 599));
    attacks.put(
        "with another code",
        request -> with(of(A).reply(Federation.SERVER, request, BUSY), "code", "NOT_STARTED"));
    attacks.put(
        "with a code of no use here",
        request ->
            of(A).reply(Federation.SERVER, request, Refusal.declined(ReasonCode.POLICY_MISSING)));
    attacks.forEach(
        (attack, reply) -> {
          Federation federation = quiet(A);
          refusing(federation, A, reply);
          cycle(federation);
          assertThat(federation.heard(Federation.SERVER, CCEvent.PeerRefused.class))
              .as(attack)
              .isEmpty();
          assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class))
              .as(attack)
              .hasSize(1);
        });
  }

  private static boolean accepted(
      String refuser, String challenger, String topic, Refusal refusal) {
    PeerMessage request = Refusals.refusable(new PeerMessage(topic, Map.of()), new SecureRandom());
    PeerMessage reply = of(refuser).reply(challenger, request, refusal);
    try {
      return of(challenger)
          .verified(refuser, request, reply.body(), TestProject.NOW)
          .equals(refusal);
    } catch (MalformedEvidenceException e) {
      return false;
    }
  }

  @Test
  @DisplayName("each code counts in reply to its own topics alone")
  void codes() {
    List<String> all =
        List.of(
            Topics.CHALLENGE,
            Topics.REGISTER,
            Topics.GET_SITES,
            Topics.FRESH_TOKEN,
            Topics.JOB_NONCE,
            Topics.JOB_LIST,
            Topics.CHECK_RESOURCE,
            Topics.JOB_ENTRIES,
            Topics.JOB_DISPATCH,
            Topics.JOB_END);
    Function<Refusal, Function<Boolean, List<String>>> topics =
        refusal ->
            byServer ->
                all.stream()
                    .filter(
                        topic ->
                            byServer
                                ? accepted(Federation.SERVER, A, topic, refusal)
                                : accepted(A, Federation.SERVER, topic, refusal))
                    .toList();
    assertThat(topics.apply(BUSY).apply(false))
        .containsExactly(
            Topics.REGISTER, Topics.FRESH_TOKEN, Topics.JOB_LIST, Topics.CHECK_RESOURCE);
    assertThat(topics.apply(Refusal.of(RefusalCode.NOT_STARTED)).apply(true)).isEqualTo(all);
    Refusal notAdmitted = Refusal.of(RefusalCode.NOT_ADMITTED);
    assertThat(topics.apply(notAdmitted).apply(true))
        .isEqualTo(all.subList(2, all.size()))
        .doesNotContain(Topics.CHALLENGE, Topics.REGISTER);
    assertThat(topics.apply(notAdmitted).apply(false))
        .containsExactly(
            Topics.JOB_NONCE,
            Topics.JOB_LIST,
            Topics.CHECK_RESOURCE,
            Topics.JOB_DISPATCH,
            Topics.JOB_END);
    assertThat(topics.apply(Refusal.declined(ReasonCode.POLICY_MISSING)).apply(true))
        .containsExactly(Topics.REGISTER, Topics.JOB_NONCE, Topics.JOB_LIST, Topics.JOB_DISPATCH);
  }

  @Test
  @DisplayName("after a restart of the server its clients register again by themselves")
  void restarted() {
    Federation federation = Federation.of(A, B).started();
    federation.server().close();
    federation.add(Federation.SERVER, builder -> {}).start();
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
    federation.time.pass(Duration.ofMinutes(13));
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
    assertThat(federation.heard(A, CCEvent.SessionChanged.class))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.site()).isEqualTo(Federation.SERVER);
              assertThat(event.before()).isNotEqualTo(event.now());
            });
    assertThat(federation.admittedAt(A)).contains(Federation.SERVER);
    assertThat(federation.actions).isEmpty();
  }

  @Test
  @DisplayName("waits between registrations double from 10 s to 10 min, each up to a fifth more")
  void backOff() {
    Federation federation = Federation.of(A).started();
    federation.server().close();
    federation.add(Federation.SERVER, builder -> {}).start();
    List<Instant> tried = new ArrayList<>();
    federation.network.attackedBy(
        (sent, on) -> {
          if (sent.message().topic().equals(Topics.CHALLENGE)) {
            tried.add(federation.time.instant());
            return Network.lost();
          }
          return on.apply(sent);
        });
    federation.time.await(federation.at(A).validate());
    federation.time.pass(Duration.ofMinutes(40));
    assertThat(federation.admittedAt(A)).as("no admission here ends").contains(Federation.SERVER);
    federation.time.pass(Duration.ofMinutes(80));
    List<Duration> waits = new ArrayList<>();
    for (int i = 1; i < tried.size(); i++) {
      waits.add(Duration.between(tried.get(i - 1), tried.get(i)).minusSeconds(10));
    }
    long expected = 20;
    for (Duration wait : waits) {
      assertThat(wait)
          .isBetween(Duration.ofSeconds(expected), Duration.ofSeconds(expected * 12 / 10 + 1));
      expected = Math.min(600, expected * 2);
    }
    assertThat(waits).hasSizeGreaterThan(8);
    federation.network.honest();
    federation.time.pass(Duration.ofMinutes(13));
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
  }

  @Test
  @DisplayName("one registration at a time, whoever wants it")
  void oneRegistration() {
    Federation federation = Federation.of(A);
    federation.managers.values().forEach(manager -> manager.start());
    CompletableFuture<?> first = federation.at(A).register().toCompletableFuture();
    CompletableFuture<?> second = federation.at(A).register().toCompletableFuture();
    federation.time.await(CompletableFuture.allOf(first, second));
    assertThat(federation.network.sent(Topics.REGISTER)).hasSize(1);
    assertThat(first.join()).isEqualTo(second.join());
  }

  @Test
  @DisplayName("a registration that is declined ends with the reason; a busy server is asked twice")
  void registration() {
    Federation federation = Federation.of(A);
    federation.server().start();
    federation.at(A).start();
    federation.tamperWith(A);
    assertThatThrownBy(() -> federation.register(A))
        .hasRootCauseInstanceOf(AttestationException.class)
        .rootCause()
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRATION_DECLINED))
        .hasMessageContaining("MEASUREMENT_UNKNOWN");
    federation.time.pass(Duration.ofHours(1));
    assertThat(federation.network.sent(Topics.REGISTER)).as("nobody asked for more").hasSize(1);

    Federation busy = new Federation();
    busy.add(
        Federation.SERVER,
        builder -> builder.requestLimit(EvidencePurpose.REGISTRATION, 1, Duration.ofSeconds(40)));
    busy.add(A, builder -> {});
    busy.started();
    Instant before = busy.time.instant();
    busy.register(A);
    assertThat(Duration.between(before, busy.time.instant()))
        .isBetween(Duration.ofSeconds(39), Duration.ofSeconds(41));
  }

  @Test
  @DisplayName("a short validation interval puts no honest site in quarantine")
  void shortInterval() {
    Federation federation = new Federation();
    for (String name : List.of(Federation.SERVER, A, B)) {
      federation.add(name, builder -> builder.verifyFrequency(Duration.ofSeconds(1)));
    }
    federation.started();
    federation.time.pass(Duration.ofMinutes(5));
    assertThat(federation.actions).isEmpty();
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
    assertThat(federation.heard(Federation.SERVER, CCEvent.PeerRefused.class)).isNotEmpty();
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class)).isEmpty();
  }

  private static JobRequirements job(String id) {
    return new JobRequirements(id, false, Optional.of(Set.of(A, B)), Set.of(), 1, Optional.empty());
  }

  @Test
  @DisplayName("ten waiting jobs and 18 quick attempts put no honest site in quarantine")
  void manyJobs() {
    Federation federation = new Federation();
    SchedulerHooks full =
        new SchedulerHooks() {
          @Override
          public Optional<String> reserve(String job, Set<String> participants) {
            return Optional.of("no device is free");
          }
        };
    federation.add(Federation.SERVER, builder -> {});
    federation.add(A, builder -> builder.hooks(full));
    federation.add(B, builder -> builder.hooks(full));
    federation.started();
    List<ScheduledJob> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(federation.server().schedule(job("waiting-" + i)));
    }
    federation.time.pass(Duration.ofMinutes(10));
    for (int i = 0; i < 18; i++) {
      federation.time.await(federation.server().attempt(job("quick"), ScheduleHistory.NONE));
    }
    assertThat(waiting).hasSize(10);
    assertThat(federation.actions).isEmpty();
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, B);
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class)).isEmpty();
  }

  @Test
  @DisplayName("a refusal that is heard while a registration is under way adds no other")
  void heardMeanwhile() {
    Federation federation = quiet(A);
    federation.server().close();
    federation.add(Federation.SERVER, builder -> {}).start();
    List<Instant> tried = new ArrayList<>();
    List<CompletionStage<?>> rounds = new ArrayList<>();
    federation.network.attackedBy(
        (sent, on) -> {
          if (sent.message().topic().equals(Topics.CHALLENGE)) {
            tried.add(federation.time.instant());
            federation.network.later(
                Duration.ofSeconds(2), () -> rounds.add(federation.at(A).validate()));
            return Network.lost();
          }
          return on.apply(sent);
        });
    federation.time.await(federation.at(A).validate());
    federation.time.pass(Duration.ofMinutes(2));
    List<Duration> waits = new ArrayList<>();
    for (int i = 1; i < tried.size(); i++) {
      waits.add(Duration.between(tried.get(i - 1), tried.get(i)).minusSeconds(10));
    }
    assertThat(waits).hasSize(2);
    assertThat(waits.get(0)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(25));
    assertThat(waits.get(1)).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(49));
  }

  @Test
  @DisplayName("the event of a signed refusal says which one it is")
  void told() {
    Federation federation = Federation.of(A);
    federation.start(federation.server());
    PeerMessage refused =
        federation.time.await(
            federation.server().receive(A, new PeerMessage(Topics.GET_SITES, Map.of())));
    assertThat(refused.topic()).isEqualTo(PeerMessage.REFUSED);
    assertThat(federation.heard(Federation.SERVER, CCEvent.MessageRefused.class))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.refusal()).contains(RefusalCode.NOT_ADMITTED);
              assertThat(event.check()).isEmpty();
              assertThat(event.problem()).isEqualTo("NOT_ADMITTED");
            });
  }
}
