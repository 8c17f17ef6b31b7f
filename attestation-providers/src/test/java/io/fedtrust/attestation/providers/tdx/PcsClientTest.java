// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.NOW;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.PLATFORM;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.providers.TickingClock;
import io.fedtrust.attestation.providers.VendorServer;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.collateral.ServiceKeys;
import io.fedtrust.attestation.providers.tdx.SimulatedTdx.Case;
import io.fedtrust.attestation.providers.tdx.collateral.PcsClient;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.collateral.UpdateChannel;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaKeysClient;
import io.fedtrust.attestation.simulated.SimulatedProvisioningService;
import io.fedtrust.attestation.simulated.SimulatedTcb;
import io.fedtrust.attestation.simulated.SimulatedTrustAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Intel says, fetched from its service or one like it, however badly that behaves. */
class PcsClientTest {
  private static final Duration SHORT = Duration.ofSeconds(2);
  private final Evidence evidence = Case.good().evidence();
  private final TickingClock clock = new TickingClock(NOW);
  private final SimulatedProvisioningService service =
      PLATFORM.provisioningService(SimulatedTcb.upToDate(), clock);
  private VendorServer server = new VendorServer();

  @BeforeEach
  void start() {
    server.when(
        "/",
        exchange -> {
          Optional<SimulatedProvisioningService.Answer> answer =
              service.answer(exchange.getRequestURI());
          if (answer.isEmpty()) {
            exchange.sendResponseHeaders(404, -1);
            return;
          }
          answer
              .get()
              .headers()
              .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
          VendorServer.bytes(answer.get().body()).answer(exchange);
        });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private PcsClient.Builder client() {
    return PcsClient.builder().base(server.base()).clock(clock).timeout(SHORT);
  }

  private static List<ErrorCode> codes(FetchedCollateral fetched) {
    return fetched.failures().stream().map(failure -> failure.code()).toList();
  }

  private void genuineWith(FetchedCollateral fetched) {
    assertThat(fetched.failures()).isEmpty();
    genuine(verifier().verify(evidence, fetched.collateral(), clock.instant()));
  }

  @Test
  @DisplayName("everything is fetched once, and is all a verifier needs")
  void fetchesOnce() {
    PcsClient client = client().build();
    for (int i = 0; i < 3; i++) {
      genuineWith(client.fetch(evidence));
    }
    assertThat(server.requests)
        .containsExactly(
            "/tdx/certification/v4/tcb?fmspc=fedfed000000&update=standard",
            "/tdx/certification/v4/qe/identity?update=standard",
            "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
            "/sgx/certification/v4/rootcacrl");
  }

  @Test
  @DisplayName(
      "after a day documents are requested again; the old ones are used while the service fails")
  void again() {
    PcsClient client = client().build();
    client.fetch(evidence);
    clock.now = NOW.plus(Duration.ofHours(23));
    client.fetch(evidence);
    assertThat(server.requests).hasSize(4);
    clock.now = NOW.plus(Duration.ofDays(1));
    client.fetch(evidence);
    assertThat(server.requests).hasSize(8);
    server.when("/", VendorServer.status(503));
    clock.now = NOW.plus(Duration.ofDays(3));
    genuineWith(client.fetch(evidence));
    clock.now = NOW.plus(Duration.ofDays(100));
    assertThat(codes(client.fetch(evidence)))
        .hasSize(4)
        .containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("items of a folder are used by the next client, also offline")
  void folder(@TempDir Path place) {
    client().folder(CollateralFolder.open(place)).build().fetch(evidence);
    server.close();
    PcsClient offline = client().folder(CollateralFolder.open(place)).offline(true).build();
    genuineWith(offline.fetch(evidence));
    assertThat(codes(client().offline(true).build().fetch(evidence)))
        .hasSize(4)
        .containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("the early channel is requested by name and stored separately")
  void early() {
    FetchedCollateral fetched = client().channel(UpdateChannel.EARLY).build().fetch(evidence);
    assertThat(server.requests.get(0)).endsWith("update=early");
    assertThat(fetched.collateral().items(TdxItems.TCB_INFO, "fedfed000000-early")).hasSize(1);
  }

  @Test
  @DisplayName("lists in hex, another place of the root's list, older header names")
  void dialects() {
    byte[] list = PLATFORM.rootRevocations(1, NOW, List.of());
    server.when(
        "/lists/root",
        VendorServer.bytes(HexFormat.of().formatHex(list).getBytes(StandardCharsets.US_ASCII)));
    String chain =
        service
            .answer(java.net.URI.create("/tdx/certification/v4/tcb?fmspc=fedfed000000"))
            .orElseThrow()
            .headers()
            .get("TCB-Info-Issuer-Chain");
    // A plus sign is base64, not a space, and need not be encoded.
    tcbInfo(Map.of("sgx-tcb-info-issuer-chain", chain.replace("%2B", "+")));
    genuineWith(
        client()
            .rootRevocations(java.net.URI.create(server.base() + "/lists/root"))
            .build()
            .fetch(evidence));
  }

  private void tcbInfo(Map<String, String> headers) {
    server.when(
        "/tdx/certification/v4/tcb",
        exchange -> {
          headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
          VendorServer.bytes(PLATFORM.tcbInfo(SimulatedTcb.upToDate(), NOW)).answer(exchange);
        });
  }

  @ParameterizedTest(name = "header [{0}]")
  @ValueSource(strings = {"", "%zz", "-----BEGIN%20CERTIFICATE-----", "twice"})
  @DisplayName("an answer without exactly one chain of two certificates is not kept")
  void chains(String value) {
    tcbInfo(
        value.equals("twice")
            ? Map.of("TCB-Info-Issuer-Chain", "a", "SGX-TCB-Info-Issuer-Chain", "a")
            : Map.of("TCB-Info-Issuer-Chain", value));
    FetchedCollateral fetched = client().build().fetch(evidence);
    assertThat(codes(fetched)).containsExactly(ErrorCode.COLLATERAL_UNAVAILABLE);
    assertThat(fetched.collateral().items(TdxItems.TCB_INFO)).isEmpty();
  }

  @Test
  @DisplayName("an answer for another kind of platform is not kept under this one's name")
  void otherPlatform() {
    server.when(
        "/tdx/certification/v4/tcb",
        exchange -> {
          exchange
              .getResponseHeaders()
              .set(
                  "TCB-Info-Issuer-Chain",
                  service
                      .answer(java.net.URI.create("/tdx/certification/v4/qe/identity"))
                      .orElseThrow()
                      .headers()
                      .get("SGX-Enclave-Identity-Issuer-Chain"));
          VendorServer.bytes(PLATFORM.tcbInfo(SimulatedTcb.upToDate().fmspc("00906ed50000"), NOW))
              .answer(exchange);
        });
    FetchedCollateral fetched = client().build().fetch(evidence);
    assertThat(fetched.failures()).hasSize(1);
    assertThat(fetched.failures().get(0).getMessage()).contains("FMSPC");
  }

  @Test
  @DisplayName("silence, half an answer, too much of one, and other bytes end in time and say why")
  void hostile() {
    for (VendorServer.Behaviour behaviour :
        List.of(
            server.silence(),
            server.halfAnAnswer(),
            VendorServer.endless(),
            VendorServer.bytes(new byte[] {1, 2, 3}),
            VendorServer.status(302, "Location", "http://127.0.0.1:1/"))) {
      server.when("rootcacrl", behaviour);
      FetchedCollateral fetched = client().build().fetch(evidence);
      assertThat(codes(fetched)).containsExactly(ErrorCode.COLLATERAL_UNAVAILABLE);
    }
  }

  @Test
  @DisplayName("a service that refuses is left alone for a growing while")
  void backOff() {
    server.when("/", VendorServer.status(429, "Retry-After", "60"));
    PcsClient client = client().build();
    client.fetch(evidence);
    assertThat(server.requests).hasSize(1);
    clock.now = NOW.plusSeconds(59);
    client.fetch(evidence);
    assertThat(server.requests).hasSize(1);
    clock.now = NOW.plusSeconds(60);
    client.fetch(evidence);
    assertThat(server.requests).hasSize(2);
  }

  @Test
  @DisplayName("evidence that is no quote, or names no platform, is not asked about")
  void unreadable() {
    assertThat(codes(client().build().fetch(TdxVectors.evidence(new byte[10]))))
        .containsExactly(ErrorCode.EVIDENCE_UNREADABLE);
    Evidence bare = PLATFORM.evidence(PLATFORM.quote().certificationType(3));
    assertThat(codes(client().build().fetch(bare))).containsExactly(ErrorCode.EVIDENCE_UNREADABLE);
    assertThat(server.requests).isEmpty();
    byte[] attachments = EvidenceAttachments.of(certificates());
    assertThat(client().build().fetch(bare.withEndorsements(attachments)).failures()).isEmpty();
    assertThat(
            client()
                .build()
                .fetch(PLATFORM.evidence(PLATFORM.quote().certificationType(4)))
                .failures())
        .isEmpty();
  }

  private static List<byte[]> certificates() {
    try {
      return io.fedtrust.attestation.providers.pki.Certificates.parsePem(PLATFORM.pckChain());
    } catch (io.fedtrust.attestation.model.MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName(
      "the keys of Trust Authority are fetched, kept, and fetched again after a day or for a new one")
  void serviceKeys() {
    SimulatedTrustAuthority authority = SimulatedTrustAuthority.create(new SecureRandom());
    server.when("/certs", VendorServer.bytes(authority.jwks()));
    ItaKeysClient client =
        ItaKeysClient.builder().base(server.base()).clock(clock).timeout(SHORT).build();
    Evidence token = authority.evidence(authority.token(NOW));
    FetchedCollateral fetched = client.fetch(token);
    ServiceKeys keys = ServiceKeys.read(fetched.collateral().items(ItaItems.KEYS).get(0).bytes());
    assertThat(keys.issuer()).isEqualTo(ItaItems.ISSUER);
    assertThat(keys.expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(7)));
    client.fetch(token);
    assertThat(server.requests).hasSize(1);
    clock.now = NOW.plus(Duration.ofDays(1));
    client.fetch(token);
    assertThat(server.requests).hasSize(2);
    clock.now = clock.now.plus(Duration.ofMinutes(2));
    client.fetch(authority.evidence(authority.token(NOW).header("kid", "\"another\"")));
    assertThat(server.requests).as("a token names a key that is not there").hasSize(3);
    server.when("/certs", VendorServer.bytes(new byte[] {'x'}));
    assertThat(
            codes(
                ItaKeysClient.builder()
                    .base(server.base())
                    .clock(clock)
                    .timeout(SHORT)
                    .build()
                    .fetch(token)))
        .containsExactly(ErrorCode.COLLATERAL_UNAVAILABLE);
  }
}
