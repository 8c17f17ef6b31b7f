// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.policy.SnpVocabulary;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.PeerMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A federation in one JVM on simulated SEV-SNP, in real threads. */
class ManagersTest {
  private static final Instant MADE = Certified.NOW.minus(Duration.ofHours(2));
  private static final byte[] GOOD = filled(1);
  private static final SimulatedSnpPlatform PLATFORM =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, new SecureRandom());
  private static final FederationPolicy POLICY =
      FederationPolicy.named("hospitals", "1")
          .anySite(
              AppraisalRules.of(new SnpVocabulary())
                  .measurement(ReferenceValue.of("good", HexFormat.of().formatHex(GOOD)))
                  .build())
          .build();

  /** Of a site that accepts itself whatever it runs. */
  private static FederationPolicy accepting(byte[] measurement) {
    return FederationPolicy.named("self-satisfied", "1")
        .anySite(
            AppraisalRules.of(new SnpVocabulary())
                .measurement(ReferenceValue.of("other", HexFormat.of().formatHex(measurement)))
                .build())
        .build();
  }

  private final InProcessNetwork network = new InProcessNetwork();
  private final List<CCEvent> events = Collections.synchronizedList(new ArrayList<>());

  private static byte[] filled(int value) {
    byte[] bytes = new byte[48];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private CCManager.Builder builder(String name, String role, byte[] measurement) {
    return builder(name, role, measurement, POLICY);
  }

  private CCManager.Builder builder(
      String name, String role, byte[] measurement, FederationPolicy policy) {
    List<CollateralItem> items =
        PLATFORM.collateral(PLATFORM.report(), MADE.plus(Duration.ofHours(1)));
    SiteIdentity identity = Certified.site(name, role);
    return CCManager.builder(identity, "server1", policy, network.from(name))
        .authorizer(
            CCAuthorizer.of(
                    PLATFORM.collector(measurement),
                    SnpVerifier.builder().anchors(List.of(PLATFORM.anchor())).build())
                .withCollateral(evidence -> Collateral.of(items)))
        .clock(() -> Certified.NOW, System::nanoTime)
        .batchWindow(Duration.ofMillis(5))
        .listener(events::add);
  }

  private CCManager joined(String name, String role) {
    CCManager manager = builder(name, role, GOOD).build();
    network.join(name, manager);
    manager.start();
    return manager;
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(240, TimeUnit.SECONDS).join();
  }

  @Test
  @DisplayName("sites on simulated SEV-SNP start, register, run a job and validate")
  void federation() {
    try (CCManager server = joined("server1", "server");
        CCManager a = joined("hospital-a", "client");
        CCManager b = joined("hospital-b", "client")) {
      SiteVerdict verdict = done(a.register());
      assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
      done(b.register());
      JobDecision decision =
          done(
              server
                  .schedule(
                      new JobRequirements(
                          "job",
                          false,
                          Optional.of(Set.of("hospital-a", "hospital-b")),
                          Set.of("hospital-a"),
                          2,
                          Optional.empty()))
                  .decision());
      assertThat(((JobDecision.Dispatch) decision).clients())
          .containsExactly("hospital-a", "hospital-b");
      assertThat(done(server.validate()).orElseThrow().answered()).isEqualTo(2);
      assertThat(done(a.validate()).orElseThrow().answered()).isEqualTo(2);
      assertThat(a.admitted("hospital-b")).isPresent();
    }
    assertThat(events)
        .allSatisfy(event -> assertThat(EventJson.writeLine(event)).startsWith("{\"at\":"));
    assertThat(events.stream().map(EventJson::writeLine))
        .anySatisfy(line -> assertThat(line).contains("\"decision\":{\"outcome\":\"dispatch\""));
  }

  @Test
  @DisplayName("other software is refused with the check that decided")
  void tampered() {
    try (CCManager server = joined("server1", "server");
        CCManager a = builder("hospital-a", "client", filled(2), accepting(filled(2))).build()) {
      network.join("hospital-a", a);
      a.start();
      assertThatThrownBy(() -> done(a.register()))
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("MEASUREMENT_UNKNOWN");
      assertThat(server.admitted("hospital-a")).isEmpty();
    }
    assertThat(events.stream().map(EventJson::writeLine))
        .anySatisfy(line -> assertThat(line).contains("\"reason\":\"MEASUREMENT_UNKNOWN\""));
  }

  @Test
  @DisplayName("a name is joined once, and who has left is not there")
  void names() {
    try (CCManager server = joined("server1", "server")) {
      assertThatThrownBy(() -> network.join("server1", server))
          .isInstanceOf(IllegalStateException.class);
      network.leave("server1");
      try (CCManager a = joined("hospital-a", "client")) {
        assertThatThrownBy(() -> done(a.register())).hasMessageContaining("is not there");
      }
    }
  }

  @Test
  @DisplayName("messages survive JSON, and nothing else is one")
  void json() throws IOException {
    PeerMessage message =
        new PeerMessage(
            "topic",
            Map.of("text", "t", "number", 1, "flag", true, "list", List.of(Map.of("a", "b"))));
    assertThat(PeerMessageJson.read(PeerMessageJson.write(message), 1000)).isEqualTo(message);
    for (String bad :
        List.of(
            "",
            "[]",
            "{}",
            "{\"topic\":1,\"body\":{}}",
            "{\"topic\":\"t\",\"body\":[]}",
            "{\"topic\":\"t\",\"topic\":\"t\",\"body\":{}}",
            "{\"topic\":\"t\",\"body\":{}} {}")) {
      assertThatThrownBy(() -> PeerMessageJson.read(bad.getBytes(StandardCharsets.UTF_8), 1000))
          .as(bad)
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> PeerMessageJson.read(PeerMessageJson.write(message), 10))
        .isInstanceOf(IOException.class);
  }
}
