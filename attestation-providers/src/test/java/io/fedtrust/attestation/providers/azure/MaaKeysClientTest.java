// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.undetermined;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.TickingClock;
import io.fedtrust.attestation.providers.VendorServer;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaKeysClient;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance of Microsoft Azure Attestation on this machine, over https, and its rotation. */
class MaaKeysClientTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final LoopbackTls TLS = LoopbackTls.create();
  private static final SimulatedMaa SERVICE =
      SimulatedMaa.create(NOW.minus(Duration.ofDays(30)), new SecureRandom());

  private final TickingClock clock = new TickingClock(NOW);
  private final AtomicReference<SimulatedMaa> current = new AtomicReference<>(SERVICE);
  private final VendorServer server =
      VendorServer.https(TLS.server())
          .when("/certs", exchange -> VendorServer.bytes(current.get().jwks()).answer(exchange));
  private final MaaVerifier verifier = MaaVerifier.containers(SimulatedMaa.INSTANCE).build();

  @TempDir Path folder = Path.of("");

  @AfterEach
  void close() {
    server.close();
  }

  private MaaKeysClient.Builder client() {
    return MaaKeysClient.builder(SimulatedMaa.INSTANCE)
        .base(server.base())
        .tls(TLS.client())
        .timeout(Duration.ofSeconds(10))
        .clock(clock);
  }

  private Evidence token(SimulatedMaa service) {
    return service.evidence(
        EvidenceForm.MAA_JWT, service.container(clock.instant()).bound(new byte[32]));
  }

  private EvidenceVerification judged(MaaKeysClient keys, Evidence token) {
    return verifier.verify(token, keys.fetch(token).collateral(), clock.instant());
  }

  @Test
  @DisplayName("keys are fetched once, over a connection that is believed, and verdicts say so")
  void once() {
    MaaKeysClient keys = client().build();
    for (int i = 0; i < 3; i++) {
      EvidenceVerification result = judged(keys, token(SERVICE));
      genuine(result);
      assertThat(result.notes()).anyMatch(note -> note.contains("trust: WebPKI"));
    }
    assertThat(server.requests).containsExactly("/certs");
  }

  @Test
  @DisplayName("rotation: an unknown kid has them fetched again, but at most once a minute")
  void rotation() {
    MaaKeysClient keys = client().build();
    genuine(judged(keys, token(SERVICE)));
    SimulatedMaa next = SERVICE.rotated();
    undetermined(ReasonCode.COLLATERAL_UNAVAILABLE, "maa.keys", judged(keys, token(next)));
    assertThat(server.requests).hasSize(1);
    clock.pass(Duration.ofMinutes(2));
    current.set(next);
    genuine(judged(keys, token(next)));
    genuine(judged(keys, token(SERVICE)));
    assertThat(server.requests).hasSize(2);
    SimulatedMaa attacker = SimulatedMaa.create(NOW, new SecureRandom());
    for (int i = 0; i < 50; i++) {
      undetermined(ReasonCode.COLLATERAL_UNAVAILABLE, "maa.keys", judged(keys, token(attacker)));
    }
    assertThat(server.requests.size()).isLessThanOrEqualTo(3);
  }

  @Test
  @DisplayName("a key that the service lists no more is gone with the next fetch")
  void withdrawn() {
    MaaKeysClient keys = client().build();
    genuine(judged(keys, token(SERVICE)));
    current.set(SimulatedMaa.create(NOW, new SecureRandom()));
    clock.pass(Duration.ofHours(25));
    undetermined(ReasonCode.COLLATERAL_UNAVAILABLE, "maa.keys", judged(keys, token(SERVICE)));
  }

  @Test
  @DisplayName("keys are kept in a folder for machines without a network")
  void offline() {
    genuine(judged(client().folder(CollateralFolder.open(folder)).build(), token(SERVICE)));
    MaaKeysClient offline = client().folder(CollateralFolder.open(folder)).offline(true).build();
    server.when("/certs", VendorServer.status(500));
    genuine(judged(offline, token(SERVICE)));
    assertThat(CollateralFolder.open(folder).collateral().items(MaaItems.KEYS)).hasSize(1);
  }

  @Test
  @DisplayName("an untrusted server is not used as the service")
  void strangers() {
    FetchedCollateral fetched =
        MaaKeysClient.builder(SimulatedMaa.INSTANCE)
            .base(server.base())
            .clock(clock)
            .timeout(Duration.ofSeconds(10))
            .build()
            .fetch(token(SERVICE));
    assertThat(fetched.collateral().items()).isEmpty();
    assertThat(fetched.failures()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {301, 302, 307, 308})
  @DisplayName("no redirection is followed")
  void redirected(int status) {
    VendorServer elsewhere = new VendorServer();
    try (elsewhere) {
      elsewhere.when("/", VendorServer.bytes(SERVICE.jwks()));
      server.when("/certs", VendorServer.status(status, "Location", elsewhere.base() + "/certs"));
      assertThat(client().build().fetch(token(SERVICE)).collateral().items()).isEmpty();
      assertThat(elsewhere.requests).isEmpty();
    }
  }

  @Test
  @DisplayName("answers without end, of another kind, or none at all")
  void answers() {
    for (VendorServer.Behaviour behaviour :
        java.util.List.of(
            VendorServer.endless(),
            VendorServer.bytes("<html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
            VendorServer.bytes("{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
            VendorServer.status(503))) {
      server.when("/certs", behaviour);
      MaaKeysClient keys = client().build();
      assertThat(judged(keys, token(SERVICE)))
          .isInstanceOf(EvidenceVerification.Undetermined.class);
    }
  }
}
