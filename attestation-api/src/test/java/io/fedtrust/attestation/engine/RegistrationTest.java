// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sites judge themselves, register, and judge each other. */
class RegistrationTest {
  private static final String A = "hospital-a";

  /** What a client sends to register, kept from the server. */
  private static PeerMessage kept(Federation federation, String client) {
    List<PeerMessage> kept = new ArrayList<>();
    federation.network.attackedBy(
        (sent, on) -> {
          if (sent.message().topic().equals(Topics.REGISTER)) {
            kept.add(sent.message());
            return CompletableFuture.completedFuture(PeerMessage.refused("kept"));
          }
          return on.apply(sent);
        });
    assertThatThrownBy(() -> federation.register(client)).hasMessageContaining("kept");
    federation.network.honest();
    return kept.get(0);
  }

  private static PeerMessage with(PeerMessage message, String key, Object value) {
    Map<String, Object> body = new LinkedHashMap<>(message.body());
    body.put(key, value);
    return new PeerMessage(message.topic(), body);
  }

  private static PeerMessage without(PeerMessage message, String key) {
    Map<String, Object> body = new LinkedHashMap<>(message.body());
    body.remove(key);
    return new PeerMessage(message.topic(), body);
  }

  /** Late enough not to be one too many. */
  private static String sent(Federation federation, String from, PeerMessage message) {
    federation.time.pass(Duration.ofSeconds(10));
    PeerMessage reply = federation.time.await(federation.server().receive(from, message));
    return reply.topic().equals(PeerMessage.REFUSED)
        ? String.valueOf(reply.body().get(PeerMessage.REASON))
        : "accepted";
  }

  @Test
  @DisplayName("a site judges itself before it says anything to anybody")
  void bootstrap() {
    Federation federation = Federation.of(A);
    SiteVerdict verdict = federation.at(A).start();
    assertThat(verdict.trusted()).isTrue();
    assertThat(federation.network.sent()).isEmpty();
    assertThat(federation.heard(A, CCEvent.Appraised.class))
        .singleElement()
        .satisfies(judged -> assertThat(judged.occasion()).isEqualTo(Occasion.BOOTSTRAP));
  }

  @Test
  @DisplayName("a site that cannot satisfy its own policy does not start, and says why")
  void unsatisfied() {
    Federation federation = Federation.of();
    CCManager tampered =
        federation.add(
            "tampered",
            SoftTee.collecting(SoftTee.CPU.running(Federation.OTHER_SOFTWARE)),
            Federation.CPU,
            builder -> builder.authorizer(SoftTee.CPU.verifying()));
    CCManager broken =
        federation.add(
            "broken",
            SoftTee.collecting(
                SoftTee.giving(
                    EvidenceForm.SNP_REPORT,
                    binding -> {
                      throw new IllegalStateException("no device");
                    })),
            Federation.CPU,
            builder -> builder.authorizer(SoftTee.CPU.verifying()));
    CCManager bare = federation.add("bare", SoftTee.CPU.verifying(), Federation.CPU, builder -> {});
    for (Map.Entry<CCManager, String> each :
        Map.of(
                tampered, "MEASUREMENT_UNKNOWN",
                broken, "unexpected failure (IllegalStateException)",
                bare, "1 to 8 entries")
            .entrySet()) {
      assertThatThrownBy(each.getKey()::start)
          .isInstanceOfSatisfying(
              AttestationException.class,
              e ->
                  assertThat(e.code())
                      .isEqualTo(
                          each.getKey().equals(broken)
                              ? ErrorCode.COLLECTION_FAILED
                              : ErrorCode.SELF_REJECTED))
          .hasMessageContaining(each.getValue());
    }
  }

  @Test
  @DisplayName("a machine without confidential hardware does not start: the collector's own code")
  void notConfidential() {
    Federation federation = Federation.of();
    AttestationException absent =
        AttestationException.of(ErrorCode.NOT_CONFIDENTIAL, "/dev/sev-guest", "no such device")
            .withHint("Run this in a confidential VM.");
    CCManager plain =
        federation.add(
            "plain",
            SoftTee.collecting(
                SoftTee.giving(
                    EvidenceForm.SNP_REPORT,
                    binding -> {
                      throw absent;
                    })),
            Federation.CPU,
            builder -> builder.authorizer(SoftTee.CPU.verifying()));
    assertThatThrownBy(plain::start).isSameAs(absent);
    federation.time.pass(Duration.ZERO);
    assertThat(federation.heard("plain", CCEvent.Appraised.class))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.verdict().outcome()).isEqualTo(SiteVerdict.Outcome.REJECTED);
              assertThat(event.verdict().reason()).contains(ReasonCode.EVIDENCE_MISSING);
              assertThat(event.verdict().explain()).contains("/dev/sev-guest: no such device");
            });
  }

  @Test
  @DisplayName("both are trusted, and each keeps the other's verdict and entries")
  void bothDirections() {
    Federation federation = Federation.of(A).started();
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
    assertThat(federation.admittedAt(A)).containsExactly(Federation.SERVER);
    assertThat(federation.server().entries().get(A)).hasSize(1);
    assertThat(federation.network.sent(Topics.REGISTER))
        .singleElement()
        .satisfies(sent -> assertThat(sent.message().body()).containsKey("_cc_info"));
    assertThat(federation.server().entries()).containsKey(Federation.SERVER);
  }

  @Test
  @DisplayName("a client that is not trusted is not stored and gets no reply; others stay")
  void rejected() {
    Federation federation = Federation.of(A).started();
    CCManager tampered = federation.addTampered("tampered");
    assertThatThrownBy(() -> federation.time.await(tampered.register()))
        .hasMessageContaining("MEASUREMENT_UNKNOWN");
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A);
    assertThat(federation.server().entries()).doesNotContainKey("tampered");
    assertThat(federation.actions).as("nobody else is touched").isEmpty();
  }

  @Test
  @DisplayName("a site that was trusted and now proves other software is admitted no longer")
  void changed() {
    Federation federation = Federation.of(A).started();
    CCManager other = federation.addTampered(A);
    assertThatThrownBy(() -> federation.time.await(other.register()))
        .hasMessageContaining("MEASUREMENT_UNKNOWN");
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
    assertThat(federation.actions).containsExactly("server1 quarantines hospital-a");
  }

  @Test
  @DisplayName("what is no registration changes nothing of what is known")
  void unanswered() {
    Federation federation = Federation.of(A, "hospital-b").started();
    assertThat(sent(federation, A, without(kept(federation, A), CCInfo.KEY)))
        .contains("ANSWER_MALFORMED");
    assertThat(sent(federation, A, without(kept(federation, A), Topics.ASK)))
        .contains("REQUEST_MALFORMED");
    assertThat(
            sent(federation, A, with(kept(federation, A), CCInfo.KEY, Map.of(A, List.of("junk")))))
        .contains("ANSWER_MALFORMED");
    assertThat(sent(federation, A, with(kept(federation, A), CCInfo.KEY, List.of("junk"))))
        .contains("ANSWER_MALFORMED");
    assertThat(
            sent(
                federation,
                A,
                with(kept(federation, A), CCInfo.KEY, Map.of("unlisted", List.of()))))
        .contains("SUBJECT_MISMATCH");
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly(A, "hospital-b");
    assertThat(federation.actions).isEmpty();
    PeerMessage good = kept(federation, A);
    assertThat(sent(federation, A, good)).isEqualTo("accepted");
    assertThat(sent(federation, A, good)).as("once").contains("ALREADY_ANSWERED");
  }

  @Test
  @DisplayName("a registration counts for the site at the other end of the connection alone")
  void otherConnection() {
    Federation federation = Federation.of(A, "hospital-b");
    federation.managers.values().forEach(federation::start);
    PeerMessage good = kept(federation, A);
    assertThat(sent(federation, "hospital-b", good)).contains("SUBJECT_MISMATCH");
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
  }

  @Test
  @DisplayName("no member of a message and no role in a header spares a site its evidence")
  void selfChosenType() {
    Federation federation = Federation.of(A);
    federation.managers.values().forEach(federation::start);
    PeerMessage admin = with(without(kept(federation, A), CCInfo.KEY), "client_type", "admin");
    assertThat(sent(federation, A, admin)).contains("ANSWER_MALFORMED");
    PeerMessage heartbeat = new PeerMessage("heartbeat", Map.of("client_type", "admin"));
    assertThat(sent(federation, A, heartbeat)).contains("REQUEST_MALFORMED");
    assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
  }

  @Test
  @DisplayName("a reply without the server's entries, or with the client's own, is refused")
  void serverWithoutEntries() {
    for (String attack : List.of("no entries", "own entries", "nothing")) {
      Federation federation = Federation.of(A);
      federation.managers.values().forEach(federation::start);
      federation.network.attackedBy(
          (sent, on) ->
              sent.message().topic().equals(Topics.REGISTER)
                  ? CompletableFuture.completedFuture(
                      new PeerMessage(
                          Topics.REGISTER,
                          switch (attack) {
                            case "no entries" -> Map.of(CCInfo.KEY, Map.of("server1", List.of()));
                            case "own entries" -> sent.message().body();
                            default -> Map.of();
                          }))
                  : on.apply(sent));
      assertThatThrownBy(() -> federation.register(A))
          .hasMessageContaining(
              attack.equals("own entries") ? "SUBJECT_MISMATCH" : "ANSWER_MALFORMED");
      assertThat(federation.admittedAt(A)).isEmpty();
    }
  }

  @Test
  @DisplayName("a site without evidence takes part where the policy names it, and only there")
  void unattested() {
    FederationPolicy named =
        FederationPolicy.named("mixed", "1")
            .anySite(SoftTee.CPU.rules())
            .unattested(Federation.SERVER)
            .unattested("bare")
            .build();
    Federation federation = new Federation();
    federation.add(Federation.SERVER, SoftTee.CPU.verifying(), named, builder -> {});
    federation.add("bare", SoftTee.CPU.verifying(), named, builder -> {});
    federation.add(A, SoftTee.CPU, named, builder -> {});
    federation.add("other", SoftTee.CPU, Federation.CPU, builder -> {});
    federation.managers.values().forEach(federation::start);
    federation.register(A);
    SiteVerdict server = federation.register("bare");
    assertThat(server.notes()).singleElement().asString().contains("attestation: none");
    assertThat(federation.admittedAt(Federation.SERVER)).containsExactly("bare", A);
    assertThat(federation.server().admitted("bare").orElseThrow().expiresAt())
        .isEqualTo(Federation.identity("bare").certificate().expiresAt());
    assertThat(federation.register("other"))
        .as("to whom the server is not named")
        .satisfies(verdict -> assertThat(verdict.reason()).contains(ReasonCode.EVIDENCE_MISSING));
    assertThat(federation.admittedAt("other")).isEmpty();
    assertThat(federation.actions).isEmpty();
  }

  @Test
  @DisplayName("no event and no message in words holds a token")
  void noTokens() {
    Federation federation = Federation.of(A).started();
    federation.time.await(federation.server().validate());
    String token = federation.server().entries().get(A).get(0).token();
    assertThat(federation.events.toString()).doesNotContain(token);
    assertThat(federation.network.sent().toString()).doesNotContain(token);
    federation.events.get(Federation.SERVER).stream()
        .filter(CCEvent.Appraised.class::isInstance)
        .map(CCEvent.Appraised.class::cast)
        .forEach(judged -> assertThat(judged.verdict().explain()).doesNotContain(token));
  }

  @Test
  @DisplayName("one collector and one verifier a family")
  void twoOfAFamily() {
    assertThatThrownBy(() -> builder().authorizer(SoftTee.CPU).authorizer(SoftTee.CPU.verifying()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x-snp");
    builder().authorizer(SoftTee.collecting(SoftTee.CPU)).authorizer(SoftTee.CPU.verifying());
  }

  private static CCManager.Builder builder() {
    return CCManager.builder(
        Federation.identity(A),
        Federation.SERVER,
        Federation.CPU,
        (peer, message, deadline) -> new CompletableFuture<>());
  }

  @Test
  @DisplayName("requests of a relay or for somebody else are not answered")
  void badChallenge() {
    Federation federation = Federation.of(A, "relay");
    federation.managers.values().forEach(federation::start);
    federation.network.attackedBy(
        (sent, on) -> {
          if (sent.message().topic().equals(Topics.CHALLENGE)) {
            Site relay = new Site(Federation.identity("relay"), SoftTee.CPU);
            return CompletableFuture.completedFuture(
                new PeerMessage(
                    Topics.CHALLENGE,
                    Map.of(
                        Topics.ASK,
                        relay.request(new Site(Federation.identity(A), SoftTee.CPU)).toMap())));
          }
          return on.apply(sent);
        });
    assertThatThrownBy(() -> federation.register(A))
        .hasMessageContaining(ReasonCode.SUBJECT_MISMATCH.name());
  }
}
