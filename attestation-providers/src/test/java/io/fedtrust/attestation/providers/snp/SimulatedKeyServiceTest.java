// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.providers.Judged;
import io.fedtrust.attestation.providers.VendorServer;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.snp.Simulated.Case;
import io.fedtrust.attestation.providers.snp.collateral.KdsClient;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.TcbVersion;
import io.fedtrust.attestation.simulated.SimulatedKeyService;
import java.net.URI;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulated key service, asked by the real client. */
class SimulatedKeyServiceTest {
  private static final String CHIP =
      "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
          + "000000000000000000000000000000000000000000000000";
  private static final Clock CLOCK = Clock.fixed(Simulated.NOW, ZoneOffset.UTC);

  private static SimulatedKeyService service(ProductLine line) {
    return Simulated.platform(line).keyService(CLOCK);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("what the client fetches there is all a verifier needs")
  void fetched(ProductLine line) {
    Case good = Case.of(Simulated.platform(line), Simulated.platform(line).report());
    try (VendorServer server = new VendorServer()) {
      server.when(
          "",
          exchange -> {
            Optional<byte[]> body = service(line).answer(exchange.getRequestURI());
            (body.isPresent() ? VendorServer.bytes(body.get()) : VendorServer.status(404))
                .answer(exchange);
          });
      KdsClient client = KdsClient.builder().base(server.base()).clock(CLOCK).build();
      FetchedCollateral fetched = client.fetch(good.evidence());
      assertThat(fetched.failures()).isEmpty();
      Judged.genuine(
          Simulated.verifier(good.platform())
              .verify(good.evidence(), fetched.collateral(), Simulated.NOW));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/vcek/v1/Genoa/cert_chain",
        "/vcek/v2/Milan/cert_chain",
        "/vcek/v1/Milan/other",
        "/vcek/v1/Milan/00",
        "/vlek/v1/Milan/" + CHIP + "?blSPL=1&teeSPL=0&snpSPL=1&ucodeSPL=1",
        "/vcek/v1/Milan/" + CHIP,
        "/vcek/v1/Milan/" + CHIP + "?blSPL=1&teeSPL=0&snpSPL=1",
        "/vcek/v1/Milan/" + CHIP + "?fmcSPL=1&blSPL=1&teeSPL=0&snpSPL=1&ucodeSPL=1",
        "/vcek/v1/Milan/" + CHIP + "?blSPL=1&teeSPL=0&snpSPL=1&ucodeSPL=256",
        "/vcek/v1/Milan/" + CHIP + "?blSPL=1&blSPL=1&teeSPL=0&snpSPL=1&ucodeSPL=1",
        "/vcek/v1/Milan/" + CHIP + "?blSPL=x&teeSPL=0&snpSPL=1&ucodeSPL=1"
      })
  @DisplayName("what AMD would not know is not there")
  void unknown(String request) {
    assertThat(service(ProductLine.MILAN).answer(URI.create(request))).isEmpty();
  }

  @Test
  @DisplayName("a TCB encodes to what it was decoded from")
  void tcb() {
    for (ProductLine line : ProductLine.values()) {
      TcbVersion tcb = TcbVersion.decode(0x0102030405060708L, line);
      assertThat(TcbVersion.decode(tcb.encode(line), line)).isEqualTo(tcb);
    }
    assertThatThrownBy(() -> new TcbVersion(Map.of("snp", 1L)).encode(ProductLine.MILAN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("levels: expected those of Milan");
  }
}
