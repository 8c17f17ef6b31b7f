// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static io.fedtrust.attestation.providers.Judged.genuine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.VendorServer;
import io.fedtrust.attestation.providers.azure.collector.AciCollector;
import io.fedtrust.attestation.providers.azure.collector.CvmCollector;
import io.fedtrust.attestation.providers.azure.collector.SecurityContext;
import io.fedtrust.attestation.providers.azure.collector.Sidecar;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.azure.maa.MaaCollector;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.eventlog.PcrLog;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedContainerGroup;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedUvm;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Evidence of Azure's machines: the sidecar, the security context, external commands. */
class AzureCollectorTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(9));
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SimulatedSnpPlatform PLATFORM =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, RANDOM);
  private static final SimulatedUvm UVM = SimulatedUvm.create(MADE, RANDOM);
  private static final byte[] POLICY = "package policy\n".getBytes(StandardCharsets.UTF_8);
  private static final SimulatedContainerGroup GROUP =
      SimulatedContainerGroup.on(PLATFORM, UVM, POLICY, new byte[48], MADE.plusSeconds(60));
  private static final SimulatedMaa SERVICE = SimulatedMaa.create(MADE, RANDOM);

  private final VendorServer server = new VendorServer();
  private final List<Duration> waited = new ArrayList<>();
  private final AtomicReference<Map<String, ?>> asked = new AtomicReference<>(Map.of());

  @TempDir Path folder = Path.of("");

  @AfterEach
  void close() {
    server.close();
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

  private Sidecar sidecar() {
    return Sidecar.at(server.base()).pausing(waited::add);
  }

  /** A report over whatever runtime data is sent, as the real one makes them. */
  private void serveReports() {
    server.when(
        "/attest/raw",
        exchange -> {
          Map<String, ?> request =
              StrictJson.read(exchange.getRequestBody().readAllBytes(), 1 << 20);
          asked.set(request);
          byte[] runtimeData = Base64.getDecoder().decode((String) request.get("runtime_data"));
          byte[] report = PLATFORM.sign(GROUP.report(runtimeData));
          answer("{\"report\":\"" + HexFormat.of().formatHex(report) + "\"}").answer(exchange);
        });
  }

  private static VendorServer.Behaviour answer(String json) {
    return VendorServer.bytes(json.getBytes(StandardCharsets.UTF_8));
  }

  private Path context(String tcb) throws IOException {
    write("reference-info-base64", UVM.sign(GROUP.endorsement()));
    write("security-policy-base64", POLICY);
    String json =
        "{\"vcekCert\":"
            + quoted(
                new String(
                    CertificatePem.write(List.of(PLATFORM.endorsement(PLATFORM.report()))),
                    StandardCharsets.US_ASCII))
            + ",\"certificateChain\":"
            + quoted(new String(PLATFORM.chain(EndorsementKey.VCEK), StandardCharsets.US_ASCII))
            + ",\"tcbm\":\""
            + tcb
            + "\",\"cacheControl\":\"86400\"}";
    write("host-amd-cert-base64", json.getBytes(StandardCharsets.UTF_8));
    return folder;
  }

  private static String quoted(String pem) {
    return "\"" + pem.replace("\n", "\\n") + "\"";
  }

  private void write(String name, byte[] content) throws IOException {
    Files.writeString(folder.resolve(name), Base64.getEncoder().encodeToString(content) + "\n");
  }

  private static void failed(ErrorCode code, String message, EvidenceCollector collector) {
    assertThatThrownBy(() -> collector.collect(binding(collector.form()), soon()))
        .isInstanceOfSatisfying(
            AttestationException.class, refused -> assertThat(refused.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  @Test
  @DisplayName("sidecar and security context together are a bundle that a relying party trusts")
  void bundle() throws IOException {
    serveReports();
    Path context = context("DB18000000000004");
    Binding binding = binding(EvidenceForm.ACI_RAW);
    Evidence evidence =
        AciCollector.sidecar(sidecar(), () -> SecurityContext.at(context)).collect(binding, soon());
    assertThat(asked.get().keySet()).isEqualTo(java.util.Set.of("runtime_data"));
    List<CollateralItem> lists =
        GROUP.collateral(NOW.minus(Duration.ofDays(1))).stream()
            .filter(item -> item.kind().equals(SnpItems.CRL))
            .toList();
    var result =
        AciVerifier.builder()
            .anchors(GROUP.anchors())
            .build()
            .verify(evidence, Collateral.of(lists), NOW);
    genuine(result);
    assertThat(result.verifiedClaims().orElseThrow().isBoundTo(binding.hash())).isTrue();
  }

  @Test
  @DisplayName("Certificates for another TCB travel too: the verdict names what cannot be used")
  void otherTcb() throws IOException {
    serveReports();
    Path context = context("DB18000000000003");
    Evidence evidence =
        AciCollector.sidecar(sidecar(), () -> SecurityContext.at(context))
            .collect(binding(EvidenceForm.ACI_RAW), soon());
    assertThat(evidence.endorsements()).isPresent();
    write("host-amd-cert-base64", new byte[] {1});
    assertThat(SecurityContext.at(context).certificates()).containsExactly(new byte[] {1});
    Files.delete(context.resolve("host-amd-cert-base64"));
    assertThat(SecurityContext.at(context).certificates()).isEmpty();
  }

  @Test
  @DisplayName("a context is where its variable says, else by its name, else where Kata has it")
  void places() throws IOException {
    context("DB18000000000004");
    assertThat(
            SecurityContext.find(
                    Map.of(SecurityContext.VARIABLE, folder.toString()), Path.of("/nowhere"))
                .policy())
        .isEqualTo(POLICY);
    Path root = Files.createDirectory(folder.resolve("root"));
    assertThatThrownBy(() -> SecurityContext.find(Map.of(), root))
        .isInstanceOfSatisfying(
            AttestationException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(ErrorCode.NOT_CONFIDENTIAL);
              assertThat(refused.hint()).contains(SecurityContext.VARIABLE);
            });
    Path kata =
        Files.createDirectories(root.resolve("opt/confidential-containers/share/kata-containers"));
    copy(kata);
    assertThat(SecurityContext.find(Map.of(), root).policy()).isEqualTo(POLICY);
    Path named = Files.createDirectory(root.resolve("security-context-42"));
    assertThatThrownBy(() -> SecurityContext.find(Map.of(), root))
        .hasMessageContaining("reference-info-base64");
    copy(named);
    assertThat(SecurityContext.find(Map.of(), root).policy()).isEqualTo(POLICY);
    assertThat(
            SecurityContext.find(
                    Map.of("UVM_REFERENCE_INFO", "AA==", "UVM_SECURITY_POLICY", "AQ=="), root)
                .policy())
        .isEqualTo(new byte[] {1});
    assertThatThrownBy(
            () ->
                SecurityContext.find(
                    Map.of("UVM_REFERENCE_INFO", "!", "UVM_SECURITY_POLICY", "AQ=="), root))
        .hasMessageContaining("base64");
  }

  private void copy(Path to) throws IOException {
    for (String name : List.of("reference-info-base64", "security-policy-base64")) {
      Files.copy(folder.resolve(name), to.resolve(name));
    }
  }

  @Test
  @DisplayName(
      "a machine without a sidecar is NOT_CONFIDENTIAL after the last attempt, with a hint")
  void noSidecar() {
    Sidecar absent = Sidecar.at(URI.create("http://127.0.0.1:1")).pausing(waited::add);
    assertThatThrownBy(() -> absent.report(new byte[1], soon()))
        .isInstanceOfSatisfying(
            AttestationException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(ErrorCode.NOT_CONFIDENTIAL);
              assertThat(refused.problem())
                  .isEqualTo("http://127.0.0.1:1: no attestation sidecar listens here");
              assertThat(refused.hint()).contains("8284");
            });
    assertThat(waited).hasSize(4);
    AtomicLong nanos = new AtomicLong();
    Sidecar hurried =
        Sidecar.at(URI.create("http://127.0.0.1:1"))
            .pausing(time -> nanos.addAndGet(time.toNanos()));
    assertThatThrownBy(
            () -> hurried.report(new byte[1], Deadline.in(Duration.ofSeconds(3), nanos::get)))
        .isInstanceOfSatisfying(
            AttestationException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.NOT_CONFIDENTIAL));
  }

  @Test
  @DisplayName("a sidecar that fails is asked again, also after errors of HTTP, and then no more")
  void retries() throws IOException {
    Path context = context("DB18000000000004");
    AciCollector collector = AciCollector.sidecar(sidecar(), () -> SecurityContext.at(context));
    AtomicInteger times = new AtomicInteger();
    server.when(
        "/attest/raw",
        exchange -> {
          int time = times.incrementAndGet();
          if (time == 1) {
            VendorServer.status(500).answer(exchange);
          } else if (time == 2) {
            answer("{\"error\":\"x\"}{\"report\":\"\"}").answer(exchange);
          } else {
            byte[] report = PLATFORM.sign(GROUP.report(RuntimeData.of(hash(exchange))));
            answer("{\"report\":\"" + HexFormat.of().formatHex(report) + "\"}").answer(exchange);
          }
        });
    assertThat(collector.collect(binding(EvidenceForm.ACI_RAW), soon()).form())
        .isEqualTo(EvidenceForm.ACI_RAW);
    assertThat(waited).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
    server.when("/attest/raw", VendorServer.status(503));
    server.requests.clear();
    failed(ErrorCode.COLLECTION_FAILED, "503", collector);
    assertThat(server.requests).hasSize(5);
    server.requests.clear();
    failed(
        ErrorCode.COLLECTION_FAILED,
        "503",
        AciCollector.sidecar(
            sidecar().attempts(1, Duration.ZERO), () -> SecurityContext.at(context)));
    assertThat(server.requests).hasSize(1);
    assertThatThrownBy(
            () -> collector.collect(binding(EvidenceForm.ACI_RAW), Deadline.in(Duration.ZERO)))
        .isInstanceOfSatisfying(
            AttestationException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.COLLECTION_TIMED_OUT));
  }

  private static byte[] hash(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
    Map<String, ?> request = StrictJson.read(exchange.getRequestBody().readAllBytes(), 1 << 20);
    return RuntimeData.hash(Base64.getDecoder().decode((String) request.get("runtime_data")))
        .orElseThrow();
  }

  @Test
  @DisplayName("a report over something else, or none, is not passed on")
  void otherReports() throws IOException {
    Path context = context("DB18000000000004");
    AciCollector collector =
        AciCollector.sidecar(
            sidecar().attempts(1, Duration.ZERO), () -> SecurityContext.at(context));
    String other = HexFormat.of().formatHex(PLATFORM.sign(GROUP.report(new byte[1])));
    server.when("/attest/raw", answer("{\"report\":\"" + other + "\"}"));
    failed(ErrorCode.COLLECTION_FAILED, "REPORT_DATA", collector);
    for (String json : List.of("{}", "[]", "{\"report\":\"00\"}", "{\"report\":1}", "")) {
      server.when("/attest/raw", answer(json));
      failed(ErrorCode.COLLECTION_FAILED, "/attest/raw", collector);
    }
    server.when("/attest/raw", VendorServer.endless());
    failed(ErrorCode.COLLECTION_FAILED, "/attest/raw", collector);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "http://10.0.0.1:8080",
        "http://sidecar.example:8080",
        "https://127.0.0.1:8080",
        "http://127.0.0.1.evil.example:8080"
      })
  @DisplayName("a sidecar is on this machine")
  void loopback(String address) {
    assertThatThrownBy(() -> Sidecar.at(URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(address);
    assertThatThrownBy(() -> Sidecar.ofThisMachine().attempts(0, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("the sidecar's /attest/maa: instance by its host, JSON as runtime data")
  void tokens() {
    server.when(
        "/attest/maa",
        exchange -> {
          Map<String, ?> request =
              StrictJson.read(exchange.getRequestBody().readAllBytes(), 1 << 20);
          asked.set(request);
          byte[] hash =
              RuntimeData.hash(Base64.getDecoder().decode((String) request.get("runtime_data")))
                  .orElseThrow();
          answer("{\"token\":\"" + SERVICE.sign(SERVICE.container(NOW).bound(hash)) + "\"}")
              .answer(exchange);
        });
    MaaCollector collector = MaaCollector.containers(sidecar(), SimulatedMaa.INSTANCE);
    assertThat(collector.collect(binding(EvidenceForm.MAA_JWT), soon()).form())
        .isEqualTo(EvidenceForm.MAA_JWT);
    assertThat(asked.get().get("maa_endpoint")).isEqualTo("maa.simulated.invalid");
    server.when(
        "/attest/maa", answer("{\"token\":\"" + SERVICE.sign(SERVICE.container(NOW)) + "\"}"));
    failed(ErrorCode.COLLECTION_FAILED, "x-ms-runtime", collector);
    server.when("/attest/maa", answer("{\"token\":\"none\"}"));
    failed(ErrorCode.COLLECTION_FAILED, "token", collector);
  }

  @Test
  @DisplayName("an external client of a confidential VM gets the nonce as one argument")
  void client() throws IOException {
    Binding binding = binding(EvidenceForm.MAA_CVM_JWT);
    Path token = folder.resolve("token");
    Files.writeString(token, SERVICE.sign(SERVICE.machine(NOW).bound(binding.hash())) + "\n");
    MaaCollector collector =
        MaaCollector.command(List.of("sh", "-c", "cat \"$0\"", token.toString(), "{nonce}"));
    assertThat(collector.collect(binding, soon()).token()).doesNotContain("\n");
    Files.writeString(token, SERVICE.sign(SERVICE.machine(NOW).bound(new byte[32])));
    failed(ErrorCode.COLLECTION_FAILED, "x-ms-runtime", collector);
    Path seen = folder.resolve("seen");
    failed(
        ErrorCode.COLLECTION_FAILED,
        "exit status",
        MaaCollector.command(
            List.of("sh", "-c", "printf %s \"$1\" > \"$0\"; exit 3", seen.toString(), "{nonce}")));
    assertThat(Files.readString(seen)).isEqualTo(RuntimeData.nonce(binding.hash()));
    assertThatThrownBy(() -> MaaCollector.command(List.of("AttestationClient")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(MaaCollector.virtualMachines(SimulatedMaa.INSTANCE).form())
        .isEqualTo(EvidenceForm.MAA_CVM_JWT);
  }

  @Test
  @DisplayName("a command for reports of a container group gets REPORT_DATA")
  void reportCommand() throws IOException {
    Path context = context("DB18000000000004");
    Binding binding = binding(EvidenceForm.ACI_RAW);
    Path report = folder.resolve("report");
    String hex =
        HexFormat.of().formatHex(PLATFORM.sign(GROUP.report(RuntimeData.of(binding.hash()))));
    Files.writeString(report, hex.substring(0, 100) + "\n" + hex.substring(100) + "\n");
    AciCollector collector =
        AciCollector.command(
            List.of("sh", "-c", "cat \"$0\"", report.toString(), AciCollector.REPORT_DATA),
            () -> SecurityContext.at(context));
    assertThat(collector.collect(binding, soon()).form()).isEqualTo(EvidenceForm.ACI_RAW);
    Files.writeString(report, "no report");
    failed(ErrorCode.COLLECTION_FAILED, "hex", collector);
  }

  @Test
  @DisplayName("a TPM's event log travels beside the quote that it explains, and else is left out")
  void eventLog() throws Exception {
    PcrLog log = PcrLog.start().event(4, PcrLog.APPLICATION, "shim");
    SimulatedConfidentialVm machine =
        log.boot(SimulatedConfidentialVm.on(PLATFORM, new byte[48], RANDOM));
    Binding binding = binding(EvidenceForm.CVM_TPM);
    Path printed = folder.resolve("printed");
    Path measurements = folder.resolve("binary_bios_measurements");
    Files.writeString(printed, machine.evidence(binding.hash()).token());
    CvmCollector collector =
        CvmCollector.command(
                List.of("sh", "-c", "cat \"$0\"", printed.toString(), CvmCollector.HASH))
            .eventLog(measurements);
    assertThat(collector.collect(binding, soon()).endorsements()).as("no file").isEmpty();
    Files.write(measurements, log.bytes());
    Evidence evidence = collector.collect(binding, soon());
    assertThat(EvidenceAttachments.withEventLog(evidence).eventLog())
        .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(log.bytes()));
    assertThat(collector.withoutEventLog().collect(binding, soon()).endorsements()).isEmpty();
    for (byte[] other :
        List.of(
            new byte[] {1},
            PcrLog.start().bytes(),
            PcrLog.start().event(4, PcrLog.APPLICATION, "another").bytes(),
            PcrLog.start().event(4, PcrLog.APPLICATION, "shim").event(11, 4, "later").bytes())) {
      Files.write(measurements, other);
      assertThat(collector.collect(binding, soon()).endorsements()).isEmpty();
    }
    PcrLog huge = PcrLog.start();
    for (int i = 0; i < 2000; i++) {
      huge.event(4, PcrLog.APPLICATION, "x".repeat(100));
    }
    Files.write(measurements, huge.bytes());
    Files.writeString(printed, huge.boot(machine).evidence(binding.hash()).token());
    assertThat(collector.collect(binding, soon()).endorsements())
        .as("beyond what endorsements may hold")
        .isEmpty();
  }

  @Test
  @DisplayName("a command for a TPM's quote gets the hash, and must quote it")
  void quoteCommand() throws IOException {
    SimulatedConfidentialVm machine = SimulatedConfidentialVm.on(PLATFORM, new byte[48], RANDOM);
    Binding binding = binding(EvidenceForm.CVM_TPM);
    Path printed = folder.resolve("printed");
    CvmCollector collector =
        CvmCollector.command(
            List.of("sh", "-c", "cat \"$0\"", printed.toString(), CvmCollector.HASH));
    Files.writeString(printed, machine.evidence(binding.hash()).token() + "\n");
    assertThat(collector.collect(binding, soon()).token())
        .isEqualTo(Files.readString(printed).strip());
    Files.writeString(printed, machine.evidence(new byte[32]).token());
    failed(ErrorCode.COLLECTION_FAILED, "extraData", collector);
    Files.writeString(
        printed,
        new CvmEvidence(
                machine.report(machine.runtimeData()),
                java.util.Optional.empty(),
                java.util.Optional.empty())
            .evidence()
            .token());
    failed(ErrorCode.COLLECTION_FAILED, "extraData", collector);
    Files.writeString(printed, "none");
    failed(ErrorCode.COLLECTION_FAILED, "sh", collector);
    assertThatThrownBy(() -> collector.collect(binding(EvidenceForm.ACI_RAW), soon()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
