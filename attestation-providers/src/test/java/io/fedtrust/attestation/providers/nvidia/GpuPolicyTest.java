// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.OpaqueField;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.nvidia.policy.GpuOptions;
import io.fedtrust.attestation.providers.nvidia.policy.GpuPolicy;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.attestation.providers.policy.PolicyDraft;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedNras;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a relying party can demand of NVIDIA's devices, every option in both settings. */
class GpuPolicyTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final byte[] NONCE = Digests.sha256Bytes(new byte[] {7});

  /** Evidence and what its verifier says. */
  record Case(Evidence evidence, EvidenceVerification verification) {
    static Case of(SimulatedGpuHost host, byte[] nonce) {
      Evidence evidence = host.evidence(nonce).evidence();
      return new Case(
          evidence,
          GpuVerifier.builder()
              .anchors(host.anchors())
              .build()
              .verify(evidence, host.collateral(NOW), NOW));
    }
  }

  private static SimulatedGpuHost host() {
    SimulatedGpuHost host = SimulatedGpuHost.create(NOW, new SecureRandom());
    host.gpu();
    return host;
  }

  private static final Case GOOD = Case.of(host(), NONCE);

  private static AppraisalRules.Builder rules() {
    return GpuPolicy.strict()
        .set(GpuOptions.DRIVER_VERSIONS, "550.90.07")
        .set(GpuOptions.VBIOS_VERSIONS, List.of("96.00.9F.00.01"));
  }

  private static Verdict judged(AppraisalRules.Builder rules, Case some) {
    return FederationPolicy.named("gpus", "1")
        .anySite(rules.build())
        .build()
        .find("site", Namespace.NVIDIA_GPU)
        .orElseThrow()
        .appraise(
            some.evidence(), some.verification(), AppraisalContext.evidenceAlone("site", NOW));
  }

  private static String firstBroken(Verdict verdict) {
    return verdict.checks().stream()
        .filter(check -> check.code().isPresent())
        .findFirst()
        .map(check -> check.name())
        .orElse("");
  }

  @Test
  @DisplayName("good devices are trusted by strict only with versions, and by nvtrust without")
  void references() {
    Verdict verdict = judged(rules(), GOOD);
    assertThat(verdict.trusted()).as(verdict.explain()).isTrue();
    for (AppraisalRules.Builder incomplete :
        List.of(
            GpuPolicy.strict(),
            GpuPolicy.strict().set(GpuOptions.DRIVER_VERSIONS, "550.90.07"),
            GpuPolicy.strict().set(GpuOptions.VBIOS_VERSIONS, "96.00.9F.00.01"))) {
      assertThat(judged(incomplete, GOOD).checks())
          .anyMatch(
              check ->
                  check.name().equals("policy.measurement")
                      && check.code().orElseThrow() == ReasonCode.NO_REFERENCE_VALUES);
    }
    assertThat(judged(GpuPolicy.profile("nvtrust"), GOOD).trusted()).isTrue();
    assertThatThrownBy(() -> rules().measurement(ReferenceValue.of("x", "00".repeat(48))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** An option, a setting that refuses, one that accepts, and evidence to tell them apart. */
  record Setting(PolicyOption option, Object refusing, Object accepting, Case some) {
    @Override
    public String toString() {
      return option.key();
    }
  }

  static Stream<Setting> settings() {
    SimulatedGpuHost board = SimulatedGpuHost.create(NOW, new SecureRandom());
    board
        .gpu()
        .opaque(OpaqueField.FEATURE_FLAG, new byte[] {2, 0})
        .opaque(OpaqueField.PROTECTED_PCIE, new byte[] {(byte) 0xaa});
    Case open = Case.of(board, NONCE);
    SimulatedGpuHost switched = host();
    switched.device(Architecture.LS10);
    Case withSwitch = Case.of(switched, NONCE);
    Case sample =
        Case.of(
            host(),
            HexFormat.of()
                .parseHex("931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb"));
    String ueid =
        ((EvidenceVerification.Genuine) GOOD.verification())
            .claims()
            .find("ueids")
            .orElseThrow()
            .text();
    return Stream.of(
        new Setting(GpuOptions.DRIVER_VERSIONS, "535.86.09", "550.90.07", GOOD),
        new Setting(GpuOptions.MINIMUM_DRIVER_VERSION, "550.100", "550.90.07", GOOD),
        new Setting(
            GpuOptions.VBIOS_VERSIONS,
            "96.00.5E.00.01",
            List.of("96.00.9F.00.01", "96.00.5E.00.01"),
            GOOD),
        new Setting(GpuOptions.ALLOW_ANY_VERSION, false, true, GOOD),
        new Setting(
            GpuOptions.SWITCH_BIOS_VERSIONS, "96.10.00.00.00", "96.10.55.00.01", withSwitch),
        new Setting(GpuOptions.HARDWARE_MODELS, "GB100 A01 GSP BROM", "GH100 A01 GSP BROM", GOOD),
        new Setting(GpuOptions.UEIDS, "1", ueid, GOOD),
        new Setting(GpuOptions.GPU_COUNT, 8, 1, GOOD),
        new Setting(GpuOptions.MODES, "MPT", List.of("SPT", "MPT"), GOOD),
        new Setting(GpuOptions.REQUIRE_COMPLETE_FABRIC, true, false, open),
        new Setting(GpuOptions.ALLOW_SAMPLE_NONCE, false, true, sample),
        new Setting(GpuOptions.CLAIMS_VERSIONS, "3.0", List.of("2.0", "3.0"), older()));
  }

  private static Case older() {
    SimulatedNras service = SimulatedNras.create(new SecureRandom());
    Evidence evidence = service.evidence(service.bundle(NONCE, NOW).version2());
    return new Case(
        evidence,
        NrasVerifier.builder()
            .build()
            .verify(
                evidence,
                Collateral.of(
                    List.of(
                        service.keys(NOW.plusSeconds(60)).item(NrasItems.KEYS, NrasItems.NVIDIA))),
                NOW));
  }

  private static AppraisalRules.Builder only(PolicyOption option, Object value) {
    AppraisalRules.Builder rules =
        GpuPolicy.strict()
            .forms(Set.of(EvidenceForm.NV_EVIDENCE, EvidenceForm.NRAS_EAT))
            .set(option, value);
    // Everything else gives way, so that this option alone decides.
    if (!option.equals(GpuOptions.ALLOW_ANY_VERSION)) {
      rules.set(GpuOptions.ALLOW_ANY_VERSION, true);
    }
    if (option.equals(GpuOptions.SWITCH_BIOS_VERSIONS)) {
      rules.set(GpuOptions.REQUIRE_COMPLETE_FABRIC, false);
    }
    return rules;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  @DisplayName("every option refuses in one setting and accepts in the other")
  void option(Setting setting) {
    Verdict refused = judged(only(setting.option(), setting.refusing()), setting.some());
    assertThat(firstBroken(refused))
        .isEqualTo(
            setting.option().equals(GpuOptions.ALLOW_ANY_VERSION)
                ? "policy.measurement"
                : setting.option().check());
    Verdict accepted = judged(only(setting.option(), setting.accepting()), setting.some());
    assertThat(accepted.trusted()).as(accepted.explain()).isTrue();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "550.90.07, true",
    "550.90.7, true",
    "550.90, true",
    "550, true",
    "550.90.07.0.0, true",
    "535.216.01, true",
    "99.99.99, true",
    "550.90.08, false",
    "550.90.07.1, false",
    "550.100, false",
    "1000, false"
  })
  @DisplayName("the least driver version is compared number by number, for both forms of evidence")
  void leastDriver(String least, boolean accepted) {
    for (Case some : List.of(GOOD, older())) {
      Verdict verdict =
          judged(
              only(GpuOptions.MINIMUM_DRIVER_VERSION, least)
                  .set(GpuOptions.CLAIMS_VERSIONS, List.of("2.0", "3.0")),
              some);
      assertThat(verdict.trusted()).as(verdict.explain()).isEqualTo(accepted);
    }
  }

  @Test
  @DisplayName("a least driver version stands in for a list of driver versions")
  void leastDriverAsReference() {
    AppraisalRules.Builder rules =
        GpuPolicy.strict()
            .set(GpuOptions.MINIMUM_DRIVER_VERSION, "550.54.15")
            .set(GpuOptions.VBIOS_VERSIONS, "96.00.9F.00.01");
    assertThat(judged(rules, GOOD).trusted()).isTrue();
    assertThat(
            judged(GpuPolicy.strict().set(GpuOptions.MINIMUM_DRIVER_VERSION, "1"), GOOD).explain())
        .contains("expected vbiosVersions, was not in the policy");
    for (Object bad :
        List.of(
            "",
            "550.",
            ".5",
            "550.90.07-rc1",
            "1.2.3.4.5.6.7.8.9",
            "1234567890",
            new java.math.BigDecimal("1e999999999"))) {
      assertThatThrownBy(() -> GpuPolicy.strict().set(GpuOptions.MINIMUM_DRIVER_VERSION, bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @DisplayName("a verdict shows the check that decided, not one that is merely missing")
  void decisive() {
    SimulatedGpuHost bare = host();
    Evidence evidence = bare.evidence(NONCE).evidence();
    Case undetermined =
        new Case(
            evidence,
            GpuVerifier.builder()
                .anchors(bare.anchors())
                .build()
                .verify(evidence, Collateral.NONE, NOW));
    assertThat(judged(rules().set(GpuOptions.GPU_COUNT, 8), undetermined).explain())
        .startsWith("REJECTED")
        .contains("check    FAIL policy.gpus");
  }

  @Test
  @DisplayName("every option there is has its two settings here")
  void complete() {
    assertThat(settings().map(Setting::option)).containsExactlyElementsOf(GpuOptions.ALL);
  }

  @Test
  @DisplayName("a draft names versions, models and the number of GPUs, and accepts its evidence")
  void draft() {
    PolicyDraft draft = PolicyDraft.of("gpus", GOOD.evidence(), GOOD.verification(), "strict", NOW);
    assertThat(draft.wouldRefuse()).isEmpty();
    assertThat(draft.yaml())
        .contains("driverVersions: 550.90.07")
        .contains("96.00.9F.00.01")
        .contains("GH100 A01 GSP BROM")
        .contains("gpuCount: ")
        .doesNotContain("measurements:");
    assertThat(
            FederationPolicies.yaml(draft.yaml().replace("reviewed: false", "reviewed: true"))
                .find("site", Namespace.NVIDIA_GPU)
                .orElseThrow()
                .appraise(
                    GOOD.evidence(),
                    GOOD.verification(),
                    AppraisalContext.evidenceAlone("site", NOW))
                .trusted())
        .isTrue();
  }
}
