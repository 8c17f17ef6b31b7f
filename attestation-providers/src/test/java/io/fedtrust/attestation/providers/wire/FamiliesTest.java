// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.policy.AciOptions;
import io.fedtrust.attestation.providers.azure.policy.AciPolicy;
import io.fedtrust.attestation.providers.azure.policy.CvmOptions;
import io.fedtrust.attestation.providers.azure.policy.CvmPolicy;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.nvidia.policy.GpuOptions;
import io.fedtrust.attestation.providers.nvidia.policy.GpuPolicy;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.tdx.policy.TdxPolicy;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedContainerGroup;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import io.fedtrust.attestation.simulated.SimulatedUvm;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** All families behind one manager: each site has hardware of its own, each judges all others. */
class FamiliesTest {
  private static final Instant MADE = Certified.NOW.minus(Duration.ofHours(2));
  private static final Instant ISSUED = Certified.NOW.minus(Duration.ofHours(1));
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] LAUNCHED = new byte[48];
  private static final SimulatedSnpPlatform AMD =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, RANDOM);
  private static final SimulatedTdxPlatform INTEL = SimulatedTdxPlatform.create(MADE, RANDOM);
  private static final SimulatedUvm UVM = SimulatedUvm.create(MADE, RANDOM);
  private static final SimulatedContainerGroup GROUP =
      SimulatedContainerGroup.on(AMD, UVM, new byte[] {1}, LAUNCHED, MADE);
  private static final SimulatedConfidentialVm MACHINE =
      SimulatedConfidentialVm.on(AMD, LAUNCHED, RANDOM);
  private static final SimulatedGpuHost GPUS = gpus();
  private static final SimulatedMaa MAA = SimulatedMaa.create(MADE, RANDOM);

  private final InProcessNetwork network = new InProcessNetwork();

  private static SimulatedGpuHost gpus() {
    SimulatedGpuHost host = SimulatedGpuHost.create(MADE, RANDOM);
    host.gpu();
    return host;
  }

  private static FederationPolicy policy() {
    ReferenceValue good = ReferenceValue.of("good", HexFormat.of().formatHex(LAUNCHED));
    return FederationPolicy.named("hospitals", "1")
        .site("server1", SnpPolicy.strict().measurement(good).build())
        .site("on-intel", TdxPolicy.strict().measurement(good).build())
        .site(
            "on-intel",
            GpuPolicy.strict()
                .set(GpuOptions.DRIVER_VERSIONS, "550.90.07")
                .set(GpuOptions.VBIOS_VERSIONS, "96.00.9F.00.01")
                .build())
        .site(
            "in-containers",
            AciPolicy.strict()
                .set(AciOptions.UVM_ISSUERS, UVM.issuer())
                .set(AciOptions.CONTAINER_POLICIES, HexFormat.of().formatHex(GROUP.policySha256()))
                .build())
        .site(
            "by-token",
            AciPolicy.strict()
                .forms(Set.of(EvidenceForm.MAA_JWT))
                .set(AciOptions.CONTAINER_POLICIES, "00".repeat(32))
                .build())
        .site(
            "in-a-vm",
            CvmPolicy.strict()
                .measurement(good)
                .set(CvmOptions.PCRS, "7=" + HexFormat.of().formatHex(MACHINE.registers().get(7)))
                .build())
        .build();
  }

  private static Collateral collateral(Evidence evidence) {
    List<CollateralItem> items = new ArrayList<>(AMD.collateral(AMD.report(), ISSUED));
    items.addAll(INTEL.collateral(ISSUED));
    items.add(MAA.keys(Certified.NOW.plus(Duration.ofDays(1))).item(MaaItems.KEYS, "maa"));
    return evidence.form().equals(EvidenceForm.NV_EVIDENCE)
        ? GPUS.collateral(Certified.NOW.minus(Duration.ofMinutes(5)))
        : Collateral.of(items);
  }

  /** A verifier of every family; the site's own hardware beside. */
  private CCManager join(String name, EvidenceCollector... hardware) {
    Map<Namespace, CCAuthorizer> all = new TreeMap<>();
    all.put(
        Namespace.SNP,
        CCAuthorizer.verifying(SnpVerifier.builder().anchors(List.of(AMD.anchor())).build()));
    all.put(
        Namespace.TDX,
        CCAuthorizer.verifying(TdxVerifier.builder().anchors(List.of(INTEL.anchor())).build()));
    all.put(
        Namespace.AZURE_ACI,
        CCAuthorizer.verifying(AciVerifier.builder().anchors(GROUP.anchors()).build())
            .alsoVerifying(MaaVerifier.containers(MAA.instance()).build()));
    all.put(
        Namespace.AZURE_CVM,
        CCAuthorizer.verifying(CvmVerifier.builder().anchors(List.of(AMD.anchor())).build()));
    all.put(
        Namespace.NVIDIA_GPU,
        CCAuthorizer.verifying(GpuVerifier.builder().anchors(GPUS.anchors()).build()));
    for (EvidenceCollector collector : hardware) {
      all.computeIfPresent(
          collector.form().namespace(),
          (namespace, known) -> CCAuthorizer.of(collector, known.verifier().orElseThrow()));
    }
    CCManager.Builder builder =
        CCManager.builder(
                Certified.site(name, name.equals("server1") ? "server" : "client"),
                "server1",
                policy(),
                network.from(name))
            .clock(() -> Certified.NOW, System::nanoTime)
            .batchWindow(Duration.ofMillis(5));
    all.values().stream()
        .map(authorizer -> authorizer.withCollateral(FamiliesTest::collateral))
        .forEach(builder::authorizer);
    CCManager manager = builder.build();
    network.join(name, manager);
    manager.start();
    return manager;
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(240, TimeUnit.SECONDS).join();
  }

  @Test
  @DisplayName("five namespaces behind one manager, each site with its own")
  void families() {
    Clock clock = Clock.fixed(Certified.NOW, ZoneOffset.UTC);
    try (CCManager server = join("server1", AMD.collector(LAUNCHED));
        CCManager intel = join("on-intel", INTEL.collector(LAUNCHED), GPUS.collector());
        CCManager containers = join("in-containers", GROUP.collector());
        CCManager token = join("by-token", MAA.containers(new byte[32], clock));
        CCManager machine = join("in-a-vm", MACHINE.collector())) {
      for (CCManager client : List.of(intel, containers, token, machine)) {
        SiteVerdict ofServer = done(client.register());
        assertThat(ofServer.trusted()).as(ofServer.explain()).isTrue();
      }
      for (String name : List.of("on-intel", "in-containers", "by-token", "in-a-vm")) {
        SiteVerdict verdict = server.admitted(name).orElseThrow();
        assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
      }
      assertThat(server.admitted("on-intel").orElseThrow().verdicts())
          .extracting(verdict -> verdict.appraisal().form())
          .containsExactlyInAnyOrder(EvidenceForm.TDX_QUOTE, EvidenceForm.NV_EVIDENCE);
      assertThat(done(server.validate()).orElseThrow().answered()).isEqualTo(4);
    }
  }
}
