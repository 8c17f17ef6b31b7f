// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.tdx.format.PckIssuer;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.simulated.SimulatedQuote;
import io.fedtrust.attestation.simulated.SimulatedTcb;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Platforms in software, a verifier that trusts them, and ways to change exactly one thing. */
final class SimulatedTdx {
  static final Instant MADE = Instant.parse("2026-06-01T00:00:00Z");
  static final Instant ISSUED = Instant.parse("2026-11-01T00:00:00Z");
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  static final SimulatedTdxPlatform PLATFORM =
      SimulatedTdxPlatform.create(MADE, new SecureRandom());
  static final SimulatedTdxPlatform PROCESSOR =
      SimulatedTdxPlatform.create(PckIssuer.PROCESSOR, MADE, new SecureRandom());

  private SimulatedTdx() {}

  static TdxVerifier verifier() {
    return verifier(PLATFORM);
  }

  static TdxVerifier verifier(SimulatedTdxPlatform trusted) {
    return TdxVerifier.builder().anchors(List.of(trusted.anchor())).build();
  }

  /** A good quote of a platform with everything that belongs to it. */
  record Case(SimulatedTdxPlatform platform, Evidence evidence, List<CollateralItem> items) {
    static Case of(SimulatedTdxPlatform platform, SimulatedQuote quote, SimulatedTcb tcb) {
      return new Case(platform, platform.evidence(quote), platform.collateral(tcb, ISSUED));
    }

    static Case of(SimulatedQuote quote) {
      return of(PLATFORM, quote, SimulatedTcb.upToDate());
    }

    static Case of(SimulatedTcb tcb) {
      return of(PLATFORM, PLATFORM.quote(), tcb);
    }

    static Case good() {
      return of(PLATFORM.quote());
    }

    Case evidence(Evidence other) {
      return new Case(platform, other, items);
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
