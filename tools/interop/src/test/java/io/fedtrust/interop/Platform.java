// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.providers.tdx.policy.TdxPolicy;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTrustAuthority;
import io.fedtrust.attestation.spi.Authorizer;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
    TDX("trustauthority_standin.py");

    private final String standIn;

    Family(String standIn) {
      this.standIn = standIn;
    }

    String standIn() {
      return standIn;
    }
  }

  static final byte[] MEASUREMENT = new byte[48];

  private final Family family;
  private final SimulatedSnpPlatform machine;
  private final SimulatedTrustAuthority service;
  private final EvidenceVerifier verifier;
  private final Collateral collateral;
  private final HttpServer server;
  private volatile boolean broken;

  Platform(Family family) {
    Instant now = Instant.now();
    SecureRandom random = new SecureRandom();
    this.family = family;
    this.machine =
        SimulatedSnpPlatform.create(ProductLine.MILAN, now.minus(Duration.ofHours(2)), random);
    this.service = SimulatedTrustAuthority.create(random);
    this.verifier =
        family == Family.SNP
            ? SnpVerifier.builder().anchors(List.of(machine.anchor())).build()
            : ItaVerifier.builder().build();
    this.collateral =
        Collateral.of(
            family == Family.SNP
                ? machine.collateral(machine.report(), now.minus(Duration.ofHours(1)))
                : List.of(
                    service
                        .keys(now.plus(Duration.ofHours(1)))
                        .item(ItaItems.KEYS, ItaItems.INTEL)));
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
    server.start();
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
    if (family == Family.TDX) {
      String token =
          service.sign(
              service
                  .token(Instant.now())
                  .bound(new byte[32], SimulatedTrustAuthority.reportData(new byte[32])));
      return (broken ? changed(token) : token).getBytes(StandardCharsets.US_ASCII);
    }
    byte[] signed = machine.sign(reportWith().set(SnpField.REPORT_DATA, data));
    if (broken) {
      signed[SnpField.MEASUREMENT.offset()] ^= 1;
    }
    return signed;
  }

  /** The same evidence with something in it changed. */
  String changed(String token) {
    if (family == Family.TDX) {
      int signature = token.lastIndexOf('.') + 1;
      char first = token.charAt(signature) == 'A' ? 'B' : 'A';
      return token.substring(0, signature) + first + token.substring(signature + 1);
    }
    byte[] report = Base64.getDecoder().decode(token);
    report[SnpField.MEASUREMENT.offset()] ^= 1;
    return Base64.getEncoder().encodeToString(report);
  }

  /** What we demand of it. */
  AppraisalRules rules() {
    ReferenceValue good = ReferenceValue.of("good", HexFormat.of().formatHex(MEASUREMENT));
    return family == Family.SNP
        ? SnpPolicy.strict().measurement(good).build()
        : TdxPolicy.strict().forms(Set.of(EvidenceForm.ITA_JWT)).measurement(good).build();
  }

  private SimulatedReport reportWith() {
    return machine.report().set(SnpField.MEASUREMENT, MEASUREMENT);
  }

  private boolean isGenuine(byte[] presented) {
    Evidence evidence =
        family == Family.SNP
            ? Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(presented))
            : Evidence.of(EvidenceForm.ITA_JWT, new String(presented, StandardCharsets.US_ASCII));
    return verifier.authenticate(evidence, collateral, Instant.now())
        instanceof Authentication.Authentic;
  }

  /** The same machine for our side. */
  Authorizer authorizer() {
    return Authorizer.of(
            family == Family.SNP
                ? machine.collector(this::reportWith)
                : service.collector(MEASUREMENT, Clock.systemUTC()),
            verifier)
        .collateral(evidence -> collateral);
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    return exchange.getRequestBody().readNBytes(16384);
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
