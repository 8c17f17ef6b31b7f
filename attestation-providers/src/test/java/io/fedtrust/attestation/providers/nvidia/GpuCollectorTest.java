// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

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
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.VendorServer;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.nvidia.collector.GpuCollector;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.nras.NrasCollector;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedNras;
import io.fedtrust.attestation.spi.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Evidence from external tools and files, and tokens from NVIDIA's service. */
class GpuCollectorTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final SimulatedGpuHost HOST = host();

  @TempDir Path folder = Path.of("");

  private static SimulatedGpuHost host() {
    SimulatedGpuHost host = SimulatedGpuHost.create(NOW, new SecureRandom());
    host.gpu();
    host.gpu();
    return host;
  }

  private static Binding binding(EvidenceForm form) {
    return Binding.forEvidence(form)
        .challenge(Challenge.of(new byte[32]))
        .project("hospitals", new byte[] {1})
        .site("hospital-a", "client", new byte[] {2})
        .sessionKey(new byte[] {3})
        .audience("server1")
        .build();
  }

  private static Deadline soon() {
    return Deadline.in(Duration.ofSeconds(20));
  }

  /** A tool that prints a file, whatever nonce it is given. */
  private static GpuCollector printing(Path file) {
    return GpuCollector.command(
        List.of("sh", "-c", "cat \"$0\"; exit 0", file.toString(), GpuCollector.NONCE));
  }

  private Path written(String json) throws IOException {
    return Files.writeString(folder.resolve("evidence.json"), json);
  }

  private static String printed(GpuEvidence evidence) {
    return "{\"result_code\":0,\"result_message\":\"Ok\",\"evidences\":" + evidence.json() + "}";
  }

  @Test
  @DisplayName("what a tool prints is evidence over the binding, in either of its forms")
  void tool() throws IOException, MalformedEvidenceException {
    Binding binding = binding(EvidenceForm.NV_EVIDENCE);
    GpuEvidence evidence = HOST.evidence(binding.hash());
    for (String json : List.of(evidence.json(), printed(evidence))) {
      Evidence collected = printing(written(json)).collect(binding, soon());
      assertThat(GpuEvidence.parse(collected.token())).isEqualTo(evidence);
      assertThat(collected.form()).isEqualTo(EvidenceForm.NV_EVIDENCE);
    }
  }

  @Test
  @DisplayName("the nonce is one argument of the command, in 64 hex digits")
  void arguments() throws IOException {
    Binding binding = binding(EvidenceForm.NV_EVIDENCE);
    Path seen = folder.resolve("seen");
    GpuCollector collector =
        GpuCollector.command(
            List.of(
                "sh",
                "-c",
                "printf %s \"$1\" > \"$0\"; exit 3",
                seen.toString(),
                GpuCollector.NONCE));
    assertThatThrownBy(() -> collector.collect(binding, soon()))
        .isInstanceOfSatisfying(
            AttestationException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.COLLECTION_FAILED))
        .hasMessageContaining("3");
    assertThat(Files.readString(seen)).isEqualTo(HexFormat.of().formatHex(binding.hash()));
    assertThatThrownBy(() -> GpuCollector.command(List.of("nvattest")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(GpuCollector.NVATTEST_SWITCHES).contains("nvswitch").doesNotContain("gpu");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "exit 1 | COLLECTION_FAILED | 1",
        "echo no device >&2; exit 7 | COLLECTION_FAILED | no device",
        "echo {} | COLLECTION_FAILED | result_code",
        "echo '{\"result_code\":5,\"result_message\":\"no GPU\",\"evidences\":null}' | COLLECTION_FAILED | no GPU",
        "echo [] | COLLECTION_FAILED | devices",
        "cat /dev/zero | COLLECTION_FAILED | more than",
        "sleep 60 | COLLECTION_TIMED_OUT | deadline",
        "sleep 60 & sleep 60 | COLLECTION_TIMED_OUT | deadline"
      })
  @DisplayName("a tool that fails, chatters or hangs ends with its code and in time")
  void misbehaving(String script, ErrorCode code, String says) {
    GpuCollector collector =
        GpuCollector.command(List.of("sh", "-c", script, "sh", GpuCollector.NONCE));
    assertThatThrownBy(
            () ->
                collector.collect(
                    binding(EvidenceForm.NV_EVIDENCE), Deadline.in(Duration.ofSeconds(3))))
        .isInstanceOfSatisfying(
            AttestationException.class, refused -> assertThat(refused.code()).isEqualTo(code))
        .hasMessageContaining(says);
  }

  @Test
  @DisplayName("a machine without the tool is NOT_CONFIDENTIAL, naming the tool")
  void noTool() {
    assertThatThrownBy(
            () ->
                GpuCollector.command(List.of("no-such-tool-here", GpuCollector.NONCE))
                    .collect(binding(EvidenceForm.NV_EVIDENCE), soon()))
        .isInstanceOfSatisfying(
            AttestationException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(ErrorCode.NOT_CONFIDENTIAL);
              assertThat(refused.problem())
                  .startsWith("no-such-tool-here: this program cannot be started")
                  .doesNotContain("error=", "No such file");
              assertThat(refused.hint()).contains("path");
            });
  }

  @Test
  @DisplayName("evidence over another nonce is a failure")
  void wrong() throws IOException {
    GpuCollector stale = printing(written(HOST.evidence(new byte[32]).json()));
    assertThatThrownBy(() -> stale.collect(binding(EvidenceForm.NV_EVIDENCE), soon()))
        .isInstanceOf(AttestationException.class)
        .hasMessageContaining("nonce");
    assertThatThrownBy(() -> stale.collect(binding(EvidenceForm.NRAS_EAT), soon()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("a file that another process wrote serves, and several sources together")
  void files() throws IOException, MalformedEvidenceException {
    Binding binding = binding(EvidenceForm.NV_EVIDENCE);
    String hex = HexFormat.of().formatHex(binding.hash());
    Files.writeString(folder.resolve(hex + ".json"), HOST.evidence(binding.hash()).json());
    SimulatedGpuHost switches = SimulatedGpuHost.create(NOW, new SecureRandom());
    switches.device(Architecture.LS10);
    Path other = Files.writeString(folder.resolve("sw"), switches.evidence(binding.hash()).json());
    GpuCollector collector =
        GpuCollector.file(folder.resolve("{nonce}.json").toString())
            .and(GpuCollector.file(other.toString()));
    assertThat(GpuEvidence.parse(collector.collect(binding, soon()).token()).devices()).hasSize(3);
    assertThatThrownBy(
            () -> GpuCollector.file(folder.resolve("none").toString()).collect(binding, soon()))
        .isInstanceOf(AttestationException.class);
  }

  @Test
  @DisplayName("NVIDIA's service is asked in its own words, and its answer is the token")
  void service() throws IOException {
    Binding binding = binding(EvidenceForm.NRAS_EAT);
    SimulatedNras nras = SimulatedNras.create(new SecureRandom());
    String bundle = nras.sign(nras.bundle(binding.hash(), NOW));
    AtomicReference<Map<String, ?>> asked = new AtomicReference<>();
    AtomicReference<String> key = new AtomicReference<>();
    try (VendorServer server = new VendorServer()) {
      server.when(
          "/attest/gpu",
          exchange -> {
            key.set(exchange.getRequestHeaders().getFirst("Authorization"));
            asked.set(StrictJson.read(exchange.getRequestBody().readAllBytes(), 1 << 20));
            VendorServer.bytes(bundle.getBytes(StandardCharsets.UTF_8)).answer(exchange);
          });
      NrasCollector collector =
          NrasCollector.of((nonce, deadline) -> HOST.evidence(nonce)).service(server.base());
      assertThat(collector.collect(binding, soon()).token()).isEqualTo(bundle);
      assertThat(server.requests).containsExactly("/v4/attest/gpu");
      assertThat(asked.get().get("nonce")).isEqualTo(HexFormat.of().formatHex(binding.hash()));
      assertThat(asked.get().get("arch")).isEqualTo("HOPPER");
      assertThat(asked.get().get("claims_version")).isEqualTo("3.0");
      assertThat((List<?>) asked.get().get("evidence_list")).hasSize(2);
      assertThat(key.get()).isNull();
      collector
          .version(NrasCollector.Version.V3)
          .serviceKey(() -> "s3cret")
          .collect(binding, soon());
      assertThat(server.requests).last().isEqualTo("/v3/attest/gpu");
      assertThat(key.get()).isEqualTo("Bearer s3cret");
      String wrapped = collector.forPeers().collect(binding, soon()).token();
      assertThat(wrapped).startsWith("[[\"JWT\",\"").contains("{\"REMOTE_GPU_CLAIMS\":[[\"JWT\"");
      assertThat(
              NrasVerifier.builder()
                  .build()
                  .verify(
                      Evidence.of(EvidenceForm.NRAS_EAT, wrapped),
                      Collateral.of(List.of(nras.keys(NOW.plusSeconds(9)).item("nras-keys", "x"))),
                      NOW))
          .isInstanceOf(EvidenceVerification.Genuine.class);
    }
  }

  @Test
  @DisplayName("a service that refuses, lies or is slow gives no token")
  void badService() {
    Binding binding = binding(EvidenceForm.NRAS_EAT);
    try (VendorServer server = new VendorServer()) {
      NrasCollector collector =
          NrasCollector.of((nonce, deadline) -> HOST.evidence(nonce)).service(server.base());
      for (VendorServer.Behaviour bad :
          List.of(
              VendorServer.status(401),
              VendorServer.status(500),
              VendorServer.bytes("[[],{}]".getBytes(StandardCharsets.UTF_8)),
              VendorServer.bytes("{}".getBytes(StandardCharsets.UTF_8)),
              VendorServer.endless(),
              server.silence())) {
        server.when("/attest/gpu", bad);
        assertThatThrownBy(() -> collector.collect(binding, Deadline.in(Duration.ofMillis(800))))
            .isInstanceOf(AttestationException.class);
      }
      SimulatedGpuHost mixed = SimulatedGpuHost.create(NOW, new SecureRandom());
      mixed.gpu();
      mixed.device(Architecture.BLACKWELL);
      assertThatThrownBy(
              () ->
                  NrasCollector.of((nonce, deadline) -> mixed.evidence(nonce))
                      .service(server.base())
                      .collect(binding, soon()))
          .hasMessageContaining("one architecture");
    }
  }
}
