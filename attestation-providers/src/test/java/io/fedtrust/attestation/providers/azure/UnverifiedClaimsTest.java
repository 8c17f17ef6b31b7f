// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.verifier.AciClaims;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.azure.verifier.CvmClaims;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedContainerGroup;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import io.fedtrust.attestation.simulated.SimulatedUvm;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Unverified claims equal the claims after verification. */
class UnverifiedClaimsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(100));
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] HASH = new byte[32];
  private static final SimulatedSnpPlatform PLATFORM =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, RANDOM);

  private static Claims verified(EvidenceVerifier verifier, Evidence evidence, Collateral items) {
    assertThat(verifier.forms()).containsExactly(evidence.form());
    return verifier.verify(evidence, items, NOW).verifiedClaims().orElseThrow();
  }

  private static void same(Claims unverified, Claims verified) {
    assertThat(unverified.values()).containsExactlyEntriesOf(verified.values());
    assertThat(unverified.measurement()).isEqualTo(verified.measurement());
    assertThat(unverified.form()).isEqualTo(verified.form());
    assertThat(unverified.boundData()).isEqualTo(verified.boundData());
  }

  @Test
  @DisplayName("of a container group's bundle")
  void bundles() throws MalformedEvidenceException {
    SimulatedContainerGroup group =
        SimulatedContainerGroup.on(
            PLATFORM, SimulatedUvm.create(MADE, RANDOM), new byte[9], new byte[48], MADE);
    Evidence evidence = group.evidence(HASH);
    same(
        AciClaims.unverified(AciEvidence.parse(evidence.token()), ProductLine.MILAN),
        verified(
            AciVerifier.builder().anchors(group.anchors()).build(),
            evidence,
            Collateral.of(group.collateral(NOW.minus(Duration.ofDays(1))))));
  }

  @Test
  @DisplayName(
      "of a confidential VM, except those from Intel's documents; a report alone has fewer")
  void machines() throws MalformedEvidenceException {
    SimulatedConfidentialVm amd = SimulatedConfidentialVm.on(PLATFORM, new byte[48], RANDOM);
    SimulatedConfidentialVm intel =
        SimulatedConfidentialVm.on(SimulatedTdxPlatform.create(MADE, RANDOM), new byte[48], RANDOM);
    CvmVerifier verifier =
        CvmVerifier.builder().anchors(List.of(amd.anchor(), intel.anchor())).build();
    Evidence onAmd = amd.evidence(HASH);
    same(
        CvmClaims.unverified(CvmEvidence.parse(onAmd.token()), ProductLine.MILAN),
        verified(verifier, onAmd, Collateral.of(amd.collateral(NOW.minus(Duration.ofDays(1))))));

    Evidence onIntel = intel.evidence(HASH);
    Claims said = CvmClaims.unverified(CvmEvidence.parse(onIntel.token()), ProductLine.MILAN);
    Claims proven =
        verified(verifier, onIntel, Collateral.of(intel.collateral(NOW.minus(Duration.ofDays(1)))));
    assertThat(said.values()).containsKeys("launch-measurement", "rtmr0", "pcrs", "tee");
    assertThat(proven.values()).containsAllEntriesOf(said.values()).containsKey("tcb-status");
    assertThat(said.isBoundTo(HASH)).isTrue();

    byte[] report = intel.report(intel.runtimeData());
    Claims alone =
        CvmClaims.unverified(
            new CvmEvidence(report, Optional.empty(), Optional.empty()), ProductLine.MILAN);
    assertThat(alone.values()).containsKey("tee").doesNotContainKeys("launch-measurement", "pcrs");
    assertThat(alone.boundData()).isEmpty();
    assertThat(
            CvmClaims.unverified(
                    new CvmEvidence(
                        amd.report(amd.runtimeData()), Optional.empty(), Optional.empty()),
                    ProductLine.MILAN)
                .values())
        .containsKey("launch-measurement")
        .doesNotContainKey("measurement");
  }

  @Test
  @DisplayName("of tokens of Microsoft's service, in either family")
  void tokens() throws MalformedEvidenceException {
    SimulatedMaa service = SimulatedMaa.create(MADE, RANDOM);
    Collateral keys =
        Collateral.of(List.of(service.keys(NOW.plus(Duration.ofDays(1))).item(MaaItems.KEYS, "a")));
    Evidence container =
        Evidence.of(EvidenceForm.MAA_JWT, service.sign(service.container(NOW).bound(HASH)));
    same(
        MaaVerifier.unverified(container),
        verified(MaaVerifier.containers(service.instance()).build(), container, keys));
    Evidence machine =
        Evidence.of(EvidenceForm.MAA_CVM_JWT, service.sign(service.machine(NOW).bound(HASH)));
    MaaVerifier machines = MaaVerifier.virtualMachines(service.instance()).build();
    same(MaaVerifier.unverified(machine), verified(machines, machine, keys));
    assertThat(machines.forms()).isEqualTo(Set.of(EvidenceForm.MAA_CVM_JWT));
  }
}
