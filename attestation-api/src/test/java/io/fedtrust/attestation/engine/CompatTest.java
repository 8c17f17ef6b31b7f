// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.PeerMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Peers that speak NVFlare's own exchange: configured one by one, and never taken for more. */
class CompatTest {
  private static final String PEER = "hospital-p";
  private static final FederationPolicy UNBOUND =
      FederationPolicy.named("unbound", "1")
          .anySite(SoftTee.CPU.rules())
          .site(PEER, SoftTee.CPU.rules())
          .acceptUnbound(PEER)
          .build();

  private static Map<String, Object> entry() {
    return Site.entryAsNvflare(PEER);
  }

  private static PeerMessage fresh(Object... entries) {
    return new PeerMessage(
        "request_fresh_token", Map.of("site_name", PEER, "cc_info", List.of(entries)));
  }

  private static Federation federation(FederationPolicy policy, String... compat) {
    Federation federation = new Federation();
    federation.add(
        Federation.SERVER,
        SoftTee.CPU,
        policy,
        builder -> {
          for (String peer : compat) {
            builder.nvflarePeer(peer);
          }
        });
    federation.network.join(
        PEER, (from, message) -> CompletableFuture.completedFuture(fresh(entry())));
    federation.start(federation.server());
    return federation;
  }

  private static PeerMessage registers(Federation federation, Object info) {
    return federation.time.await(
        federation.server().receive(PEER, new PeerMessage("register", Map.of("_cc_info", info))));
  }

  @Test
  @DisplayName("a configured peer registers with NVFlare's shapes, and is trusted as UNBOUND")
  void registers() {
    Federation federation = federation(UNBOUND, PEER);
    PeerMessage reply = registers(federation, Map.of(PEER, List.of(entry())));
    SiteVerdict verdict = federation.server().admitted(PEER).orElseThrow();
    assertThat(verdict.verdicts().get(0).appraisal().assurance()).isEqualTo(Assurance.UNBOUND);
    assertThat(verdict.notes()).singleElement().asString().contains("chose the nonce itself");
    Map<?, ?> own = (Map<?, ?>) reply.body().get("_cc_info");
    assertThat(own.keySet()).as("NVFlare's name of a server").isEqualTo(Set.of("server"));
    Map<?, ?> shown = (Map<?, ?>) ((List<?>) own.get("server")).get(0);
    assertThat(shown.keySet())
        .isEqualTo(Set.of("_cc_token", "_cc_namespace", "_cc_token_validated"));
    assertThat(shown.get("_cc_token_validated")).isEqualTo(false);
  }

  @Test
  @DisplayName("the earlier revision's bare list and byte strings are read, too")
  void otherShapes() {
    Federation federation = federation(UNBOUND, PEER);
    Map<String, Object> bytes = new LinkedHashMap<>(entry());
    bytes.put("_cc_token", String.valueOf(bytes.get("_cc_token")).getBytes(StandardCharsets.UTF_8));
    registers(federation, List.of(bytes));
    assertThat(federation.server().admitted(PEER)).isPresent();
  }

  @Test
  @DisplayName("without acceptUnbound in the policy a configured peer is rejected")
  void notAccepted() {
    Federation federation = federation(Federation.CPU, PEER);
    assertThat(registers(federation, Map.of(PEER, List.of(entry()))).body().get("reason"))
        .asString()
        .contains("ASSURANCE_TOO_LOW");
    assertThat(federation.server().admitted(PEER)).isEmpty();
  }

  @Test
  @DisplayName("nothing is negotiated: who is not configured must prove itself, whatever it sends")
  void notConfigured() {
    Federation federation = federation(UNBOUND);
    assertThat(registers(federation, Map.of(PEER, List.of(entry()))).body().get("reason"))
        .asString()
        .contains("REQUEST_MALFORMED");
    PeerMessage asked =
        federation.time.await(
            federation
                .server()
                .receive(PEER, new PeerMessage("request_fresh_token", Map.of("requester", PEER))));
    assertThat(asked.topic()).isEqualTo(PeerMessage.REFUSED);
    assertThat(federation.server().admitted(PEER)).isEmpty();
  }

  @Test
  @DisplayName("a token that was seen before is refused, whoever presents it")
  void seen() {
    Federation federation = federation(UNBOUND, PEER);
    Map<String, Object> entry = entry();
    registers(federation, Map.of(PEER, List.of(entry)));
    assertThat(registers(federation, Map.of(PEER, List.of(entry))).body().get("reason"))
        .asString()
        .contains("ALREADY_ANSWERED");
    assertThat(federation.server().admitted(PEER)).isPresent();
    List<String> asked = new ArrayList<>();
    Federation outliving = new Federation();
    outliving.add(
        Federation.SERVER,
        SoftTee.CPU,
        UNBOUND,
        builder ->
            builder
                .nvflarePeer(PEER)
                .replayGuard(
                    (site, keys, end) -> {
                      asked.add(site);
                      assertThat(keys).hasSize(2).allMatch(key -> key.matches("[0-9a-f]{64}"));
                      assertThat(end).as("a nonce has no end").isEmpty();
                      return false;
                    }));
    outliving.start(outliving.server());
    registers(outliving, Map.of(PEER, List.of(entry())));
    assertThat(asked).containsExactly(PEER);
    assertThat(outliving.server().admitted(PEER)).isEmpty();
    assertThat(outliving.heard(Federation.SERVER, CCEvent.EvidenceReplayed.class))
        .singleElement()
        .satisfies(event -> assertThat(event.first()).as("only the host knows").isEmpty());
  }

  @Test
  @DisplayName("a blank behind a token makes it no new one")
  void writtenOtherwise() {
    Federation federation = federation(UNBOUND, PEER);
    Map<String, Object> entry = entry();
    registers(federation, Map.of(PEER, List.of(entry)));
    Map<String, Object> blank = new LinkedHashMap<>(entry);
    blank.put("_cc_token", entry.get("_cc_token") + " ");
    assertThat(registers(federation, Map.of(PEER, List.of(blank))).body().get("reason"))
        .asString()
        .contains("ALREADY_ANSWERED");
    assertThat(federation.heard(Federation.SERVER, CCEvent.Appraised.class))
        .as("no verdict beside the one on this site itself and the first")
        .hasSize(2);
    assertThat(federation.server().admitted(PEER)).as("what was known stays").isPresent();
  }

  @Test
  @DisplayName("an event names who presented evidence, and who had presented it before")
  void presenters() {
    String other = "hospital-q";
    Federation federation =
        federation(
            FederationPolicy.named("unbound", "1")
                .anySite(SoftTee.CPU.rules())
                .site(PEER, SoftTee.CPU.rules())
                .site(other, SoftTee.CPU.rules())
                .acceptUnbound(PEER)
                .acceptUnbound(other)
                .build(),
            PEER,
            other);
    Map<String, Object> entry = entry();
    registers(federation, Map.of(PEER, List.of(entry)));
    PeerMessage reply =
        federation.time.await(
            federation
                .server()
                .receive(
                    other,
                    new PeerMessage(
                        "register", Map.of("_cc_info", Map.of(other, List.of(entry))))));
    assertThat(reply.body().get("reason")).asString().doesNotContain(PEER);
    assertThat(federation.heard(Federation.SERVER, CCEvent.EvidenceReplayed.class))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.site()).isEqualTo(other);
              assertThat(event.first()).contains(PEER);
            });
    assertThat(federation.server().admitted(other)).isEmpty();
  }

  @Test
  @DisplayName("only genuine evidence is noted: a forgery does not spend what it imitates")
  void forged() {
    Federation federation = federation(UNBOUND, PEER);
    Map<String, Object> entry = entry();
    Map<String, Object> forged = new LinkedHashMap<>(entry);
    forged.put("_cc_token", entry.get("_cc_token") + "00");
    assertThat(registers(federation, Map.of(PEER, List.of(forged))).body().get("reason"))
        .asString()
        .contains("SIGNATURE_INVALID");
    registers(federation, Map.of(PEER, List.of(entry)));
    assertThat(federation.server().admitted(PEER)).isPresent();
  }

  @Test
  @DisplayName("evidence is noted before it is appraised: what a policy rejects is spent, too")
  void rejectedIsSpent() {
    Federation federation = federation(Federation.CPU, PEER);
    Map<String, Object> entry = entry();
    assertThat(registers(federation, Map.of(PEER, List.of(entry))).body().get("reason"))
        .asString()
        .contains("ASSURANCE_TOO_LOW");
    assertThat(registers(federation, Map.of(PEER, List.of(entry))).body().get("reason"))
        .asString()
        .contains("ALREADY_ANSWERED");
  }

  @Test
  @DisplayName("another policy judges what was noted again, and takes it for no replay")
  void policyReplaced() {
    Federation federation = federation(UNBOUND, PEER);
    registers(federation, Map.of(PEER, List.of(entry())));
    federation
        .server()
        .replacePolicy(
            FederationPolicy.named("unbound", "2")
                .anySite(SoftTee.CPU.rules())
                .site(PEER, SoftTee.CPU.rules())
                .acceptUnbound(PEER)
                .build());
    assertThat(federation.server().admitted(PEER)).isPresent();
    assertThat(federation.heard(Federation.SERVER, CCEvent.EvidenceReplayed.class)).isEmpty();
  }

  @Test
  @DisplayName("unknown families, two of one, none and empty tokens are refused")
  void malformed() {
    Federation federation = federation(UNBOUND, PEER);
    Map<String, Object> unknown = new LinkedHashMap<>(entry());
    unknown.put("_cc_namespace", "x-mock");
    Map<String, Object> empty = new LinkedHashMap<>(entry());
    empty.put("_cc_token", "");
    for (Object info :
        List.of(
            List.of(),
            List.of(unknown),
            List.of(empty),
            List.of(entry(), entry()),
            Map.of("another", List.of(entry())),
            "junk")) {
      assertThat(registers(federation, info).topic()).isEqualTo(PeerMessage.REFUSED);
      assertThat(federation.server().admitted(PEER)).isEmpty();
    }
  }

  @Test
  @DisplayName("a service's token without a verifier here is refused, whatever it claims to be")
  void serviceTokens() {
    FederationPolicy azure =
        FederationPolicy.named("azure", "1")
            .site(PEER, SoftTee.AZURE.rules())
            .acceptUnbound(PEER)
            .anySite(SoftTee.CPU.rules())
            .build();
    Federation federation = federation(azure, PEER);
    for (String token : List.of("e30.e30.", "eyJhbGciOiJub25lIn0.e30.", "e30.e30.c2ln")) {
      Map<String, Object> entry =
          Map.of("_cc_token", token, "_cc_namespace", "x-az-aci", "_cc_token_validated", true);
      assertThat(registers(federation, Map.of(PEER, List.of(entry))).body().get("reason"))
          .asString()
          .contains("VERIFIER_MISSING");
      assertThat(federation.server().admitted(PEER)).isEmpty();
    }
  }

  @Test
  @DisplayName("a configured peer is answered in its shape, and not more often than others")
  void answers() {
    Federation federation = new Federation();
    federation.add(
        Federation.SERVER,
        SoftTee.CPU,
        UNBOUND,
        builder ->
            builder
                .nvflarePeer(PEER)
                .requestLimit(EvidencePurpose.CROSS_SITE, 2, Duration.ofSeconds(10)));
    federation.start(federation.server());
    List<String> topics = new ArrayList<>();
    Set<Object> tokens = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      PeerMessage reply =
          federation.time.await(
              federation
                  .server()
                  .receive(
                      PEER, new PeerMessage("request_fresh_token", Map.of("requester", PEER))));
      topics.add(reply.topic());
      if (reply.body().get("cc_info") instanceof List<?> list) {
        assertThat(reply.body().keySet()).isEqualTo(Set.of("site_name", "cc_info"));
        tokens.add(((Map<?, ?>) list.get(0)).get("_cc_token"));
      }
    }
    assertThat(topics)
        .containsExactly("request_fresh_token", "request_fresh_token", PeerMessage.REFUSED);
    assertThat(tokens).as("a fresh nonce each time").hasSize(2);
  }

  @Test
  @DisplayName("a configured peer is validated while it runs, and recovers as any other")
  void crossSite() {
    Federation federation = federation(UNBOUND, PEER);
    registers(federation, Map.of(PEER, List.of(entry())));
    assertThat(federation.time.await(federation.server().validate()).orElseThrow().answered())
        .isEqualTo(1);
    assertThat(federation.network.sent("request_fresh_token"))
        .singleElement()
        .satisfies(
            sent -> assertThat(sent.message().body()).isEqualTo(Map.of("requester", "server1")));
    Map<String, Object> same = entry();
    federation.network.join(
        PEER, (from, message) -> CompletableFuture.completedFuture(fresh(same)));
    federation.time.await(federation.server().validate());
    federation.time.await(federation.server().validate());
    assertThat(federation.heard(Federation.SERVER, CCEvent.Unanswered.class))
        .singleElement()
        .satisfies(event -> assertThat(event.problem()).contains("ALREADY_ANSWERED"));
  }

  @Test
  @DisplayName("a client registers with a configured server, and judges its reply")
  void client() {
    Federation federation = new Federation();
    FederationPolicy server =
        FederationPolicy.named("unbound", "1")
            .anySite(SoftTee.CPU.rules())
            .site(Federation.SERVER, SoftTee.CPU.rules())
            .acceptUnbound(Federation.SERVER)
            .build();
    CCManager client =
        federation.add(
            "hospital-a", SoftTee.CPU, server, builder -> builder.nvflarePeer(Federation.SERVER));
    federation.start(client);
    Map<String, Object> entry = new LinkedHashMap<>(entry());
    federation.network.join(
        Federation.SERVER,
        (from, message) ->
            CompletableFuture.completedFuture(
                new PeerMessage("register", Map.of("_cc_info", Map.of("server", List.of(entry))))));
    SiteVerdict verdict = federation.time.await(client.register());
    assertThat(verdict.trusted()).isTrue();
    assertThat(federation.network.sent("challenge")).isEmpty();
    assertThat(federation.network.sent("register"))
        .singleElement()
        .satisfies(
            sent -> assertThat(sent.message().body().keySet()).isEqualTo(Set.of("_cc_info")));
    assertThatThrownBy(() -> federation.time.await(client.register()))
        .hasMessageContaining("ALREADY_ANSWERED");
  }

  @Test
  @DisplayName("a configured peer takes part in a job beside those who have rounds")
  void job() {
    Federation federation = new Federation();
    for (String name : List.of(Federation.SERVER, "hospital-a")) {
      federation.add(
          name,
          SoftTee.CPU,
          UNBOUND,
          builder -> builder.nvflarePeer(PEER).untrustedClients(UntrustedClientPolicy.EXCLUDE));
    }
    federation.add("hospital-b", SoftTee.CPU, UNBOUND, builder -> {});
    List<PeerMessage> heard = new ArrayList<>();
    federation.network.join(
        PEER,
        (from, message) -> {
          heard.add(message);
          return CompletableFuture.completedFuture(
              message.topic().equals("request_fresh_token")
                  ? fresh(entry())
                  : new PeerMessage(
                      message.topic(),
                      Map.of("_is_resource_enough", true, "_resource_reserve_token", "t")));
        });
    federation.started();
    registers(federation, Map.of(PEER, List.of(entry())));
    JobRequirements job =
        new JobRequirements(
            "job-1",
            false,
            Optional.of(Set.of(PEER, "hospital-a", "hospital-b")),
            Set.of(PEER),
            2,
            Optional.empty());
    JobDecision decision =
        federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE)).decision();
    assertThat(decision).isInstanceOf(JobDecision.Dispatch.class);
    assertThat(((JobDecision.Dispatch) decision).clients()).containsExactly("hospital-a", PEER);
    assertThat(((JobDecision.Dispatch) decision).left().get("hospital-b"))
        .as("to whom the peer is not configured")
        .contains("no answer");
    assertThat(heard.get(1).body()).containsOnlyKeys("_peer_ctx_cc_token");
    assertThat(federation.server().participants("job-1"))
        .containsExactly("hospital-a", PEER, Federation.SERVER);
    assertThat(federation.at("hospital-a").participants("job-1"))
        .containsExactly("hospital-a", PEER, Federation.SERVER);
    assertThat(heard)
        .extracting(PeerMessage::topic)
        .containsExactly("request_fresh_token", "scheduler.check_resource");
  }

  @Test
  @DisplayName("registrations of an NVFlare peer are counted, too")
  void registrationsCounted() {
    Federation federation = federation(UNBOUND, PEER);
    List<String> reasons = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      PeerMessage reply = registers(federation, "junk");
      reasons.add(String.valueOf(reply.body().get(PeerMessage.REASON)));
    }
    assertThat(reasons.subList(0, 4)).noneMatch(reason -> reason.startsWith("BUSY"));
    assertThat(reasons.get(4)).startsWith("BUSY");
  }

  @Test
  @DisplayName("a configured peer with attestation: none shows nothing, and stops no strong client")
  void jobWithoutEvidence() {
    FederationPolicy none =
        FederationPolicy.named("none", "1").anySite(SoftTee.CPU.rules()).unattested(PEER).build();
    Federation federation = new Federation();
    for (String name : List.of(Federation.SERVER, "hospital-a")) {
      federation.add(name, SoftTee.CPU, none, builder -> builder.nvflarePeer(PEER));
    }
    federation.network.join(
        PEER,
        (from, message) ->
            CompletableFuture.completedFuture(
                message.topic().equals("request_fresh_token")
                    ? fresh()
                    : new PeerMessage(
                        message.topic(),
                        Map.of("_is_resource_enough", true, "_resource_reserve_token", "t"))));
    federation.started();
    registers(federation, Map.of(PEER, List.of()));
    JobRequirements job =
        new JobRequirements(
            "job-1",
            false,
            Optional.of(Set.of(PEER, "hospital-a")),
            Set.of(PEER, "hospital-a"),
            2,
            Optional.empty());
    JobDecision decision =
        federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE)).decision();
    assertThat(decision).isInstanceOf(JobDecision.Dispatch.class);
    assertThat(federation.network.sent(Topics.JOB_ENTRIES))
        .as("there is nothing to fetch")
        .isEmpty();
    assertThat(federation.at("hospital-a").participants("job-1"))
        .containsExactly("hospital-a", PEER, Federation.SERVER);
  }
}
