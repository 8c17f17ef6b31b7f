// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static io.fedtrust.attestation.providers.nvidia.Answers.check;
import static io.fedtrust.attestation.providers.nvidia.Answers.claim;
import static io.fedtrust.attestation.providers.nvidia.Answers.claims;
import static io.fedtrust.attestation.providers.nvidia.Answers.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralFloors;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaItems;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.OpaqueField;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.simulated.SimulatedGpu;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedManifest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulated devices: what is good passes, and whatever is wrong is named. */
class GpuVerifierTest {
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final byte[] NONCE = Digests.sha256Bytes(new byte[] {7});

  private final List<List<byte[]>> chains = new ArrayList<>();
  private final SimulatedGpuHost host = SimulatedGpuHost.create(MADE, new SecureRandom());
  private GpuVerifier verifier = GpuVerifier.builder().build();

  @BeforeEach
  void trustSimulated() {
    verifier = GpuVerifier.builder().anchors(host.anchors()).build();
  }

  private EvidenceVerification judge(Collateral collateral) {
    return verifier.verify(host.evidence(NONCE).evidence(), collateral, NOW);
  }

  private EvidenceVerification judge() {
    return judge(host.collateral(NOW));
  }

  /** The collateral with one manifest replaced. */
  private Collateral with(
      ManifestId.Source source, BiConsumer<ManifestId, SimulatedManifest> change) {
    List<CollateralItem> items = new ArrayList<>(host.collateral(NOW).items());
    for (ManifestId id : host.manifestIds()) {
      if (id.source() == source) {
        items.removeIf(
            item -> item.kind().equals(NvidiaItems.MANIFEST) && item.subject().equals(id.id()));
        SimulatedManifest manifest = host.manifest(id);
        change.accept(id, manifest);
        items.addAll(host.manifestItems(id, host.sign(manifest, NOW), NOW));
      }
    }
    return Collateral.of(items);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Architecture.class,
      names = {"HOPPER", "BLACKWELL"})
  @DisplayName("a good device is authentic, says what it is, and that it is simulated")
  void good(Architecture architecture) {
    host.device(architecture);
    EvidenceVerification verification = judge();
    assertThat(claim(claims(verification), "gpus")).isEqualTo("1");
    assertThat(claim(claims(verification), "driver-version")).isEqualTo("550.90.07");
    assertThat(claim(claims(verification), "mode")).isEqualTo("SPT");
    assertThat(claim(claims(verification), "fabric-complete")).isEqualTo("true");
    assertThat(claims(verification).isBoundTo(NONCE)).isTrue();
    assertThat(verification.notes()).anyMatch(note -> note.startsWith("SIMULATED"));
    assertThat(((EvidenceVerification.Genuine) verification).expiresAt())
        .isEqualTo(NOW.plus(Duration.ofDays(1)));
  }

  @Test
  @DisplayName("simulated devices are trusted only if their roots are named")
  void stranger() {
    host.gpu();
    EvidenceVerification verification =
        GpuVerifier.builder()
            .build()
            .verify(host.evidence(NONCE).evidence(), host.collateral(NOW), NOW);
    assertThat(code(verification, "nvidia.gpu-0.chain-anchor")).contains(ReasonCode.ANCHOR_UNKNOWN);
    assertThat(verification).isInstanceOf(EvidenceVerification.NotGenuine.class);
  }

  @Test
  @DisplayName("the root of devices is none of those who sign manifests, and the reverse")
  void rolesOfRoots() {
    host.gpu();
    for (String role : List.of(NvidiaAnchors.DEVICE_IDENTITY, NvidiaAnchors.MANIFEST_SIGNING)) {
      EvidenceVerification verification =
          GpuVerifier.builder()
              .anchors(
                  host.anchors().stream().filter(anchor -> anchor.role().equals(role)).toList())
              .build()
              .verify(host.evidence(NONCE).evidence(), host.collateral(NOW), NOW);
      assertThat(verification).isNotInstanceOf(EvidenceVerification.Genuine.class);
    }
  }

  private Collateral without(ManifestId.Source source) {
    List<CollateralItem> items = new ArrayList<>(host.collateral(NOW).items());
    for (ManifestId id : host.manifestIds()) {
      if (id.source() == source) {
        items.removeIf(
            item -> item.kind().equals(NvidiaItems.MANIFEST) && item.subject().equals(id.id()));
      }
    }
    return Collateral.of(items);
  }

  @ParameterizedTest
  @EnumSource(ManifestId.Source.class)
  @DisplayName("If one of two manifests is missing, it is named and the other is compared")
  void oneManifest(ManifestId.Source missing) {
    host.gpu();
    String name = missing == ManifestId.Source.DRIVER ? "driver" : "vbios";
    String other = missing == ManifestId.Source.DRIVER ? "vbios" : "driver";
    EvidenceVerification open = judge(without(missing));
    assertThat(open).isInstanceOf(EvidenceVerification.Undetermined.class);
    assertThat(code(open, "nvidia.gpu-0." + name + "-manifest"))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    Check compared = check(open, "nvidia.gpu-0.measurements");
    assertThat(compared.outcome()).isEqualTo(Check.Outcome.PASSED);
    assertThat(compared.expected()).endsWith("measurements of NVIDIA's " + other + " manifest");
    assertThat(open.notes()).contains("only the " + other + " manifest of gpu-0 was compared");
  }

  @Test
  @DisplayName("What differs from the one manifest there is makes a device not genuine")
  void mismatchOfOneManifest() {
    host.gpu().measurement(25, new byte[48]);
    EvidenceVerification wrong = judge(without(ManifestId.Source.VBIOS));
    assertThat(wrong).isInstanceOf(EvidenceVerification.NotGenuine.class);
    assertThat(code(wrong, "nvidia.gpu-0.measurement-25")).contains(ReasonCode.REFERENCE_MISMATCH);
    assertThat(judge(without(ManifestId.Source.DRIVER)))
        .isInstanceOf(EvidenceVerification.Undetermined.class);
  }

  @Test
  @DisplayName("a measurement that no manifest knows is named with both values")
  void mismatch() {
    host.gpu().measurement(25, new byte[48]);
    Check check = check(judge(), "nvidia.gpu-0.measurement-25");
    assertThat(check.code()).contains(ReasonCode.REFERENCE_MISMATCH);
    assertThat(check.expected()).matches("[0-9a-f]{96}");
    assertThat(check.actual()).isEqualTo("00".repeat(48));
  }

  @Test
  @DisplayName("any alternative of a manifest will do")
  void alternatives() {
    host.gpu().measurement(25, new byte[48]);
    Collateral collateral =
        with(
            ManifestId.Source.DRIVER,
            (id, manifest) -> manifest.active(25, SimulatedGpu.firmware(25), new byte[48]));
    assertThat(judge(collateral)).isInstanceOf(EvidenceVerification.Genuine.class);
  }

  @Test
  @DisplayName("while NVDEC0 is disabled, and only then, its measurement does not count")
  void nvdec0() {
    SimulatedGpu gpu = host.gpu().measurement(35, new byte[48]);
    assertThat(judge()).isInstanceOf(EvidenceVerification.Genuine.class);
    gpu.opaque(OpaqueField.NVDEC0_STATUS, new byte[] {(byte) 0xaa});
    assertThat(code(judge(), "nvidia.gpu-0.measurements")).contains(ReasonCode.REFERENCE_MISMATCH);
    gpu.measurement(35, SimulatedGpu.firmware(35));
    assertThat(judge()).isInstanceOf(EvidenceVerification.Genuine.class);
    gpu.opaque(OpaqueField.NVDEC0_STATUS, new byte[] {0x12});
    assertThat(check(judge(), "nvidia.gpu-0.measurement-35").expected())
        .isEqualTo("NVDEC0 enabled or disabled");
    gpu.opaque(OpaqueField.NVDEC0_STATUS, new byte[0]);
    assertThat(code(judge(), "nvidia.gpu-0.measurements")).contains(ReasonCode.REFERENCE_MISMATCH);
  }

  @Test
  @DisplayName("what a verifier exempts is left out and noted")
  void exempt() {
    host.gpu().measurement(25, new byte[48]);
    EvidenceVerification verification =
        GpuVerifier.builder()
            .anchors(host.anchors())
            .exemptMeasurements(Set.of(25))
            .build()
            .verify(host.evidence(NONCE).evidence(), host.collateral(NOW), NOW);
    assertThat(verification).isInstanceOf(EvidenceVerification.Genuine.class);
    assertThat(verification.notes()).contains("measurements [25] of gpu-0 were exempt");
    assertThatThrownBy(() -> GpuVerifier.builder().exemptMeasurements(Set.of(255)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static Stream<Map.Entry<String, BiConsumer<ManifestId, SimulatedManifest>>> wrongManifests() {
    return Stream.of(
        Map.entry("another product", (id, manifest) -> manifest.product("GPU", "GB100")),
        Map.entry("another edition", (id, manifest) -> manifest.product("SWITCH", "GH100")),
        Map.entry("another version", (id, manifest) -> manifest.version("535.86.09")),
        Map.entry(
            "too few values",
            (id, manifest) -> {
              for (int i = 21; i <= 40; i++) {
                manifest.inactive(i);
              }
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongManifests")
  @DisplayName("a genuine manifest that is not for this driver never counts")
  void wrongManifest(Map.Entry<String, BiConsumer<ManifestId, SimulatedManifest>> wrong) {
    host.gpu();
    EvidenceVerification verification = judge(with(ManifestId.Source.DRIVER, wrong.getValue()));
    assertThat(code(verification, "nvidia.gpu-0.driver-manifest"))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(verification).isInstanceOf(EvidenceVerification.Undetermined.class);
  }

  @Test
  @DisplayName("manifests that claim the same measurement are not for one device")
  void conflict() {
    host.gpu();
    EvidenceVerification verification =
        judge(
            with(
                ManifestId.Source.VBIOS,
                (id, manifest) -> manifest.active(7, SimulatedGpu.firmware(7))));
    assertThat(check(verification, "nvidia.gpu-0.measurements").actual())
        .isEqualTo("index 7 in both manifests");
    assertThat(code(verification, "nvidia.gpu-0.measurements"))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("a manifest signed for another family of devices never counts")
  void otherFamily() {
    host.gpu();
    List<CollateralItem> items = new ArrayList<>(host.collateral(NOW).items());
    ManifestId driver = host.manifestIds().get(0);
    items.removeIf(item -> item.subject().equals(driver.id()));
    items.addAll(host.manifestItems(driver, host.sign(host.manifest(driver), NOW, "GB100"), NOW));
    assertThat(check(judge(Collateral.of(items)), "nvidia.gpu-0.driver-manifest").actual())
        .isEqualTo("signed for another family");
  }

  @Test
  @DisplayName("manifests may come from the sender, and are believed as far as their signatures")
  void attachments() {
    host.gpu();
    List<byte[]> manifests =
        host.manifestIds().stream().map(id -> host.sign(host.manifest(id), NOW)).toList();
    List<CollateralItem> statuses =
        host.collateral(NOW).items().stream()
            .filter(item -> item.kind().equals(NvidiaItems.OCSP))
            .toList();
    Evidence bare = host.evidence(NONCE).evidence();
    Evidence hinted = bare.withEndorsements(EvidenceAttachments.ofManifests(manifests));
    GpuVerifier lenient =
        GpuVerifier.builder().anchors(host.anchors()).revocation(Revocation.NOT_CHECKED).build();
    assertThat(lenient.verify(hinted, Collateral.of(statuses), NOW))
        .isInstanceOf(EvidenceVerification.Genuine.class);
    assertThat(
            code(
                lenient.verify(bare, Collateral.of(statuses), NOW), "nvidia.gpu-0.driver-manifest"))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    String text = new String(manifests.get(0), StandardCharsets.UTF_8);
    byte[] edited =
        text.replaceFirst("Hash0=\"0000", "Hash0=\"ffff").getBytes(StandardCharsets.UTF_8);
    assertThat(
            code(
                lenient.verify(
                    bare.withEndorsements(
                        EvidenceAttachments.ofManifests(List.of(edited, manifests.get(1)))),
                    Collateral.of(statuses),
                    NOW),
                "nvidia.gpu-0.driver-manifest"))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(
            lenient.verify(
                bare.withEndorsements("{\"certificates\":[]}".getBytes(StandardCharsets.UTF_8)),
                Collateral.of(statuses),
                NOW))
        .isInstanceOf(EvidenceVerification.Undetermined.class);
  }

  @Test
  @DisplayName("firmware whose digest is not the certificate's is refused, and so is one without")
  void fwid() {
    SimulatedGpu gpu = host.gpu();
    gpu.opaque(OpaqueField.FWID, new byte[48]);
    assertThat(code(judge(), "nvidia.gpu-0.fwid")).contains(ReasonCode.ENDORSEMENT_MISMATCH);
    gpu.opaque(OpaqueField.FWID, new byte[0]);
    assertThat(check(judge(), "nvidia.gpu-0.fwid").outcome()).isEqualTo(Check.Outcome.SKIPPED);
    assertThat(judge()).isInstanceOf(EvidenceVerification.Genuine.class);
  }

  @Test
  @DisplayName("another device's certificates do not make this report genuine")
  void swappedChain() {
    GpuEvidence.Device one = host.gpu().report(NONCE);
    GpuEvidence.Device other = host.gpu().report(NONCE);
    EvidenceVerification verification =
        verifier.verify(
            new GpuEvidence(
                    List.of(
                        new GpuEvidence.Device(
                            one.architecture(), one.nonce(), one.report(), other.chain())))
                .evidence(),
            host.collateral(NOW),
            NOW);
    assertThat(code(verification, "nvidia.gpu-0.signature")).contains(ReasonCode.SIGNATURE_INVALID);
  }

  @Test
  @DisplayName("the stated nonce is the reported one, and one for all devices")
  void nonces() {
    SimulatedGpu gpu = host.gpu();
    GpuEvidence.Device device = gpu.report(NONCE);
    Bytes other = Bytes.of(new byte[32]);
    EvidenceVerification lying =
        verifier.verify(
            new GpuEvidence(
                    List.of(
                        new GpuEvidence.Device(
                            device.architecture(), other, device.report(), device.chain())))
                .evidence(),
            host.collateral(NOW),
            NOW);
    assertThat(code(lying, "nvidia.gpu-0.nonce")).contains(ReasonCode.BINDING_MISMATCH);
    EvidenceVerification mixed =
        verifier.verify(
            new GpuEvidence(List.of(device, host.gpu().report(new byte[32]))).evidence(),
            host.collateral(NOW),
            NOW);
    assertThat(code(mixed, "nvidia.one-nonce")).contains(ReasonCode.DEVICES_INCONSISTENT);
  }

  @Test
  @DisplayName("several GPUs are different ones with one driver and one mode")
  void several() {
    SimulatedGpu second = host.gpu();
    host.gpu();
    host.gpu();
    EvidenceVerification good = judge();
    assertThat(claim(claims(good), "gpus")).isEqualTo("3");
    second.text(OpaqueField.DRIVER_VERSION, "535.86.09");
    assertThat(code(judge(), "nvidia.one-driver")).contains(ReasonCode.DEVICES_INCONSISTENT);
    second.text(OpaqueField.DRIVER_VERSION, "550.90.07");
    second.opaque(OpaqueField.FEATURE_FLAG, new byte[] {1, 0});
    assertThat(code(judge(), "nvidia.one-mode")).contains(ReasonCode.DEVICES_INCONSISTENT);
    second.opaque(OpaqueField.FEATURE_FLAG, new byte[] {0, 0});
    GpuEvidence.Device same = second.report(NONCE);
    assertThat(
            code(
                verifier.verify(
                    new GpuEvidence(List.of(same, same)).evidence(), host.collateral(NOW), NOW),
                "nvidia.distinct"))
        .contains(ReasonCode.DEVICES_INCONSISTENT);
    host.device(Architecture.BLACKWELL);
    assertThat(code(judge(), "nvidia.one-architecture")).contains(ReasonCode.DEVICES_INCONSISTENT);
  }

  private static final long[] SWITCHES = {0x11, 0x22, 0x33, 0x44};
  private static final long[] GPUS = {1, 2, 3, 4, 5, 6, 7, 8};

  private void board() {
    for (int i = 0; i < 8; i++) {
      host.gpu()
          .opaque(OpaqueField.FEATURE_FLAG, new byte[] {2, 0})
          .opaque(OpaqueField.PROTECTED_PCIE, new byte[] {(byte) 0xaa})
          .pdis(OpaqueField.SWITCH_PDIS, SWITCHES);
    }
  }

  private SimulatedGpu networkSwitch(long pdi) {
    return host.device(Architecture.LS10)
        .pdis(OpaqueField.SWITCH_PDIS, pdi)
        .pdis(OpaqueField.GPU_PDIS, GPUS);
  }

  @Test
  @DisplayName("a board with protected PCIe is complete with four switches that all GPUs name")
  void fabric() {
    board();
    assertThat(claim(claims(judge()), "fabric-gap"))
        .isEqualTo("8 GPUs and 0 switches, not 8 and 4");
    for (long pdi : SWITCHES) {
      networkSwitch(pdi);
    }
    EvidenceVerification complete = judge();
    assertThat(claim(claims(complete), "fabric-complete")).isEqualTo("true");
    assertThat(claim(claims(complete), "switches")).isEqualTo("4");
    assertThat(claim(claims(complete), "mode")).isEqualTo("PPCIE");
  }

  @Test
  @DisplayName("switches that repeat, are others, or do not name eight GPUs leave the board open")
  void openFabric() {
    board();
    SimulatedGpu first = networkSwitch(0x11);
    networkSwitch(0x22);
    networkSwitch(0x33);
    SimulatedGpu last = networkSwitch(0x33);
    assertThat(claim(claims(judge()), "fabric-gap"))
        .isEqualTo("switches that are not four different ones");
    last.pdis(OpaqueField.SWITCH_PDIS, 0x55);
    assertThat(claim(claims(judge()), "fabric-gap")).isEqualTo("other switches than the GPUs name");
    last.pdis(OpaqueField.SWITCH_PDIS, 0x44).pdis(OpaqueField.GPU_PDIS, 1, 2, 3, 4, 5, 6, 7, 9);
    assertThat(claim(claims(judge()), "fabric-gap"))
        .isEqualTo("switches that do not name the same eight GPUs");
    last.pdis(OpaqueField.GPU_PDIS, GPUS);
    assertThat(claim(claims(judge()), "fabric-complete")).isEqualTo("true");
    first.pdis(OpaqueField.SWITCH_PDIS, 0x11, 0x22);
    assertThat(claim(claims(judge()), "fabric-complete")).isEqualTo("false");
  }

  @Test
  @DisplayName("GPUs that name different switches are no board")
  void differentSwitches() {
    for (int i = 0; i < 8; i++) {
      host.gpu()
          .opaque(OpaqueField.FEATURE_FLAG, new byte[] {2, 0})
          .opaque(OpaqueField.PROTECTED_PCIE, new byte[] {(byte) 0xaa})
          .pdis(OpaqueField.SWITCH_PDIS, 0x11, 0x22, 0x33, 0x44 + i);
    }
    for (long pdi : SWITCHES) {
      networkSwitch(pdi);
    }
    assertThat(claim(claims(judge()), "fabric-gap"))
        .isEqualTo("GPUs that do not name the same four switches");
  }

  @Test
  @DisplayName("a report that contradicts itself on protected PCIe is malformed")
  void contradiction() {
    host.gpu().opaque(OpaqueField.PROTECTED_PCIE, new byte[] {(byte) 0xaa});
    assertThat(judge()).isInstanceOf(EvidenceVerification.NotGenuine.class);
    SimulatedGpuHost other = SimulatedGpuHost.create(MADE, new SecureRandom());
    other.gpu().opaque(OpaqueField.FEATURE_FLAG, new byte[] {9, 0});
    assertThat(
            GpuVerifier.builder()
                .anchors(other.anchors())
                .build()
                .verify(other.evidence(NONCE).evidence(), Collateral.NONE, NOW))
        .isInstanceOf(EvidenceVerification.NotGenuine.class);
  }

  private Collateral statusOf(int distance, BiFunction<byte[], byte[], byte[]> answer) {
    List<byte[]> chain = chains.get(0);
    String subject = Digests.sha256(chain.get(distance));
    List<CollateralItem> items = new ArrayList<>(host.collateral(NOW).items());
    items.removeIf(item -> item.subject().equals(subject));
    byte[] der = answer.apply(chain.get(distance), chain.get(distance + 1));
    if (der.length > 0) {
      items.add(CollateralItem.of(NvidiaItems.OCSP, subject, der));
    }
    return Collateral.of(items);
  }

  @Test
  @DisplayName("of every certificate above the device a current good status is needed")
  void revocation() {
    chains.add(host.gpu().chain());
    for (int distance = 1; distance <= 3; distance++) {
      String check = "nvidia.gpu-0.device-revocation-" + distance;
      assertThat(code(judge(statusOf(distance, (one, issuer) -> new byte[0])), check))
          .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
      assertThat(
              code(
                  judge(statusOf(distance, (one, issuer) -> host.revoked(one, issuer, NOW, 1))),
                  check))
          .contains(ReasonCode.CERT_REVOKED);
      assertThat(
              code(
                  judge(statusOf(distance, (one, issuer) -> host.unknown(one, issuer, NOW))),
                  check))
          .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
      assertThat(
              code(
                  judge(
                      statusOf(
                          distance,
                          (one, issuer) -> host.good(one, issuer, NOW.minus(Duration.ofDays(3))))),
                  check + "-times"))
          .contains(ReasonCode.COLLATERAL_EXPIRED);
      assertThat(
              code(
                  judge(
                      statusOf(
                          distance,
                          (one, issuer) -> host.good(one, issuer, NOW.plus(Duration.ofDays(3))))),
                  check + "-times"))
          .contains(ReasonCode.COLLATERAL_EXPIRED);
    }
  }

  @Test
  @DisplayName("on hold is revoked, unless a verifier accepts it, and then it says so")
  void hold() {
    chains.add(host.gpu().chain());
    Collateral held = statusOf(2, (one, issuer) -> host.revoked(one, issuer, NOW, 6));
    assertThat(check(judge(held), "nvidia.gpu-0.device-revocation-2").actual())
        .isEqualTo("on hold");
    assertThat(judge(held)).isInstanceOf(EvidenceVerification.NotGenuine.class);
    EvidenceVerification accepted =
        GpuVerifier.builder()
            .anchors(host.anchors())
            .acceptCertificateHold(true)
            .build()
            .verify(host.evidence(NONCE).evidence(), held, NOW);
    assertThat(accepted).isInstanceOf(EvidenceVerification.Genuine.class);
    assertThat(accepted.notes()).anyMatch(note -> note.contains("on hold"));
  }

  @Test
  @DisplayName("an answer about another certificate, or of another authority, says nothing")
  void otherAnswers() {
    chains.add(host.gpu().chain());
    SimulatedGpuHost other = SimulatedGpuHost.create(MADE, new SecureRandom());
    List<byte[]> chain = chains.get(0);
    String check = "nvidia.gpu-0.device-revocation-1";
    assertThat(
            code(
                judge(statusOf(1, (one, issuer) -> host.good(chain.get(2), chain.get(3), NOW))),
                check))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(code(judge(statusOf(1, (one, issuer) -> other.good(one, issuer, NOW))), check))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(code(judge(statusOf(1, (one, issuer) -> new byte[] {0x30, 0})), check))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(code(judge(statusOf(1, (one, issuer) -> new byte[] {0x30, 3, 0x0a, 1, 6})), check))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("the status of those who signed a manifest counts too")
  void manifestRevocation() throws Exception {
    host.gpu();
    ManifestId driver = host.manifestIds().get(0);
    byte[] xml = host.sign(host.manifest(driver), NOW);
    List<CollateralItem> items = new ArrayList<>(host.collateral(NOW).items());
    items.removeIf(item -> item.subject().equals(driver.id()));
    items.add(CollateralItem.of(NvidiaItems.MANIFEST, driver.id(), xml));
    for (int i = 0; i < 3; i++) {
      assertThat(code(judge(Collateral.of(items)), "nvidia.gpu-0.driver-manifest-revocation-" + i))
          .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    }
    List<byte[]> signers = SignedManifest.parse(xml).certificates();
    items.addAll(host.statuses(signers.subList(1, signers.size()), NOW));
    items.add(
        CollateralItem.of(
            NvidiaItems.OCSP,
            Digests.sha256(signers.get(0)),
            host.revoked(signers.get(0), signers.get(1), NOW, 1)));
    EvidenceVerification revoked = judge(Collateral.of(items));
    assertThat(code(revoked, "nvidia.gpu-0.driver-manifest-revocation-0"))
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(revoked).isInstanceOf(EvidenceVerification.Undetermined.class);
  }

  @Test
  @DisplayName("without revocation every verdict says so")
  void withoutRevocation() {
    host.gpu();
    EvidenceVerification verification =
        GpuVerifier.builder()
            .anchors(host.anchors())
            .revocation(Revocation.NOT_CHECKED)
            .build()
            .verify(host.evidence(NONCE).evidence(), host.collateral(NOW), NOW);
    assertThat(verification).isInstanceOf(EvidenceVerification.Genuine.class);
    assertThat(verification.notes()).contains("revocation was not checked");
  }

  @Test
  @DisplayName("older answers and manifests than were seen before are noticed, and clocks behind")
  void floors() {
    chains.add(host.gpu().chain());
    Collateral collateral = host.collateral(NOW);
    EvidenceVerification.Genuine genuine = (EvidenceVerification.Genuine) judge(collateral);
    CollateralFloors floors = CollateralFloors.of(Map.of()).raisedBy(genuine.collateral());
    Collateral older =
        statusOf(1, (one, issuer) -> host.good(one, issuer, NOW.minus(Duration.ofHours(1))));
    assertThat(
            code(
                judge(older.withFloors(floors)), "nvidia.gpu-0.device-revocation-1-times-rollback"))
        .contains(ReasonCode.COLLATERAL_ROLLBACK);
    EvidenceVerification early =
        verifier.verify(
            host.evidence(NONCE).evidence(),
            collateral.withFloors(floors),
            NOW.minus(Duration.ofDays(2)));
    assertThat(code(early, "nvidia.clock")).contains(ReasonCode.CLOCK_BEHIND);
  }

  static Stream<String> notEvidence() {
    return Stream.of(
        "nothing",
        "{}",
        "[]",
        "[{}]",
        "[1]",
        "[{\"arch\":\"VOLTA\",\"nonce\":\""
            + "00".repeat(32)
            + "\",\"evidence\":\"AA==\",\"certificate\":\"AA==\"}]",
        "[{\"arch\":\"HOPPER\",\"nonce\":\"00\",\"evidence\":\"AA==\",\"certificate\":\"AA==\"}]",
        "[{\"arch\":\"HOPPER\",\"nonce\":\""
            + "00".repeat(32)
            + "\",\"evidence\":\"AB==\",\"certificate\":\"AA==\"}]",
        "[{\"arch\":\"HOPPER\",\"nonce\":\""
            + "00".repeat(32)
            + "\",\"evidence\":\"AA==\",\"certificate\":\"AA==\"}]",
        "[{\"arch\":\"HOPPER\",\"arch\":\"HOPPER\"}]",
        "[" + "[".repeat(100_000));
  }

  @ParameterizedTest
  @MethodSource("notEvidence")
  @DisplayName("what is no evidence is refused, never thrown at")
  void malformed(String token) {
    EvidenceVerification verification =
        verifier.verify(Evidence.of(EvidenceForm.NV_EVIDENCE, token), Collateral.NONE, NOW);
    assertThat(verification)
        .isInstanceOfSatisfying(
            EvidenceVerification.NotGenuine.class,
            refused -> assertThat(refused.reason()).isEqualTo(ReasonCode.EVIDENCE_MALFORMED));
  }
}
