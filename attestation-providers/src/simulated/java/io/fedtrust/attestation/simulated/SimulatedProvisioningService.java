// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What Intel's provisioning certification service would answer if a simulated platform were real
 * (Intel PCS API version 4). Any HTTP server can serve it; its address is then the base of a {@code
 * PcsClient}.
 */
public final class SimulatedProvisioningService {
  private final SimulatedTdxPlatform platform;
  private final SimulatedTcb tcb;
  private final Clock clock;

  SimulatedProvisioningService(SimulatedTdxPlatform platform, SimulatedTcb tcb, Clock clock) {
    this.platform = platform;
    this.tcb = tcb;
    this.clock = clock;
  }

  /**
   * An answer.
   *
   * @param headers to send with it
   * @param body of a success
   */
  public record Answer(Map<String, String> headers, byte[] body) {}

  /**
   * Answers a request.
   *
   * @param request path and query; what stands before them does not matter
   * @return the answer, or empty where Intel says 404
   */
  public Optional<Answer> answer(URI request) {
    Instant now = clock.instant();
    String query = String.valueOf(request.getQuery());
    String path = request.getPath();
    if (path.endsWith("/tdx/certification/v4/tcb")) {
      return query.toLowerCase(Locale.ROOT).contains("fmspc=" + SimulatedTdxPlatform.FMSPC)
          ? Optional.of(
              signed("TCB-Info-Issuer-Chain", platform.signingChain(), platform.tcbInfo(tcb, now)))
          : Optional.empty();
    }
    if (path.endsWith("/tdx/certification/v4/qe/identity")) {
      return Optional.of(
          signed(
              "SGX-Enclave-Identity-Issuer-Chain",
              platform.signingChain(),
              platform.qeIdentity(tcb, now)));
    }
    if (path.endsWith("/sgx/certification/v4/pckcrl")) {
      return query.contains("ca=" + platform.kind().path())
          ? Optional.of(
              signed(
                  "SGX-PCK-CRL-Issuer-Chain",
                  platform.issuerChain(),
                  platform.pckRevocations(1, now, List.of())))
          : Optional.empty();
    }
    return path.endsWith("/IntelSGXRootCA.der") || path.endsWith("/rootcacrl")
        ? Optional.of(new Answer(Map.of(), platform.rootRevocations(1, now, List.of())))
        : Optional.empty();
  }

  /** Percent-encoded, as Intel does: spaces as %20. */
  private static Answer signed(String header, byte[] chain, byte[] body) {
    String pem = new String(chain, StandardCharsets.US_ASCII);
    return new Answer(
        Map.of(header, URLEncoder.encode(pem, StandardCharsets.UTF_8).replace("+", "%20")), body);
  }
}
