// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.Judged;
import io.fedtrust.attestation.providers.TickingClock;
import io.fedtrust.attestation.providers.VendorServer;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.snp.Simulated.Case;
import io.fedtrust.attestation.providers.snp.collateral.KdsClient;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key service's client against a server that misbehaves in every way. */
class KdsClientTest {
  private static final Duration SHORT = Duration.ofMillis(700);

  @TempDir Path temp;
  private final Case good = Case.good();
  private final TickingClock clock = new TickingClock(Simulated.NOW);
  private VendorServer server;

  @BeforeEach
  void start() {
    server =
        new VendorServer()
            .when("cert_chain", VendorServer.bytes(good.item(SnpItems.CHAIN).bytes()))
            .when("/crl", VendorServer.bytes(good.item(SnpItems.CRL).bytes()))
            .when("blSPL", VendorServer.bytes(good.item(SnpItems.VCEK).bytes()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private KdsClient.Builder client() {
    return KdsClient.builder().base(server.base()).clock(clock).timeout(SHORT);
  }

  private static List<ErrorCode> codes(FetchedCollateral fetched) {
    return fetched.failures().stream().map(failure -> failure.code()).toList();
  }

  @Test
  @DisplayName("everything is fetched once, and is all a verifier needs")
  void fetchesOnce() {
    KdsClient client = client().build();
    for (int i = 0; i < 3; i++) {
      FetchedCollateral fetched = client.fetch(good.evidence());
      assertThat(fetched.failures()).isEmpty();
      Judged.genuine(
          Simulated.verifier(good.platform())
              .verify(good.evidence(), fetched.collateral(), Simulated.NOW));
    }
    assertThat(server.requests).hasSize(3);
    assertThat(server.requests.get(0))
        .matches("/vcek/v1/Milan/[0-9a-f]{128}\\?blSPL=4&teeSPL=0&snpSPL=24&ucodeSPL=219");
    assertThat(server.requests.get(1)).isEqualTo("/vcek/v1/Milan/cert_chain");
    assertThat(server.requests.get(2)).isEqualTo("/vcek/v1/Milan/crl");
  }

  @Test
  @DisplayName("Turin is requested with eight bytes of its chip and its FMC")
  void turin() {
    SimulatedSnpPlatform turin = Simulated.platform(ProductLine.TURIN);
    Case other = Case.of(turin, turin.report());
    server
        .when("cert_chain", VendorServer.bytes(other.item(SnpItems.CHAIN).bytes()))
        .when("/crl", VendorServer.bytes(other.item(SnpItems.CRL).bytes()))
        .when("blSPL", VendorServer.bytes(other.item(SnpItems.VCEK).bytes()));
    assertThat(client().build().fetch(other.evidence()).failures()).isEmpty();
    assertThat(server.requests.get(0))
        .matches("/vcek/v1/Turin/[0-9a-f]{16}\\?fmcSPL=1&blSPL=1&teeSPL=0&snpSPL=4&ucodeSPL=72");
  }

  @Test
  @DisplayName("A chain with CR LF line ends, as served for Turin, is stored in canonical form")
  void carriageReturns() {
    byte[] chain = good.item(SnpItems.CHAIN).bytes();
    String served = new String(chain, StandardCharsets.US_ASCII).replace("\n", "\r\n") + "\r\n";
    server.when("cert_chain", VendorServer.bytes(served.getBytes(StandardCharsets.US_ASCII)));
    FetchedCollateral fetched = client().build().fetch(good.evidence());
    assertThat(fetched.failures()).isEmpty();
    assertThat(fetched.collateral().items(SnpItems.CHAIN))
        .singleElement()
        .satisfies(item -> assertThat(item.bytes()).isEqualTo(chain));
    Judged.genuine(
        Simulated.verifier(good.platform())
            .verify(good.evidence(), fetched.collateral(), Simulated.NOW));
  }

  @Test
  @DisplayName("For a CPU that is not known no request is sent, and the failure names the CPU")
  void unknownProduct() {
    Case unknown =
        Case.of(good.platform(), good.platform().report().set(SnpField.CPUID_MOD_ID, 0x60));
    FetchedCollateral fetched = client().build().fetch(unknown.evidence());
    assertThat(server.requests).isEmpty();
    assertThat(fetched.failures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.EVIDENCE_UNREADABLE);
              assertThat(failure).hasMessageContaining("Milan").hasMessageContaining("family");
            });
  }

  @Test
  @DisplayName("If no line has the VCEK of a version 2 report, no chain is requested on a guess")
  void unknownLineOfVersionTwo() {
    server.when("vcek/v1", VendorServer.status(404));
    Case old = Case.of(good.platform(), good.platform().report().version(2));
    client().build().fetch(old.evidence());
    assertThat(server.requests).hasSize(2).allMatch(path -> path.contains("blSPL"));
  }

  @Test
  @DisplayName("Callers who want one thing at the same time share a request; others do not wait")
  void oneRequest() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    byte[] chain = good.item(SnpItems.CHAIN).bytes();
    server.when(
        "Milan/cert_chain",
        exchange -> {
          asked.countDown();
          release.await();
          VendorServer.bytes(chain).answer(exchange);
        });
    KdsClient client = client().timeout(Duration.ofMinutes(1)).build();
    ExecutorService callers = Executors.newFixedThreadPool(2);
    try {
      Future<FetchedCollateral> first = callers.submit(() -> client.fetch(good.evidence()));
      asked.await();
      AtomicReference<Thread> thread = new AtomicReference<>();
      Future<FetchedCollateral> second =
          callers.submit(
              () -> {
                thread.set(Thread.currentThread());
                return client.fetch(good.evidence());
              });
      while (thread.get() == null || thread.get().getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      SimulatedSnpPlatform turin = Simulated.platform(ProductLine.TURIN);
      Case other = Case.of(turin, turin.report());
      server
          .when("Turin/cert_chain", VendorServer.bytes(other.item(SnpItems.CHAIN).bytes()))
          .when("Turin/crl", VendorServer.bytes(other.item(SnpItems.CRL).bytes()))
          .when("fmcSPL", VendorServer.bytes(other.item(SnpItems.VCEK).bytes()));
      assertThat(client.fetch(other.evidence()).failures()).isEmpty();
      release.countDown();
      assertThat(first.get().failures()).isEmpty();
      assertThat(second.get().failures()).isEmpty();
      assertThat(second.get().collateral().items(SnpItems.CHAIN)).hasSize(1);
      assertThat(server.requests.stream().filter(path -> path.endsWith("Milan/cert_chain")))
          .hasSize(1);
    } finally {
      release.countDown();
      callers.shutdownNow();
    }
  }

  @Test
  @DisplayName("A chain of other than two certificates is not kept")
  void chainLength() {
    byte[] chain = good.item(SnpItems.CHAIN).bytes();
    String served = new String(chain, StandardCharsets.US_ASCII).repeat(2);
    server.when("cert_chain", VendorServer.bytes(served.getBytes(StandardCharsets.US_ASCII)));
    FetchedCollateral fetched = client().build().fetch(good.evidence());
    assertThat(codes(fetched)).containsExactly(ErrorCode.COLLATERAL_UNAVAILABLE);
    assertThat(fetched.collateral().items(SnpItems.CHAIN)).isEmpty();
  }

  @Test
  @DisplayName("version 2 names no product line: they are tried in turn")
  void versionTwo() {
    SimulatedSnpPlatform genoa = Simulated.platform(ProductLine.GENOA);
    Case old = Case.of(genoa, genoa.report().version(2));
    server
        .when("cert_chain", VendorServer.bytes(old.item(SnpItems.CHAIN).bytes()))
        .when("/crl", VendorServer.bytes(old.item(SnpItems.CRL).bytes()))
        .when("blSPL", VendorServer.status(404))
        .when(
            "Genoa/" + old.item(SnpItems.VCEK).subject().substring(0, 20),
            VendorServer.bytes(old.item(SnpItems.VCEK).bytes()));
    FetchedCollateral fetched = client().build().fetch(old.evidence());
    assertThat(fetched.failures()).isEmpty();
    Judged.genuine(
        Simulated.verifier(genoa).verify(old.evidence(), fetched.collateral(), Simulated.NOW));
    assertThat(server.requests).hasSize(4);
    assertThat(server.requests.get(0)).startsWith("/vcek/v1/Milan/");
    assertThat(server.requests).anyMatch(path -> path.startsWith("/vcek/v1/Genoa/"));
  }

  @Test
  @DisplayName("a VLEK and a masked chip cannot be requested")
  void notAskedFor() {
    Case vlek = Case.vlek();
    server
        .when("cert_chain", VendorServer.bytes(vlek.item(SnpItems.CHAIN).bytes()))
        .when("/crl", VendorServer.bytes(vlek.item(SnpItems.CRL).bytes()));
    assertThat(client().build().fetch(vlek.evidence()).failures()).isEmpty();
    assertThat(server.requests).containsExactly("/vlek/v1/Milan/cert_chain", "/vlek/v1/Milan/crl");
    server.requests.clear();
    SimulatedReport masked =
        good.platform().report().set(SnpField.CHIP_ID, new byte[SnpField.CHIP_ID.size()]);
    client().build().fetch(good.platform().evidence(masked));
    assertThat(server.requests).noneMatch(path -> path.contains("blSPL"));
  }

  @Test
  @DisplayName("a folder stores fetched items for the next process, which may be offline")
  void keptOnDisk() {
    client().folder(CollateralFolder.open(temp)).build().fetch(good.evidence());
    server.requests.clear();
    FetchedCollateral fetched =
        client().folder(CollateralFolder.open(temp)).offline(true).build().fetch(good.evidence());
    assertThat(fetched.failures()).isEmpty();
    assertThat(server.requests).isEmpty();
    assertThat(CollateralFolder.open(temp).entries())
        .extracting(entry -> entry.item().kind())
        .containsExactly(SnpItems.VCEK, SnpItems.CHAIN, SnpItems.CRL);
  }

  @Test
  @DisplayName("offline and without stored items the result is undetermined")
  void offline() {
    FetchedCollateral fetched = client().offline(true).build().fetch(good.evidence());
    assertThat(codes(fetched)).hasSize(3).containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
    assertThat(server.requests).isEmpty();
    Judged.undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        Simulated.verifier(good.platform())
            .verify(good.evidence(), fetched.collateral(), Simulated.NOW));
  }

  @Test
  @DisplayName("a revocation list is requested again after a day, a certificate never")
  void refreshesLists() {
    KdsClient client = client().build();
    client.fetch(good.evidence());
    clock.pass(Duration.ofDays(1));
    client.fetch(good.evidence());
    assertThat(server.requests).hasSize(4);
    assertThat(server.requests.get(3)).endsWith("/crl");
  }

  @Test
  @DisplayName("a list that cannot be renewed is used until it ends, and not longer")
  void staleList() {
    KdsClient client = client().build();
    client.fetch(good.evidence());
    server.when("/crl", VendorServer.status(500));
    clock.pass(Duration.ofDays(2));
    assertThat(client.fetch(good.evidence()).failures()).isEmpty();
    clock.pass(Duration.ofDays(60));
    FetchedCollateral fetched = client.fetch(good.evidence());
    assertThat(codes(fetched)).containsExactly(ErrorCode.COLLATERAL_UNAVAILABLE);
    assertThat(fetched.collateral().items(SnpItems.CRL)).isEmpty();
  }

  @Test
  @DisplayName("a service that refuses is left alone: twice as long each time")
  void backsOff() {
    server.when("blSPL", VendorServer.status(429));
    KdsClient client = client().build();
    client.fetch(good.evidence());
    assertThat(server.requests).hasSize(1);
    clock.pass(Duration.ofSeconds(9));
    client.fetch(good.evidence());
    assertThat(server.requests).hasSize(1);
    clock.pass(Duration.ofSeconds(1));
    client.fetch(good.evidence());
    assertThat(server.requests).hasSize(2);
    clock.pass(Duration.ofSeconds(19));
    client.fetch(good.evidence());
    assertThat(server.requests).hasSize(2);
    clock.pass(Duration.ofSeconds(1));
    server.when("blSPL", VendorServer.bytes(good.item(SnpItems.VCEK).bytes()));
    assertThat(client.fetch(good.evidence()).failures()).isEmpty();
    assertThat(server.requests).hasSize(5);
  }

  @Test
  @DisplayName("a service that asks to wait is left alone as long, up to an hour")
  void retryAfter() {
    server.when("blSPL", VendorServer.status(429, "Retry-After", "120"));
    KdsClient client = client().build();
    client.fetch(good.evidence());
    clock.pass(Duration.ofSeconds(119));
    client.fetch(good.evidence());
    assertThat(server.requests).hasSize(1);
    clock.pass(Duration.ofSeconds(1));
    server.when("blSPL", VendorServer.status(503, "Retry-After", "999999999"));
    client.fetch(good.evidence());
    assertThat(server.requests).hasSize(2);
    clock.pass(Duration.ofHours(1));
    client.fetch(good.evidence());
    assertThat(server.requests).hasSize(3);
  }

  @Test
  @DisplayName("an unknown chip is no reason to leave the service alone")
  void notFound() {
    server.when("blSPL", VendorServer.status(404));
    FetchedCollateral fetched = client().build().fetch(good.evidence());
    assertThat(codes(fetched)).containsExactly(ErrorCode.COLLATERAL_UNAVAILABLE);
    assertThat(fetched.collateral().items()).hasSize(2);
  }

  @Test
  @DisplayName("silence, half an answer, an endless one, a redirection, a refused connection")
  void badServers() {
    List<VendorServer.Behaviour> bad =
        List.of(
            server.silence(),
            server.halfAnAnswer(),
            VendorServer.endless(),
            VendorServer.status(302, "Location", server.base() + "/elsewhere"),
            VendorServer.status(500));
    for (VendorServer.Behaviour behaviour : bad) {
      server.when("blSPL", behaviour);
      FetchedCollateral fetched = client().build().fetch(good.evidence());
      assertThat(codes(fetched)).isNotEmpty().containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
      assertThat(fetched.collateral().items(SnpItems.VCEK)).isEmpty();
    }
    assertThat(server.requests).noneMatch(path -> path.contains("elsewhere"));
    URI nobody = server.base();
    server.close();
    assertThat(codes(client().base(nobody).build().fetch(good.evidence())))
        .containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("junk and another chip's certificate are not kept")
  void wrongAnswers() {
    byte[] other =
        good.platform().endorsement(good.platform().report().set(SnpField.CHIP_ID, new byte[] {1}));
    for (byte[] junk : List.of(new byte[0], new byte[] {1, 2, 3}, other)) {
      server.when("blSPL", VendorServer.bytes(junk));
      FetchedCollateral fetched =
          client().folder(CollateralFolder.open(temp)).build().fetch(good.evidence());
      assertThat(codes(fetched)).containsExactly(ErrorCode.COLLATERAL_UNAVAILABLE);
    }
    assertThat(CollateralFolder.open(temp).entries())
        .noneMatch(entry -> entry.item().kind().equals(SnpItems.VCEK));
    server
        .when("cert_chain", VendorServer.bytes(new byte[] {1}))
        .when("/crl", VendorServer.bytes(new byte[] {1}));
    assertThat(codes(client().build().fetch(good.evidence())))
        .hasSize(3)
        .containsOnly(ErrorCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("evidence that is none is told, without a request")
  void notEvidence() {
    FetchedCollateral fetched = client().build().fetch(Vectors.evidence(new byte[10]));
    assertThat(codes(fetched)).containsExactly(ErrorCode.EVIDENCE_UNREADABLE);
    assertThat(server.requests).isEmpty();
  }

  @Test
  @DisplayName("many who ask at once cause one request for each thing")
  void singleFlight() throws Exception {
    KdsClient client = client().timeout(Duration.ofSeconds(20)).build();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<FetchedCollateral>> asks = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        asks.add(() -> client.fetch(good.evidence()));
      }
      for (Future<FetchedCollateral> answer : threads.invokeAll(asks)) {
        assertThat(answer.get().failures()).isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(server.requests).hasSize(3);
  }

  @Test
  @DisplayName("only http and https are asked")
  void schemes() {
    assertThatThrownBy(() -> client().base(URI.create("file:///tmp")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(EndorsementKey.VCEK.path()).isEqualTo("vcek");
  }
}
