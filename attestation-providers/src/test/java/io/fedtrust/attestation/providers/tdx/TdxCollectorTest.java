// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.ISSUED;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.NOW;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.PLATFORM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.providers.FakeKernel;
import io.fedtrust.attestation.providers.Judged;
import io.fedtrust.attestation.providers.VendorServer;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.tdx.collector.TdxCollector;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.ita.ItaCollector;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.simulated.SimulatedTrustAuthority;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Collection through the kernel's files, which fail as the kernel's do, and through a service. */
class TdxCollectorTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Deadline deadline = Deadline.in(Duration.ofSeconds(5), nanos::get);
  private final FakeKernel kernel = new FakeKernel(TdxCollectorTest::padded);
  private final SimulatedTrustAuthority service =
      SimulatedTrustAuthority.create(new SecureRandom());

  TdxCollectorTest() {
    kernel.provider = "tdx_guest\n";
    kernel.withAux = false;
  }

  /** As clouds do: a buffer of 8000 bytes. */
  private static byte[] padded(byte[] inblob) {
    return Arrays.copyOf(quote(inblob), 8000);
  }

  private static byte[] quote(byte[] inblob) {
    return PLATFORM.sign(PLATFORM.quote().set(TdxField.REPORTDATA, inblob));
  }

  private TdxCollector collector() {
    return TdxCollector.at(kernel.root(), pause -> nanos.addAndGet(pause.toNanos()));
  }

  private static Binding binding(EvidenceForm form) {
    return Binding.forEvidence(form)
        .challenge(Challenge.of(new byte[Challenge.BYTES]))
        .project("p", new byte[1])
        .site("site-1", "client", new byte[1])
        .audience("server")
        .build();
  }

  private static Binding binding() {
    return binding(EvidenceForm.TDX_QUOTE);
  }

  private void refused(ErrorCode code) {
    assertThatThrownBy(() -> collector().collect(binding(), deadline))
        .isInstanceOfSatisfying(
            AttestationException.class, e -> assertThat(e.code()).isEqualTo(code));
    assertThat(kernel.leftOver()).isEmpty();
  }

  @Test
  @DisplayName("a quote carries the binding, and nothing of the kernel's padding")
  void collects() throws Exception {
    Evidence evidence = collector().collect(binding(), deadline);
    byte[] bytes = Base64.getDecoder().decode(evidence.token());
    assertThat(TdxQuote.parse(bytes).bytes()).isEqualTo(bytes);
    EvidenceVerification result =
        SimulatedTdx.verifier().verify(evidence, Collateral.of(PLATFORM.collateral(ISSUED)), NOW);
    Judged.genuine(result);
    assertThat(result.verifiedClaims().orElseThrow().boundData()).isEqualTo(binding().hash());
    assertThat(evidence.endorsements()).isEmpty();
    assertThat(kernel.leftOver()).isEmpty();
    assertThat(kernel.calls).noneMatch(call -> call.contains("privlevel"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"mkdir", "close inblob", "read outblob", "read generation"})
  @DisplayName("a busy kernel is asked again")
  void busy(String call) {
    kernel.failures.addAll(List.of(call, call));
    assertThat(collector().collect(binding(), deadline).form()).isEqualTo(EvidenceForm.TDX_QUOTE);
    assertThat(kernel.leftOver()).isEmpty();
  }

  @Test
  @DisplayName("another writer's quote is not taken, nor waited for beyond the deadline")
  void races() {
    kernel.races = 1;
    assertThat(collector().collect(binding(), deadline).form()).isEqualTo(EvidenceForm.TDX_QUOTE);
    kernel.races = Integer.MAX_VALUE;
    refused(ErrorCode.COLLECTION_TIMED_OUT);
  }

  @Test
  @DisplayName("another technology, another REPORTDATA, and no quote at all are refused")
  void wrongAnswers() {
    kernel.provider = "sev_guest\n";
    refused(ErrorCode.COLLECTION_FAILED);
    for (byte[] answer :
        new byte[][] {
          quote(new byte[64]), new byte[0], new byte[8000], {(byte) 0xA1, 0x00, 0x01, 0x02}
        }) {
      FakeKernel other = new FakeKernel(inblob -> answer);
      other.provider = "tdx_guest\n";
      assertThatThrownBy(
              () ->
                  TdxCollector.at(other.root(), pause -> nanos.addAndGet(pause.toNanos()))
                      .collect(binding(), Deadline.in(Duration.ofSeconds(5), nanos::get)))
          .isInstanceOfSatisfying(
              AttestationException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLECTION_FAILED));
    }
    assertThatThrownBy(() -> collector().collect(binding(EvidenceForm.SNP_REPORT), deadline))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("an event log is attached; one that cannot be read does not change the result")
  void eventLog(@TempDir Path tables) throws Exception {
    byte[] log = EventLogTest.log(List.of());
    Files.createDirectories(tables.resolve("data"));
    Files.write(tables.resolve("data/CCEL"), Arrays.copyOf(log, log.length + 4000));
    assertThat(collector().eventLog(tables).collect(binding(), deadline).endorsements()).isEmpty();
    Files.write(tables.resolve("CCEL"), EventLogTest.table(2));
    Evidence evidence = collector().eventLog(tables).collect(binding(), deadline);
    EvidenceVerification result =
        SimulatedTdx.verifier().verify(evidence, Collateral.of(PLATFORM.collateral(ISSUED)), NOW);
    Judged.genuine(result);
    assertThat(Judged.claim(result, "event-log")).isEqualTo("true");
    assertThat(
            collector()
                .eventLog(tables)
                .withoutEventLog()
                .collect(binding(), deadline)
                .endorsements())
        .isEmpty();
    Files.write(tables.resolve("CCEL"), EventLogTest.table(1));
    assertThat(collector().eventLog(tables).collect(binding(), deadline).endorsements()).isEmpty();
    Files.write(tables.resolve("CCEL"), EventLogTest.table(2));
    Files.write(tables.resolve("data/CCEL"), new byte[] {1, 2, 3});
    assertThat(collector().eventLog(tables).collect(binding(), deadline).endorsements()).isEmpty();
  }

  @Test
  @DisplayName("an authorizer verifies quotes and tokens under x-tdx, each by its own verifier")
  void authorizer() {
    CCAuthorizer both =
        CCAuthorizer.of(collector(), SimulatedTdx.verifier())
            .alsoVerifying(ItaVerifier.builder().build());
    assertThat(both.namespace()).isEqualTo(Namespace.TDX);
    assertThat(both.verifier().orElseThrow().forms())
        .containsExactlyInAnyOrder(EvidenceForm.TDX_QUOTE, EvidenceForm.ITA_JWT);
    Evidence quote = collector().collect(binding(), deadline);
    Judged.genuine(
        both.verifier()
            .orElseThrow()
            .verify(quote, Collateral.of(PLATFORM.collateral(ISSUED)), NOW));
    assertThatThrownBy(() -> both.alsoVerifying(SimulatedTdx.verifier()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                CCAuthorizer.of(
                    collector(),
                    io.fedtrust.attestation.providers.snp.verifier.SnpVerifier.builder().build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("a service makes a token of a quote over its nonce and the binding")
  void service() throws Exception {
    byte[] value = {1, 2, 3, 4};
    byte[] time = {5, 6};
    Base64.Encoder base64 = Base64.getEncoder();
    AtomicReference<String> key = new AtomicReference<>("");
    AtomicReference<byte[]> request = new AtomicReference<>(new byte[0]);
    Binding binding = binding(EvidenceForm.ITA_JWT);
    try (VendorServer server = new VendorServer()) {
      server
          .when(
              "/appraisal/v2/nonce",
              exchange -> {
                key.set(exchange.getRequestHeaders().getFirst("x-api-key"));
                byte[] nonce =
                    "{\"val\":\"%s\",\"iat\":\"%s\",\"signature\":\"\"}"
                        .formatted(base64.encodeToString(value), base64.encodeToString(time))
                        .getBytes(StandardCharsets.UTF_8);
                VendorServer.bytes(nonce).answer(exchange);
              })
          .when(
              "/appraisal/v2/attest",
              exchange -> {
                request.set(exchange.getRequestBody().readAllBytes());
                String token =
                    service.sign(
                        service
                            .token(NOW)
                            .bound(
                                binding.hash(),
                                SimulatedTrustAuthority.reportData(value, time, binding.hash()),
                                value,
                                time));
                VendorServer.bytes(
                        ("{\"token\":\"" + token + "\"}").getBytes(StandardCharsets.UTF_8))
                    .answer(exchange);
              });
      ItaCollector collector =
          ItaCollector.of(collector()::quote, () -> "the key")
              .service(server.base())
              .policies(List.of("p1"));
      Evidence evidence = collector.collect(binding, Deadline.in(Duration.ofSeconds(20)));
      EvidenceVerification result =
          ItaVerifier.builder()
              .build()
              .verify(
                  evidence,
                  Collateral.of(
                      List.of(
                          service.keys(NOW.plusSeconds(60)).item(ItaItems.KEYS, ItaItems.INTEL))),
                  NOW);
      Judged.genuine(result);
      assertThat(result.verifiedClaims().orElseThrow().isBoundTo(binding.hash())).isTrue();
      assertThat(key.get()).isEqualTo("the key");
      Map<String, ?> sent = StrictJson.read(request.get(), 1 << 20);
      assertThat(sent.get("policy_ids")).isEqualTo(List.of("p1"));
      Map<?, ?> tdx = (Map<?, ?>) sent.get("tdx");
      TdxQuote quote = TdxQuote.parse(Base64.getDecoder().decode((String) tdx.get("quote")));
      assertThat(quote.bytes(TdxField.REPORTDATA))
          .isEqualTo(SimulatedTrustAuthority.reportData(value, time, binding.hash()));
      server.when("/appraisal/v2/attest", VendorServer.status(401));
      assertThatThrownBy(() -> collector.collect(binding, Deadline.in(Duration.ofSeconds(20))))
          .isInstanceOfSatisfying(
              AttestationException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.COLLECTION_FAILED);
                assertThat(e.getMessage()).contains("401").doesNotContain("the key");
              });
      assertThat(Set.copyOf(server.requests)).hasSize(2);
    }
  }
}
