// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Platforms in software, a verifier that trusts them, and ways to change exactly one thing. */
final class Simulated {
  static final Instant MADE = Instant.parse("2026-06-01T00:00:00Z");
  static final Instant LISTED = Instant.parse("2026-11-01T00:00:00Z");
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static final Map<ProductLine, SimulatedSnpPlatform> PLATFORMS =
      new EnumMap<>(ProductLine.class);

  private Simulated() {}

  static synchronized SimulatedSnpPlatform platform(ProductLine line) {
    return PLATFORMS.computeIfAbsent(
        line, made -> SimulatedSnpPlatform.create(made, MADE, new SecureRandom()));
  }

  static SimulatedSnpPlatform milan() {
    return platform(ProductLine.MILAN);
  }

  static SnpVerifier verifier(SimulatedSnpPlatform... trusted) {
    return SnpVerifier.builder()
        .anchors(Arrays.stream(trusted).map(SimulatedSnpPlatform::anchor).toList())
        .build();
  }

  /** A good report of a platform with everything that belongs to it. */
  record Case(SimulatedSnpPlatform platform, Evidence evidence, List<CollateralItem> items) {
    static Case of(SimulatedSnpPlatform platform, SimulatedReport report) {
      return new Case(platform, platform.evidence(report), platform.collateral(report, LISTED));
    }

    static Case good() {
      return of(milan(), milan().report());
    }

    static Case vlek() {
      return of(milan(), milan().report(EndorsementKey.VLEK));
    }

    Case evidence(Evidence other) {
      return new Case(platform, other, items);
    }

    Case report(byte[] bytes) {
      return evidence(Vectors.evidence(bytes));
    }

    CollateralItem item(String kind) {
      return items.stream().filter(item -> item.kind().equals(kind)).findFirst().orElseThrow();
    }

    Case without(String kind) {
      return new Case(
          platform, evidence, items.stream().filter(item -> !item.kind().equals(kind)).toList());
    }

    Case with(String kind, byte[] bytes) {
      List<CollateralItem> changed = new ArrayList<>(without(kind).items);
      changed.add(CollateralItem.of(kind, item(kind).subject(), bytes));
      return new Case(platform, evidence, changed);
    }

    Collateral collateral() {
      return Collateral.of(items);
    }

    EvidenceVerification verify() {
      return verify(NOW);
    }

    EvidenceVerification verify(Instant at) {
      return verifier(platform).verify(evidence, collateral(), at);
    }
  }
}
