// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.collateral;

import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.format.TcbVersion;
import java.net.URI;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Addresses of AMD's key distribution service (AMD publication 57230, KDS interface), built from
 * parsed numbers alone.
 */
final class KdsAddress {
  private static final int SHORT_CHIP_ID = 8;
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "fmc", "fmcSPL",
          "bootloader", "blSPL",
          "tee", "teeSPL",
          "snp", "snpSPL",
          "microcode", "ucodeSPL");

  private final String base;

  KdsAddress(URI base) {
    this.base = base.toString().replaceFirst("/+$", "");
  }

  URI chain(EndorsementKey key, ProductLine line) {
    return URI.create(base + "/" + key.path() + "/v1/" + line.text() + "/cert_chain");
  }

  URI revocations(EndorsementKey key, ProductLine line) {
    return URI.create(base + "/" + key.path() + "/v1/" + line.text() + "/crl");
  }

  URI vcek(SnpReport report, ProductLine line) {
    byte[] chip = report.bytes(SnpField.CHIP_ID);
    int length = line == ProductLine.TURIN ? SHORT_CHIP_ID : chip.length;
    TcbVersion tcb = report.tcb(SnpField.REPORTED_TCB, line);
    return URI.create(
        base
            + "/vcek/v1/"
            + line.text()
            + "/"
            + HexFormat.of().formatHex(chip, 0, length)
            + "?"
            + tcb.levels().entrySet().stream()
                .map(level -> PARAMETERS.get(level.getKey()) + "=" + level.getValue())
                .collect(Collectors.joining("&")));
  }
}
