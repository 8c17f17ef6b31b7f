// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.spi.Authorizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** One simulated machine for both sides; the peer reaches it over loopback HTTP. */
final class Platform implements AutoCloseable {
  static final byte[] MEASUREMENT = new byte[48];

  private final SimulatedSnpPlatform machine;
  private final SnpVerifier verifier;
  private final Collateral collateral;
  private final HttpServer server;
  private volatile boolean broken;

  Platform() {
    Instant now = Instant.now();
    this.machine =
        SimulatedSnpPlatform.create(
            ProductLine.MILAN, now.minus(Duration.ofHours(2)), new SecureRandom());
    this.verifier = SnpVerifier.builder().anchors(List.of(machine.anchor())).build();
    this.collateral =
        Collateral.of(machine.collateral(machine.report(), now.minus(Duration.ofHours(1))));
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

  private byte[] report(byte[] data) {
    byte[] signed = machine.sign(reportWith().set(SnpField.REPORT_DATA, data));
    if (broken) {
      signed[SnpField.MEASUREMENT.offset()] ^= 1;
    }
    return signed;
  }

  private SimulatedReport reportWith() {
    return machine.report().set(SnpField.MEASUREMENT, MEASUREMENT);
  }

  private boolean isGenuine(byte[] report) {
    Evidence evidence =
        Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(report));
    return verifier.authenticate(evidence, collateral, Instant.now())
        instanceof Authentication.Authentic;
  }

  /** The same machine for our side. */
  Authorizer authorizer() {
    return Authorizer.of(machine.collector(this::reportWith), verifier)
        .collateral(evidence -> collateral);
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    return exchange.getRequestBody().readNBytes(4096);
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
