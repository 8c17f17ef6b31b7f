// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import io.fedtrust.interop.Platform.Family;
import io.fedtrust.provisioning.CertificateAuthority;
import io.fedtrust.provisioning.RequestFolder;
import io.fedtrust.provisioning.StartupKit;
import io.fedtrust.provisioning.core.EngineBuilder;
import io.fedtrust.provisioning.spi.ProvisioningEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * NVFlare's own CCManager with its SNPAuthorizer, its TDXAuthorizer and its GPUAuthorizer beside
 * ours, each as server and as client; what the vendors install is a stand-in, and the machine a
 * simulated one.
 */
class ConfidentialTest {
  private static final String SERVER = "server1.example.org";
  private static final String OURS = "hospital-java";
  private static final String THEIRS = "hospital-python";

  @TempDir Path folder;

  private Optional<Platform> made = Optional.empty();

  private Platform platform() {
    return made.orElseThrow();
  }

  private void start(Family family) {
    made = Optional.of(new Platform(family));
  }

  @AfterEach
  void stop() {
    made.ifPresent(Platform::close);
  }

  private FederationPolicy policy(String peer) {
    FederationPolicy.Builder policy = FederationPolicy.named("interop", "1").acceptUnbound(peer);
    for (AppraisalRules rules : platform().rules()) {
      policy.anySite(rules).site(peer, rules);
    }
    return policy.build();
  }

  private SiteIdentity identity(String name, String type) throws Exception {
    Path home = Files.createDirectories(folder.resolve(name));
    ProvisioningEngine engine = new EngineBuilder().build();
    Path profile =
        Files.writeString(
            home.resolve("profile.yaml"),
            "name: interop\nscheme: grpc\nconnection_security: mtls\nserver:\n  host: "
                + SERVER
                + "\n  fed_learn_port: 8002\n  admin_port: 8003\n");
    CertificateAuthority ca =
        engine.createAuthority("interop").profilePath(profile).in(home.resolve("ca"));
    Path yaml =
        Files.writeString(
            home.resolve("participant.yaml"),
            "name: interop\nparticipants:\n  - name: "
                + name
                + "\n    type: "
                + type
                + "\n    org: org\n");
    RequestFolder request =
        engine.request(engine.readDefinition(yaml)).writeTo(home.resolve("request"));
    Path signed = ca.approve(request.requestZip()).against(profile).write().signedZip();
    StartupKit kit =
        engine
            .packager(engine.openBundle(signed).trust(ca.fingerprint().text()))
            .requestFolder(request.folder())
            .packageInto(home.resolve("workspace"));
    return SiteIdentity.of(
        kit.project(), kit.certificateChain(), kit.privateKey(), kit.rootCertificate());
  }

  private CCManager manager(String name, String type, String peer, PeerChannel channel)
      throws Exception {
    CCManager.Builder builder =
        CCManager.builder(identity(name, type), SERVER, policy(peer), channel)
            .nvflarePeer(peer)
            // A due round beside the one that a test asks for would take its answer.
            .verifyFrequency(Duration.ofDays(30));
    platform().authorizers().forEach(builder::authorizer);
    CCManager manager = builder.build();
    manager.start();
    return manager;
  }

  private ConfidentialPeer peer(
      String role, String name, String enabled, Function<PeerMessage, PeerMessage> network)
      throws Exception {
    ConfidentialPeer peer =
        new ConfidentialPeer(folder.resolve("peer"), role, name, enabled, platform(), network);
    assertThat(peer.does("bootstrap", Map.of())).containsEntry("result", "went on");
    return peer;
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** What NVFlare's end of the registration channel would carry. */
  private static CompletableFuture<PeerMessage> registered(
      ConfidentialPeer server, PeerMessage message) {
    Map<String, Object> answer =
        server.does(
            "register_received", Map.of("peer", OURS, "cc_info", message.body().get("_cc_info")));
    return CompletableFuture.completedFuture(
        answer.get("result").equals("went on")
            ? new PeerMessage("register", Map.of("_cc_info", answer.get("cc_info")))
            : PeerMessage.refused("shut down"));
  }

  private static CompletableFuture<PeerMessage> asked(ConfidentialPeer peer, PeerMessage message) {
    Object payload =
        peer.does("asked", Map.of("topic", message.topic(), "payload", message.body()))
            .get("payload");
    return CompletableFuture.completedFuture(
        payload instanceof Map<?, ?> map
            ? new PeerMessage(message.topic(), texts(map))
            : PeerMessage.refused("no payload"));
  }

  private static Map<String, Object> texts(Map<?, ?> map) {
    Map<String, Object> result = new LinkedHashMap<>();
    map.forEach((key, value) -> result.put(String.valueOf(key), value));
    return result;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("NVFlare's client and our server accept each other, and go on doing so")
  void theirClient(Family family) throws Exception {
    start(family);
    CCManager[] server = new CCManager[1];
    try (ConfidentialPeer client =
            peer(
                "client",
                THEIRS,
                "server," + THEIRS,
                request -> done(server[0].receive(THEIRS, request)));
        CCManager manager =
            manager(SERVER, "server", THEIRS, (to, message, deadline) -> asked(client, message))) {
      server[0] = manager;
      Map<String, Object> before = client.does("before_register", Map.of());
      PeerMessage reply =
          done(
              manager.receive(
                  THEIRS, new PeerMessage("register", Map.of("_cc_info", before.get("cc_info")))));
      SiteVerdict verdict = manager.admitted(THEIRS).orElseThrow();
      assertThat(verdict.verdicts().get(0).appraisal().assurance()).isEqualTo(Assurance.UNBOUND);
      assertThat(client.does("after_register", Map.of("cc_info", reply.body().get("_cc_info"))))
          .containsEntry("result", "went on");

      assertThat(client.does("start", Map.of())).containsEntry("result", "went on");
      assertThat(done(manager.validate()).orElseThrow().answered()).isEqualTo(1);
      assertThat(client.does("validate", Map.of()))
          .as("it asks our server who is there, then for a token, and verifies it")
          .containsEntry("result", "went on");

      Object replayed = before.get("cc_info");
      assertThat(
              done(manager.receive(
                      THEIRS, new PeerMessage("register", Map.of("_cc_info", replayed))))
                  .topic())
          .isEqualTo(PeerMessage.REFUSED);
      assertThat(client.does("after_register", Map.of("cc_info", reply.body().get("_cc_info"))))
          .as("its SNPAuthorizer refuses a token twice as well, those of services do not look")
          .containsEntry("result", family.token() ? "went on" : "shut down");
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("our client and NVFlare's server accept each other, and go on doing so")
  void theirServer(Family family) throws Exception {
    start(family);
    CCManager[] client = new CCManager[1];
    try (ConfidentialPeer server =
            peer(
                "server",
                "server",
                "server," + OURS,
                request -> done(client[0].receive(SERVER, request)));
        CCManager manager =
            manager(
                OURS,
                "client",
                SERVER,
                (to, message, deadline) ->
                    message.topic().equals("register")
                        ? registered(server, message)
                        : asked(server, message))) {
      client[0] = manager;
      SiteVerdict verdict = done(manager.register());
      assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
      assertThat(server.does("start", Map.of())).containsEntry("result", "went on");
      assertThat(done(manager.validate()).orElseThrow().answered()).isEqualTo(1);
      assertThat(server.does("validate", Map.of()))
          .as("it asks our client for a token, and verifies it")
          .containsEntry("result", "went on");
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("a report with one bit changed is refused by either side")
  void tampered(Family family) throws Exception {
    start(family);
    try (ConfidentialPeer client =
            peer("client", THEIRS, "server," + THEIRS, request -> PeerMessage.refused("nobody"));
        CCManager manager =
            manager(SERVER, "server", THEIRS, (to, message, deadline) -> asked(client, message))) {
      platform().breaks();
      Object spoilt = client.does("before_register", Map.of()).get("cc_info");
      PeerMessage reply =
          done(manager.receive(THEIRS, new PeerMessage("register", Map.of("_cc_info", spoilt))));
      assertThat(reply.body().get(PeerMessage.REASON)).asString().contains("SIGNATURE_INVALID");
      assertThat(manager.admitted(THEIRS)).isEmpty();
    }
    try (ConfidentialPeer server =
        peer("server", "server", "server," + OURS, request -> PeerMessage.refused("nobody"))) {
      CCManager client =
          manager(
              OURS,
              "client",
              SERVER,
              (to, message, deadline) -> registered(server, spoilt(message)));
      assertThatThrownBy(() -> done(client.register())).hasMessageContaining("shut down");
      client.close();
    }
  }

  /** Our own token with a bit changed on the way. */
  private PeerMessage spoilt(PeerMessage message) {
    Map<?, ?> info = (Map<?, ?>) message.body().get("_cc_info");
    List<Object> entries = new ArrayList<>((List<?>) info.get(OURS));
    boolean devices = platform().family() == Family.GPU;
    entries.replaceAll(
        entry -> {
          Map<String, Object> changed = texts((Map<?, ?>) entry);
          String token = String.valueOf(changed.get("_cc_token"));
          if (token.startsWith("[") == devices) {
            changed.put("_cc_token", platform().changed(token));
          }
          return changed;
        });
    return new PeerMessage(message.topic(), Map.of("_cc_info", Map.of(OURS, entries)));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName(
      "nobody takes NVFlare's exchange for more than it is: without acceptUnbound it fails")
  void notAccepted(Family family) throws Exception {
    start(family);
    try (ConfidentialPeer client =
            peer("client", THEIRS, "server," + THEIRS, request -> PeerMessage.refused("nobody"));
        CCManager manager =
            manager(SERVER, "server", THEIRS, (to, message, deadline) -> asked(client, message))) {
      manager.replacePolicy(policy("somebody-else"));
      PeerMessage reply =
          done(
              manager.receive(
                  THEIRS,
                  new PeerMessage(
                      "register",
                      Map.of(
                          "_cc_info", client.does("before_register", Map.of()).get("cc_info")))));
      assertThat(reply.body().get(PeerMessage.REASON)).asString().contains("ASSURANCE_TOO_LOW");
    }
  }
}
