// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.CCInfo;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A client registers with a server, and each proves itself to the other. */
class RegistrationTest {
  private static final Instant NOW = TestProject.NOW;
  private static final FederationPolicy CPU =
      FederationPolicy.named("cpu", "1").anySite(SoftTee.CPU.rules()).build();

  private final SiteRegister atServer = new SiteRegister();
  private final SiteRegister atClient = new SiteRegister();
  private final Site server = Site.named("server1", "server", SoftTee.CPU);
  private final Site client = Site.named("hospital-a", "client", SoftTee.CPU);
  private final Registration servers = registration(server, atServer);
  private final Registration clients = registration(client, atClient);

  private static Registration registration(Site site, SiteRegister register) {
    return new Registration(
        site.identity,
        site.asker,
        site.prover,
        site.reader,
        site.appraisal,
        () -> CPU,
        register,
        Site.LIFE);
  }

  private static Deadline deadline() {
    return Deadline.in(Site.LIFE);
  }

  private Map<String, Object> registered() throws MalformedEvidenceException {
    return clients.register("server1", servers.challenge("hospital-a", NOW), NOW, deadline());
  }

  private static void unanswered(ReasonCode code, Registration.Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Registration.Outcome.Unanswered.class,
            no -> assertThat(no.check().code()).as(no.check().toString()).contains(code));
  }

  @Test
  @DisplayName("B16 B17 B18 both are trusted, and each keeps the other's verdict and entries")
  void bothDirections() throws Exception {
    Map<String, Object> registration = registered();
    assertThat(atServer.names()).isEmpty();
    Registration.Outcome admitted = servers.admit("hospital-a", registration, NOW, deadline());
    assertThat(admitted).isInstanceOf(Registration.Outcome.Admitted.class);
    assertThat(atServer.names()).containsExactly("hospital-a");
    assertThat(atServer.find("hospital-a").orElseThrow().entries()).hasSize(1);

    Map<String, Object> reply = ((Registration.Outcome.Admitted) admitted).reply();
    assertThat(clients.confirm("server1", reply, NOW))
        .isInstanceOf(Registration.Outcome.Admitted.class);
    assertThat(atClient.find("server1").orElseThrow().verdict().trusted()).isTrue();
  }

  @Test
  @DisplayName("B17 W06 a client that is not trusted is not stored and gets no reply; others stay")
  void rejected() throws Exception {
    servers.admit("hospital-a", registered(), NOW, deadline());
    Site tampered = Site.named("tampered", "client", SoftTee.CPU.running("bb".repeat(48)));
    Map<String, Object> registration =
        registration(tampered, new SiteRegister())
            .register("server1", servers.challenge("tampered", NOW), NOW, deadline());
    assertThat(servers.admit("tampered", registration, NOW, deadline()))
        .isInstanceOfSatisfying(
            Registration.Outcome.Rejected.class,
            no -> assertThat(no.verdict().reason()).contains(ReasonCode.MEASUREMENT_UNKNOWN));
    assertThat(atServer.names()).containsExactly("hospital-a");
  }

  @Test
  @DisplayName("B17 a site that was trusted and now proves other software is forgotten")
  void forgotten() throws Exception {
    servers.admit("hospital-a", registered(), NOW, deadline());
    Site changed = new Site(client.identity, SoftTee.CPU.running("bb".repeat(48)));
    Map<String, Object> registration =
        registration(changed, new SiteRegister())
            .register("server1", servers.challenge("hospital-a", NOW), NOW, deadline());
    servers.admit("hospital-a", registration, NOW, deadline());
    assertThat(atServer.names()).isEmpty();
  }

  @Test
  @DisplayName("W03 W06 what is no answer changes nothing of what is known")
  void unanswered() throws Exception {
    servers.admit("hospital-a", registered(), NOW, deadline());
    Map<String, Object> good = registered();
    Map<String, Object> withoutInfo = new LinkedHashMap<>(good);
    withoutInfo.remove(CCInfo.KEY);
    unanswered(
        ReasonCode.ANSWER_MALFORMED, servers.admit("hospital-a", withoutInfo, NOW, deadline()));
    Map<String, Object> withoutAsk = new LinkedHashMap<>(good);
    withoutAsk.remove(Registration.ASK);
    unanswered(ReasonCode.ASK_MALFORMED, servers.admit("hospital-a", withoutAsk, NOW, deadline()));
    Map<String, Object> junk = new LinkedHashMap<>(good);
    junk.put(CCInfo.KEY, Map.of("hospital-a", List.of("junk")));
    unanswered(ReasonCode.ANSWER_MALFORMED, servers.admit("hospital-a", junk, NOW, deadline()));
    Map<String, Object> renamed = new LinkedHashMap<>(good);
    renamed.put(CCInfo.KEY, Map.of("unlisted", List.of()));
    unanswered(ReasonCode.SUBJECT_MISMATCH, servers.admit("hospital-a", renamed, NOW, deadline()));
    assertThat(atServer.names()).containsExactly("hospital-a");
    assertThat(servers.admit("hospital-a", good, NOW, deadline()))
        .isInstanceOf(Registration.Outcome.Admitted.class);
  }

  @Test
  @DisplayName("W04 a registration counts for the site at the other end of the connection alone")
  void otherConnection() throws Exception {
    Map<String, Object> registration = registered();
    unanswered(
        ReasonCode.SUBJECT_MISMATCH, servers.admit("hospital-b", registration, NOW, deadline()));
    assertThat(atServer.names()).isEmpty();
  }

  @Test
  @DisplayName("W07 6 a reply without the server's entries, or with the client's own, is refused")
  void serverWithoutEntries() throws Exception {
    Map<String, Object> own = registered();
    unanswered(ReasonCode.ANSWER_MALFORMED, clients.confirm("server1", Map.of(), NOW));
    unanswered(ReasonCode.SUBJECT_MISMATCH, clients.confirm("server1", own, NOW));
    assertThat(atClient.names()).isEmpty();
  }

  @Test
  @DisplayName("a challenge that is none, or of a relay, is not answered")
  void badChallenge() {
    assertThatThrownBy(() -> clients.register("server1", Map.of(), NOW, deadline()))
        .isInstanceOf(MalformedEvidenceException.class);
    Site relay = Site.named("relay", "client", SoftTee.CPU);
    Map<String, Object> forSomebodyElse =
        registration(relay, new SiteRegister()).challenge("hospital-b", NOW);
    assertThatThrownBy(() -> clients.register("relay", forSomebodyElse, NOW, deadline()))
        .isInstanceOf(MalformedEvidenceException.class);
    Map<String, Object> ofAnotherSite =
        registration(relay, new SiteRegister()).challenge("hospital-a", NOW);
    assertThatThrownBy(() -> clients.register("server1", ofAnotherSite, NOW, deadline()))
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class,
            e -> assertThat(e.check().code()).contains(ReasonCode.SUBJECT_MISMATCH));
  }
}
