// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.nvidia.policy.GpuOptions;
import io.fedtrust.attestation.providers.nvidia.policy.GpuPolicy;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.policy.SnpPolicy;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedNras;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sites with a CPU and GPUs: what is collected in which order, and what a verdict rests on. */
class DevicesTest {
  private static final Instant MADE = Certified.NOW.minus(Duration.ofHours(2));
  private static final byte[] LAUNCHED = new byte[48];
  private static final SimulatedSnpPlatform PLATFORM =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, new SecureRandom());
  private static final SimulatedGpuHost HOST = host();
  private static final SimulatedNras SERVICE = SimulatedNras.create(new SecureRandom());

  private final InProcessNetwork network = new InProcessNetwork();

  private static SimulatedGpuHost host() {
    SimulatedGpuHost host = SimulatedGpuHost.create(MADE, new SecureRandom());
    host.gpu();
    host.gpu();
    return host;
  }

  private static FederationPolicy policy(AppraisalRules.Builder gpus) {
    return FederationPolicy.named("hospitals", "1")
        .anySite(
            SnpPolicy.strict()
                .measurement(ReferenceValue.of("good", HexFormat.of().formatHex(LAUNCHED)))
                .build())
        .anySite(gpus.build())
        .build();
  }

  private static AppraisalRules.Builder gpus() {
    return GpuPolicy.strict()
        .set(GpuOptions.DRIVER_VERSIONS, "550.90.07")
        .set(GpuOptions.VBIOS_VERSIONS, "96.00.9F.00.01");
  }

  private static CCAuthorizer cpu() {
    List<CollateralItem> items =
        PLATFORM.collateral(PLATFORM.report(), MADE.plus(Duration.ofHours(1)));
    return CCAuthorizer.of(
            PLATFORM.collector(LAUNCHED),
            SnpVerifier.builder().anchors(List.of(PLATFORM.anchor())).build())
        .withCollateral(evidence -> Collateral.of(items));
  }

  private static CCAuthorizer devices(EvidenceCollector collector) {
    Collateral manifests = HOST.collateral(Certified.NOW.minus(Duration.ofMinutes(5)));
    CollateralItem keys =
        SERVICE.keys(Certified.NOW.plus(Duration.ofDays(1))).item(NrasItems.KEYS, NrasItems.NVIDIA);
    return CCAuthorizer.of(collector, GpuVerifier.builder().anchors(HOST.anchors()).build())
        .alsoVerifying(NrasVerifier.builder().build())
        .withCollateral(
            evidence ->
                evidence.form().equals(EvidenceForm.NV_EVIDENCE)
                    ? manifests
                    : Collateral.of(List.of(keys)));
  }

  private CCManager join(
      String name, String role, FederationPolicy policy, CCAuthorizer... authorizers) {
    CCManager.Builder builder =
        CCManager.builder(Certified.site(name, role), "server1", policy, network.from(name))
            .clock(() -> Certified.NOW, System::nanoTime)
            .batchWindow(Duration.ofMillis(5));
    for (CCAuthorizer authorizer : authorizers) {
      builder.authorizer(authorizer);
    }
    CCManager manager = builder.build();
    network.join(name, manager);
    manager.start();
    return manager;
  }

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(240, TimeUnit.SECONDS).join();
  }

  @Test
  @DisplayName("a site with CPU and GPUs is trusted; the verdict says what co-location rests on")
  void both() {
    FederationPolicy policy = policy(gpus());
    try (CCManager server = join("server1", "server", policy, devices(HOST.collector()), cpu());
        CCManager a = join("hospital-a", "client", policy, cpu(), devices(HOST.collector()))) {
      SiteVerdict ofServer = done(a.register());
      assertThat(ofServer.trusted()).as(ofServer.explain()).isTrue();
      assertThat(ofServer.notes())
          .contains(
              "devices: co-located as asserted by CPU measurement "
                  + HexFormat.of().formatHex(LAUNCHED));
      assertThat(ofServer.verdicts())
          .extracting(verdict -> verdict.appraisal().form())
          .containsExactlyInAnyOrder(EvidenceForm.SNP_REPORT, EvidenceForm.NV_EVIDENCE);
      assertThat(server.admitted("hospital-a")).isPresent();
    }
  }

  @Test
  @DisplayName("tokens of NVIDIA's service serve instead, where the policy accepts that form")
  void service() {
    FederationPolicy policy = policy(gpus().forms(Set.of(EvidenceForm.NRAS_EAT)));
    Clock clock = Clock.fixed(Certified.NOW, ZoneOffset.UTC);
    try (CCManager server =
            join("server1", "server", policy, cpu(), devices(SERVICE.collector(clock)));
        CCManager a =
            join("hospital-a", "client", policy, cpu(), devices(SERVICE.collector(clock)))) {
      assertThat(done(a.register()).trusted()).isTrue();
      assertThat(server.admitted("hospital-a")).isPresent();
    }
  }

  @Test
  @DisplayName("a site whose driver is not the policy's does not start")
  void otherDriver() {
    FederationPolicy policy =
        policy(
            GpuPolicy.strict()
                .set(GpuOptions.DRIVER_VERSIONS, "535.86.09")
                .set(GpuOptions.VBIOS_VERSIONS, "96.00.9F.00.01"));
    CCManager.Builder builder =
        CCManager.builder(
                Certified.site("hospital-a", "client"),
                "server1",
                policy,
                network.from("hospital-a"))
            .authorizer(cpu())
            .authorizer(devices(HOST.collector()))
            .clock(() -> Certified.NOW, System::nanoTime);
    try (CCManager manager = builder.build()) {
      org.assertj.core.api.Assertions.assertThatThrownBy(manager::start)
          .hasMessageContaining(ReasonCode.POLICY_VIOLATION.name());
    }
  }

  @Test
  @DisplayName("devices are collected first, under the same deadline, and the CPU answers for them")
  void order() {
    AtomicReference<Deadline> first = new AtomicReference<>();
    AtomicReference<Deadline> second = new AtomicReference<>();
    FederationPolicy policy = policy(gpus());
    EvidenceCollector gpu = HOST.collector();
    EvidenceCollector snp = PLATFORM.collector(LAUNCHED);
    EvidenceCollector watchedGpu =
        watched(
            gpu,
            deadline -> {
              first.set(deadline);
              assertThat(second.get()).isNull();
            });
    EvidenceCollector watchedCpu = watched(snp, second::set);
    CCAuthorizer watched =
        CCAuthorizer.of(
                watchedCpu, SnpVerifier.builder().anchors(List.of(PLATFORM.anchor())).build())
            .withCollateral(cpu().collateral());
    try (CCManager manager = join("hospital-b", "client", policy, watched, devices(watchedGpu))) {
      assertThat(first.get()).isNotNull().isSameAs(second.get());
      assertThat(manager).isNotNull();
    }
  }

  private static EvidenceCollector watched(
      EvidenceCollector collector, java.util.function.Consumer<Deadline> watcher) {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return collector.form();
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        watcher.accept(deadline);
        return collector.collect(binding, deadline);
      }
    };
  }
}
