// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedNras;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A peer of NVFlare's own exchange with evidence of real shapes. */
class CompatReplayTest {
  private static final String PEER = "hospital-p";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] LAUNCHED = new byte[48];
  private static final SimulatedSnpPlatform AMD =
      SimulatedSnpPlatform.create(
          ProductLine.MILAN, Certified.NOW.minus(Duration.ofDays(100)), RANDOM);
  private static final SimulatedNras NRAS = SimulatedNras.create(RANDOM);

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static Map<String, Object> entry(String namespace, String token) {
    return Map.of("_cc_namespace", namespace, "_cc_token", token, "_cc_token_validated", false);
  }

  private static Map<String, Object> report() {
    return entry(
        "x-snp",
        Base64.getEncoder()
            .encodeToString(AMD.sign(AMD.report().set(SnpField.REPORT_DATA, random(64)))));
  }

  private static PeerMessage registers(CCManager server, List<Map<String, Object>> entries) {
    return server
        .receive(PEER, new PeerMessage("register", Map.of("_cc_info", Map.of(PEER, entries))))
        .toCompletableFuture()
        .orTimeout(120, TimeUnit.SECONDS)
        .join();
  }

  @Test
  @DisplayName("an NRAS bundle with a blank behind it is no new one, beside whatever CPU evidence")
  void blank() {
    ReferenceValue good = ReferenceValue.of("good", HexFormat.of().formatHex(LAUNCHED));
    List<CCEvent> events = java.util.Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<CCEvent> replayed = new CompletableFuture<>();
    List<CollateralItem> items =
        new ArrayList<>(AMD.collateral(AMD.report(), Certified.NOW.minus(Duration.ofDays(1))));
    items.add(
        NRAS.keys(Certified.NOW.plus(Duration.ofDays(1))).item(NrasItems.KEYS, NrasItems.NVIDIA));
    FederationPolicy policy =
        FederationPolicy.named("hospitals", "1")
            .site("server1", SnpPolicy.strict().measurement(good).build())
            .site(PEER, SnpPolicy.strict().measurement(good).build())
            .acceptUnbound(PEER)
            .build();
    try (CCManager server =
        CCManager.builder(
                Certified.site("server1", "server"),
                "server1",
                policy,
                new InProcessNetwork().from("server1"))
            .nvflarePeer(PEER)
            .clock(() -> Certified.NOW, System::nanoTime)
            .batchWindow(Duration.ofMillis(5))
            .listener(
                event -> {
                  events.add(event);
                  if (event instanceof CCEvent.EvidenceReplayed) {
                    replayed.complete(event);
                  }
                })
            .authorizer(
                CCAuthorizer.of(
                        AMD.collector(LAUNCHED),
                        SnpVerifier.builder().anchors(List.of(AMD.anchor())).build())
                    .withCollateral(any -> Collateral.of(items)))
            .authorizer(
                CCAuthorizer.verifying(NrasVerifier.builder().build())
                    .withCollateral(any -> Collateral.of(items)))
            .build()) {
      server.start();
      String bundle = NRAS.sign(NRAS.bundle(random(32), Certified.NOW));
      registers(server, List.of(report(), entry("x-nv-gpu", bundle)));
      assertThat(server.admitted(PEER)).as(events.toString()).isPresent();
      PeerMessage again = registers(server, List.of(report(), entry("x-nv-gpu", bundle + " ")));
      assertThat(again.body().get("reason")).asString().contains("ALREADY_ANSWERED");
      replayed.orTimeout(120, TimeUnit.SECONDS).join();
      assertThat(events)
          .filteredOn(CCEvent.EvidenceReplayed.class::isInstance)
          .singleElement()
          .hasToString(PEER + " presented evidence that " + PEER + " presented before");
      assertThat(server.admitted(PEER)).as("what was known stays").isPresent();
    }
  }
}
