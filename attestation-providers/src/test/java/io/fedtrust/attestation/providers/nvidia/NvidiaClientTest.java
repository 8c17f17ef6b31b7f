// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.TickingClock;
import io.fedtrust.attestation.providers.VendorServer;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaClient;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.nras.NrasKeysClient;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedNras;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What NVIDIA's services say, however badly they behave. */
class NvidiaClientTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final byte[] NONCE = Digests.sha256Bytes(new byte[] {7});
  private static final SimulatedGpuHost HOST = host();

  private final TickingClock clock = new TickingClock(NOW);
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final Evidence evidence = HOST.evidence(NONCE).evidence();
  private final VendorServer server = new VendorServer();

  private static SimulatedGpuHost host() {
    SimulatedGpuHost host = SimulatedGpuHost.create(NOW, new SecureRandom());
    host.gpu();
    host.gpu();
    return host;
  }

  @BeforeEach
  void serve() {
    for (ManifestId id : HOST.manifestIds()) {
      byte[] xml = HOST.sign(HOST.manifest(id), NOW);
      server.when("/v1/rim/" + id.id(), VendorServer.bytes(answer(id.id(), xml, "")));
    }
    responds(question -> question);
  }

  private static byte[] answer(String id, byte[] xml, String more) {
    return ("{\"id\":\""
            + id
            + "\",\"rim\":\""
            + Base64.getEncoder().encodeToString(xml)
            + "\",\"sha256\":\""
            + Digests.sha256(xml)
            + "\",\"request_id\":\"1\""
            + more
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private void responds(UnaryOperator<byte[]> change) {
    server.when(
        "/ocsp",
        exchange -> {
          byte[] question = read(exchange);
          byte[] ofDevices = HOST.respond(question, clock.instant(), false);
          VendorServer.bytes(change.apply(ofDevices)).answer(exchange);
        });
  }

  private byte[] read(HttpExchange exchange) throws IOException {
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    assertThat(exchange.getRequestHeaders().getFirst("Content-Type"))
        .isEqualTo("application/ocsp-request");
    return exchange.getRequestBody().readAllBytes();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private NvidiaClient.Builder client() {
    return NvidiaClient.builder()
        .base(server.base())
        .responder(server.base().resolve("/ocsp"))
        .clock(clock)
        .timeout(Duration.ofSeconds(2));
  }

  private EvidenceVerification judge(FetchedCollateral fetched) {
    return GpuVerifier.builder()
        .anchors(HOST.anchors())
        .build()
        .verify(evidence, fetched.collateral(), clock.instant());
  }

  private static List<ErrorCode> codes(FetchedCollateral fetched) {
    return fetched.failures().stream().map(failure -> failure.code()).toList();
  }

  @Test
  @DisplayName("manifests and statuses are fetched once each, and make the evidence authentic")
  void once() {
    NvidiaClient client = client().build();
    FetchedCollateral fetched = client.fetch(evidence);
    // Two manifests with three certificates each, and of two devices three; roots are not asked
    // for.
    assertThat(fetched.failures()).isEmpty();
    assertThat(fetched.collateral().items()).hasSize(2 + 2 * 3 + 2 * 3);
    int asked = server.requests.size();
    client.fetch(evidence);
    assertThat(server.requests).hasSize(asked);
    clock.now = NOW.plus(Duration.ofHours(25));
    client.fetch(evidence);
    assertThat(server.requests).hasSize(2 * asked);
  }

  @Test
  @DisplayName("a manifest whose signers have ended is fetched anew, as NVIDIA signs it anew")
  void signedAnew() {
    NvidiaClient client = client().build();
    client.fetch(evidence);
    clock.now = NOW.plus(Duration.ofDays(731));
    ManifestId driver = HOST.manifestIds().get(0);
    byte[] fresh = HOST.sign(HOST.manifest(driver), clock.now);
    server.when("/v1/rim/" + driver.id(), VendorServer.bytes(answer(driver.id(), fresh, "")));
    assertThat(client.fetch(evidence).collateral().items())
        .filteredOn(item -> item.subject().equals(driver.id()))
        .singleElement()
        .satisfies(item -> assertThat(item.bytes()).isEqualTo(fresh));
  }

  @Test
  @DisplayName("fetched items are stored in a folder, and used offline")
  void folder(@TempDir Path place) {
    FetchedCollateral fetched =
        client().folder(CollateralFolder.open(place)).build().fetch(evidence);
    assertThat(fetched.failures()).isEmpty();
    server.close();
    FetchedCollateral offline =
        client().folder(CollateralFolder.open(place)).offline(true).build().fetch(evidence);
    assertThat(offline.failures()).isEmpty();
    assertThat(offline.collateral().items()).hasSameSizeAs(fetched.collateral().items());
    assertThat(codes(client().offline(true).build().fetch(evidence)))
        .containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("a live answer must be to this very question")
  void nonces() {
    AtomicReference<byte[]> first = new AtomicReference<>();
    responds(
        answer -> {
          first.compareAndSet(null, answer);
          return first.get();
        });
    FetchedCollateral fetched = client().build().fetch(evidence);
    assertThat(codes(fetched)).hasSizeGreaterThan(8).containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
    assertThat(judge(fetched)).isInstanceOf(EvidenceVerification.Undetermined.class);
  }

  @Test
  @DisplayName("a service that answers otherwise is told apart, and nothing of it is kept")
  void misbehaving() {
    ManifestId driver = HOST.manifestIds().get(0);
    byte[] xml = HOST.sign(HOST.manifest(driver), NOW);
    String path = "/v1/rim/" + driver.id();
    for (VendorServer.Behaviour bad :
        List.of(
            VendorServer.bytes(answer("NV_GPU_DRIVER_GH100_1.0", xml, "")),
            VendorServer.bytes(answer(driver.id(), xml, ",\"id\":\"twice\"")),
            VendorServer.bytes(answer(driver.id(), "<a/>".getBytes(StandardCharsets.UTF_8), "")),
            VendorServer.bytes(
                ("{\"id\":\"" + driver.id() + "\",\"rim\":\"AA==\",\"sha256\":\"00\"}")
                    .getBytes(StandardCharsets.UTF_8)),
            VendorServer.bytes("{}".getBytes(StandardCharsets.UTF_8)),
            VendorServer.bytes(new byte[] {(byte) 0xff}),
            VendorServer.status(404),
            VendorServer.status(302, "Location", "http://127.0.0.1:1/"),
            VendorServer.status(500),
            server.silence(),
            server.halfAnAnswer(),
            VendorServer.endless())) {
      server.when(path, bad);
      FetchedCollateral fetched = client().timeout(Duration.ofMillis(400)).build().fetch(evidence);
      assertThat(codes(fetched)).isNotEmpty().containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
      assertThat(fetched.collateral().items())
          .noneMatch(item -> item.subject().equals(driver.id()));
    }
  }

  @Test
  @DisplayName("a host that fails is left alone; the other one is not")
  void hosts() {
    NvidiaClient client = client().responder(server.base().resolve("/missing")).build();
    server.when("/missing", VendorServer.status(503));
    FetchedCollateral fetched = client.fetch(evidence);
    assertThat(fetched.collateral().items()).isEmpty();
    try (VendorServer other = new VendorServer()) {
      other.when("/", VendorServer.status(503));
      FetchedCollateral partly = client().responder(other.base()).build().fetch(evidence);
      assertThat(partly.collateral().items()).hasSize(2);
      assertThat(other.requests).hasSize(1);
    }
  }

  @Test
  @DisplayName("a key goes to the services alone, and issuers are named as they want them")
  void key() {
    assertThat(
            client().serviceKey(() -> "s3cret").sha384Ids(true).build().fetch(evidence).failures())
        .isEmpty();
    assertThat(authorizations).isNotEmpty().containsOnly("Bearer s3cret");
    server.when("/v1/rim/", VendorServer.status(401));
    assertThat(client().serviceKey(() -> "s3cret").build().fetch(evidence).failures())
        .isNotEmpty()
        .noneMatch(failure -> failure.getMessage().contains("s3cret"));
  }

  @Test
  @DisplayName("what is no evidence asks for nothing")
  void noEvidence() {
    assertThat(codes(client().build().fetch(Evidence.of(EvidenceForm.NV_EVIDENCE, "[]"))))
        .containsExactly(ErrorCode.EVIDENCE_UNREADABLE);
    assertThat(server.requests).isEmpty();
  }

  @Test
  @DisplayName("keys of the token service are requested again when they change, not more often")
  void keyRotation() {
    SimulatedNras before = SimulatedNras.create(new SecureRandom());
    SimulatedNras after = before.rotated();
    AtomicReference<SimulatedNras> current = new AtomicReference<>(before);
    server.when(
        "/.well-known/jwks.json",
        exchange -> VendorServer.bytes(current.get().jwks()).answer(exchange));
    NrasKeysClient keys = NrasKeysClient.builder().base(server.base()).clock(clock).build();
    Evidence old = before.evidence(before.bundle(NONCE, NOW));
    assertThat(judged(keys, old)).isInstanceOf(EvidenceVerification.Genuine.class);
    current.set(after);
    Evidence fresh = after.evidence(after.bundle(NONCE, NOW));
    assertThat(judged(keys, fresh)).isInstanceOf(EvidenceVerification.Undetermined.class);
    assertThat(server.requests).hasSize(1);
    clock.now = NOW.plus(Duration.ofSeconds(61));
    assertThat(judged(keys, fresh)).isInstanceOf(EvidenceVerification.Genuine.class);
    assertThat(server.requests).hasSize(2);
    for (int i = 0; i < 5; i++) {
      keys.fetch(before.rotated().rotated().evidence(after.rotated().bundle(NONCE, NOW)));
    }
    assertThat(server.requests).hasSize(2);
    keys.fetch(Evidence.of(EvidenceForm.NRAS_EAT, "[[],{}]"));
    assertThat(server.requests).hasSize(2);
  }

  private EvidenceVerification judged(NrasKeysClient keys, Evidence token) {
    return NrasVerifier.builder()
        .build()
        .verify(token, keys.fetch(token).collateral(), clock.instant());
  }
}
