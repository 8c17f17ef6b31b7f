// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.policy.AciOptions;
import io.fedtrust.attestation.providers.azure.policy.AciPolicy;
import io.fedtrust.attestation.providers.azure.policy.CvmPolicy;
import io.fedtrust.attestation.providers.nvidia.nras.NrasCollector;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.nvidia.policy.GpuPolicy;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.providers.tdx.policy.TdxPolicy;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedNras;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTrustAuthority;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** One simulated machine for both sides; the peer reaches it over loopback HTTP. */
final class Platform implements AutoCloseable {
  /** What NVFlare has an authorizer for. */
  enum Family {
    /** Reports, by {@code snpguest}. */
    SNP("snpguest_standin.py"),
    /** Tokens of Intel Trust Authority, by {@code trustauthority-cli}. */
    TDX("trustauthority_standin.py"),
    /** Reports of the CPU, and answers of NVIDIA's service, by its kit. */
    GPU("snpguest_standin.py"),
    /** Tokens of Microsoft's service for container groups, by Azure's sidecar. */
    ACI("trustauthority_standin.py"),
    /** Tokens of Microsoft's service for confidential VMs, by its client. */
    CVM("trustauthority_standin.py");

    private final String standIn;

    Family(String standIn) {
      this.standIn = standIn;
    }

    String standIn() {
      return standIn;
    }

    /** Its evidence is a token of a service. */
    boolean token() {
      return this != SNP && this != GPU;
    }
  }

  static final byte[] MEASUREMENT = new byte[48];

  private final Family family;
  private final SimulatedSnpPlatform machine;
  private final SimulatedTrustAuthority service;
  private final SimulatedNras nras;
  private final SimulatedMaa maa;
  private final SimulatedGpuHost gpus;
  private final EvidenceVerifier verifier;
  private final Collateral collateral;
  private final Collateral nrasKeys;
  private final HttpServer server;
  private volatile boolean broken;

  Platform(Family family) {
    Instant now = Instant.now();
    SecureRandom random = new SecureRandom();
    this.family = family;
    this.machine =
        SimulatedSnpPlatform.create(ProductLine.MILAN, now.minus(Duration.ofHours(2)), random);
    this.service = SimulatedTrustAuthority.create(random);
    this.nras = SimulatedNras.create(random);
    this.maa = SimulatedMaa.create(now.minus(Duration.ofHours(2)), random);
    this.gpus = SimulatedGpuHost.create(now.minus(Duration.ofHours(2)), random);
    gpus.gpu();
    this.nrasKeys =
        Collateral.of(
            List.of(
                nras.keys(now.plus(Duration.ofHours(1))).item(NrasItems.KEYS, NrasItems.NVIDIA)));
    this.verifier =
        switch (family) {
          case SNP, GPU -> SnpVerifier.builder().anchors(List.of(machine.anchor())).build();
          case TDX -> ItaVerifier.builder().build();
          case ACI -> MaaVerifier.containers(SimulatedMaa.INSTANCE).build();
          case CVM -> MaaVerifier.virtualMachines(SimulatedMaa.INSTANCE).build();
        };
    Instant end = now.plus(Duration.ofHours(1));
    this.collateral =
        Collateral.of(
            switch (family) {
              case SNP, GPU -> machine.collateral(machine.report(), now.minus(Duration.ofHours(1)));
              case TDX -> List.of(service.keys(end).item(ItaItems.KEYS, ItaItems.INTEL));
              case ACI, CVM -> List.of(maa.keys(end).item(MaaItems.KEYS, "simulated"));
            });
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/report", exchange -> answer(exchange, 200, report(body(exchange))));
    server.createContext(
        "/verify",
        exchange -> answer(exchange, isGenuine(body(exchange)) ? 200 : 403, new byte[0]));
    server.createContext(
        "/gpu", exchange -> answer(exchange, 200, spoiltIfBroken(bundle(hex(body(exchange))))));
    server.createContext(
        "/gpu-verify",
        exchange -> answer(exchange, isGenuineBundle(body(exchange)) ? 200 : 403, new byte[0]));
    server.createContext(
        "/v4/attest/gpu", exchange -> answer(exchange, 200, bundle(asked(body(exchange)))));
    server.createContext(
        "/attest/maa",
        exchange -> {
          byte[] token = report(body(exchange));
          answer(
              exchange,
              200,
              ("{\"token\":\"" + new String(token, StandardCharsets.US_ASCII) + "\"}")
                  .getBytes(StandardCharsets.US_ASCII));
        });
    server.createContext("/certs", exchange -> answer(exchange, 200, maa.numberedJwks()));
    server.start();
  }

  private static byte[] hex(byte[] text) {
    return HexFormat.of().parseHex(new String(text, StandardCharsets.US_ASCII));
  }

  /** Our own collector asks as NVIDIA's service is asked. */
  private static byte[] asked(byte[] request) {
    String json = new String(request, StandardCharsets.US_ASCII);
    int from = json.indexOf("\"nonce\":\"") + 9;
    return HexFormat.of().parseHex(json.substring(from, from + 64));
  }

  private byte[] bundle(byte[] nonce) {
    return nras.sign(nras.bundle(nonce, Instant.now())).getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] spoiltIfBroken(byte[] bundle) {
    return broken
        ? changed(new String(bundle, StandardCharsets.US_ASCII)).getBytes(StandardCharsets.US_ASCII)
        : bundle;
  }

  private boolean isGenuineBundle(byte[] presented) {
    return NrasVerifier.builder()
            .build()
            .verify(
                Evidence.of(
                    EvidenceForm.NRAS_EAT, new String(presented, StandardCharsets.US_ASCII)),
                nrasKeys,
                Instant.now())
        instanceof EvidenceVerification.Genuine;
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** From now on its reports have a bit changed. */
  void breaks() {
    broken = true;
  }

  Family family() {
    return family;
  }

  private byte[] report(byte[] data) {
    if (family.token()) {
      String token = token();
      return (broken ? changed(token) : token).getBytes(StandardCharsets.US_ASCII);
    }
    byte[] signed = machine.sign(reportWith().set(SnpField.REPORT_DATA, data));
    if (broken && family == Family.SNP) {
      signed[SnpField.MEASUREMENT.offset()] ^= 1;
    }
    return signed;
  }

  /** As NVFlare's authorizers ask for them: over nothing of the relying party's. */
  private String token() {
    return switch (family) {
      case ACI -> maa.sign(maa.container(Instant.now()).outer("x-ms-runtime", "{}"));
      case CVM -> maa.sign(maa.machine(Instant.now()));
      default ->
          service.sign(
              service
                  .token(Instant.now())
                  .bound(new byte[32], SimulatedTrustAuthority.reportData(new byte[32])));
    };
  }

  /** The same evidence with something in it changed. */
  String changed(String token) {
    if (token.startsWith("[")) {
      // The last character but one of the last token's signature has no bits to spare.
      int last = token.lastIndexOf("\"}") - 2;
      char other = token.charAt(last) == 'A' ? 'B' : 'A';
      return token.substring(0, last) + other + token.substring(last + 1);
    }
    if (family.token()) {
      int signature = token.lastIndexOf('.') + 1;
      char first = token.charAt(signature) == 'A' ? 'B' : 'A';
      return token.substring(0, signature) + first + token.substring(signature + 1);
    }
    byte[] report = Base64.getDecoder().decode(token);
    report[SnpField.MEASUREMENT.offset()] ^= 1;
    return Base64.getEncoder().encodeToString(report);
  }

  /** What we demand of it. */
  List<AppraisalRules> rules() {
    ReferenceValue good = ReferenceValue.of("good", HexFormat.of().formatHex(MEASUREMENT));
    AppraisalRules cpu =
        switch (family) {
          case SNP, GPU -> SnpPolicy.strict().measurement(good).build();
          case TDX ->
              TdxPolicy.strict().forms(Set.of(EvidenceForm.ITA_JWT)).measurement(good).build();
          case ACI ->
              AciPolicy.strict()
                  .forms(Set.of(EvidenceForm.MAA_JWT))
                  .set(AciOptions.CONTAINER_POLICIES, "00".repeat(32))
                  .build();
          case CVM ->
              CvmPolicy.strict().forms(Set.of(EvidenceForm.MAA_CVM_JWT)).measurement(good).build();
        };
    return family == Family.GPU
        ? List.of(cpu, GpuPolicy.profile("nvtrust").forms(Set.of(EvidenceForm.NRAS_EAT)).build())
        : List.of(cpu);
  }

  private SimulatedReport reportWith() {
    return machine.report().set(SnpField.MEASUREMENT, MEASUREMENT);
  }

  private boolean isGenuine(byte[] presented) {
    Evidence evidence =
        family != Family.TDX
            ? Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(presented))
            : Evidence.of(EvidenceForm.ITA_JWT, new String(presented, StandardCharsets.US_ASCII));
    return verifier.verify(evidence, collateral, Instant.now())
        instanceof EvidenceVerification.Genuine;
  }

  /** The same machine for our side. */
  List<CCAuthorizer> authorizers() {
    CCAuthorizer devices =
        CCAuthorizer.of(
                NrasCollector.of((nonce, deadline) -> gpus.evidence(nonce))
                    .service(URI.create(address()))
                    .forPeers(),
                NrasVerifier.builder().build())
            .withCollateral(evidence -> nrasKeys);
    return family == Family.GPU ? List.of(cpu(), devices) : List.of(cpu());
  }

  private CCAuthorizer cpu() {
    return CCAuthorizer.of(
            switch (family) {
              case SNP, GPU -> machine.collector(this::reportWith);
              case TDX -> service.collector(MEASUREMENT, Clock.systemUTC());
              case ACI -> maa.containers(new byte[32], Clock.systemUTC());
              case CVM -> maa.machines(MEASUREMENT, Clock.systemUTC());
            },
            verifier)
        .withCollateral(evidence -> collateral);
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    return exchange.getRequestBody().readNBytes(65536);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
