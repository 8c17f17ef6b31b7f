// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.spi.Authorizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A SIMULATED SEV-SNP machine for one site. What AMD publishes of real ones - anchors,
 * certificates, revocation lists - it puts into a folder that all sites of the example read.
 */
final class Hardware {
  private static final Duration AGE = Duration.ofHours(1);
  private static final String ANCHORS = "anchors.json";
  private static final int CHIP_CHARACTERS = 2 * SnpField.CHIP_ID.size();

  private final Path published;
  private final SimulatedSnpPlatform platform;
  private final byte[] measurement;
  private final byte[] tcb;

  /**
   * Makes a machine, and publishes what belongs to it.
   *
   * @param published the folder for all
   * @param site whose machine it is
   * @param software hex of its launch measurement
   * @param tcb hex of its firmware levels
   */
  Hardware(Path published, String site, String software, String tcb, Instant now)
      throws IOException {
    this.published = published;
    this.platform =
        SimulatedSnpPlatform.create(ProductLine.MILAN, now.minus(AGE), new SecureRandom());
    this.measurement = HexFormat.of().parseHex(software);
    this.tcb = HexFormat.of().parseHex(tcb);
    Path staged = Files.createDirectories(published.resolve("." + site));
    CollateralFolder.open(staged.resolve("collateral"))
        .add(
            platform.collateral(report(), now.minus(AGE)).stream()
                .map(item -> entry(item, now))
                .toList());
    Files.writeString(staged.resolve(ANCHORS), TrustAnchors.write(List.of(platform.anchor())));
    Files.move(staged, published.resolve(site));
  }

  private static CollateralEntry entry(CollateralItem item, Instant now) {
    return new CollateralEntry(item, "simulated platform", now, Optional.empty(), Optional.empty());
  }

  private SimulatedReport report() {
    return platform.report().tcb(tcb).set(SnpField.MEASUREMENT, measurement);
  }

  /** Collects here, and verifies the evidence of every site named, which must have published. */
  Authorizer authorizer(List<String> sites) {
    List<TrustAnchor> anchors = new ArrayList<>();
    Map<String, Collateral> byChip = new HashMap<>();
    for (String site : sites) {
      Path folder = published.resolve(site);
      anchors.addAll(TrustAnchors.read(folder.resolve(ANCHORS)));
      Collateral collateral = CollateralFolder.open(folder.resolve("collateral")).collateral();
      collateral
          .items(SnpItems.VCEK)
          .forEach(item -> byChip.put(item.subject().substring(0, CHIP_CHARACTERS), collateral));
    }
    return Authorizer.of(
            platform.collector(this::report), SnpVerifier.builder().anchors(anchors).build())
        .collateral(evidence -> byChip.getOrDefault(chip(evidence), Collateral.NONE));
  }

  /** Every simulated machine has a vendor of its own: what belongs to it is found by its chip. */
  private static String chip(Evidence evidence) {
    int end = SnpField.CHIP_ID.offset() + SnpField.CHIP_ID.size();
    byte[] report = Base64.getDecoder().decode(evidence.token());
    return report.length < end
        ? ""
        : HexFormat.of().formatHex(report, SnpField.CHIP_ID.offset(), end);
  }
}
