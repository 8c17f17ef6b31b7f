// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static io.fedtrust.attestation.providers.nvidia.Answers.check;
import static io.fedtrust.attestation.providers.nvidia.Answers.claim;
import static io.fedtrust.attestation.providers.nvidia.GpuVectors.BAD_SIGNATURE;
import static io.fedtrust.attestation.providers.nvidia.GpuVectors.GB100;
import static io.fedtrust.attestation.providers.nvidia.GpuVectors.H100_535;
import static io.fedtrust.attestation.providers.nvidia.GpuVectors.H100_545;
import static io.fedtrust.attestation.providers.nvidia.GpuVectors.H100_550;
import static io.fedtrust.attestation.providers.nvidia.GpuVectors.H100_580;
import static io.fedtrust.attestation.providers.nvidia.GpuVectors.SWITCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaAnchors;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.DeviceCertificates;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.GpuMode;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.OpaqueField;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.Certificates;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real evidence of NVIDIA's devices gives the fields and the outcome that are expected of it. */
class GpuVectorTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final Instant THEN = Instant.parse("2024-06-01T00:00:00Z");
  private static final String DRIVER_545 = "NV_GPU_DRIVER_GH100_545.00";
  private static final String VBIOS_5E = "NV_GPU_VBIOS_1010_0200_882_96005E0001";

  @BeforeAll
  static void vectors() {
    GpuVectors.assume();
  }

  private static GpuVerifier verifier() {
    return GpuVerifier.builder().revocation(Revocation.NOT_CHECKED).build();
  }

  private static EvidenceVerification verify(
      GpuEvidence evidence, Collateral collateral, Instant at) {
    return verifier().verify(evidence.evidence(), collateral, at);
  }

  private static Collateral complete545() {
    return GpuVectors.manifests(
        DRIVER_545,
        H100_545 + "/" + DRIVER_545 + ".xml",
        VBIOS_5E,
        H100_545 + "/" + VBIOS_5E + ".xml");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    H100_545 + ",4049,64,545.00,96.00.5E.00.01,1010,0200,882,false,UNSTATED",
    H100_550 + ",4117,64,550.90.07,96.00.9F.00.01,1010,0200,882,,UNSTATED",
    H100_535 + ",,64,535.86.09,96.00.5E.00.01,1010,0200,882,,UNSTATED",
    H100_580 + ",4130,64,580.95.05,96.00.74.00.1A,1010,0200,882,,SPT",
    GB100 + ",4121,64,575.32,97.00.88.00.0F,G525,0220,886,,UNSTATED",
    BAD_SIGNATURE + ",,64,560.00,96.00.A5.00.01,G520,0200,885,,PPCIE",
    SWITCH + ",2168,31,,96.10.55.00.01,,,,,UNSTATED"
  })
  @DisplayName("driver, VBIOS, board and mode of a real report")
  void fields(
      String name,
      Integer length,
      int blocks,
      String driver,
      String vbios,
      String project,
      String sku,
      String chip,
      Boolean nvdec0,
      GpuMode mode)
      throws MalformedEvidenceException {
    SpdmReport report = SpdmReport.parse(GpuVectors.report(name));
    if (length != null) {
      assertThat(report.length()).isEqualTo(length);
    }
    assertThat(report.measurements()).isEqualTo(blocks);
    assertThat(report.measurement(blocks - 1)).isPresent();
    assertThat(report.measurement(blocks)).isEmpty();
    assertThat(report.measurement(-1)).isEmpty();
    if (driver != null) {
      assertThat(report.text(OpaqueField.DRIVER_VERSION)).contains(driver);
      assertThat(report.text(OpaqueField.PROJECT)).contains(project);
      assertThat(report.text(OpaqueField.PROJECT_SKU)).contains(sku);
      assertThat(report.text(OpaqueField.CHIP_SKU)).contains(chip);
    }
    assertThat(report.vbiosVersion(GpuVectors.architecture(name))).isEqualTo(vbios);
    if (nvdec0 != null) {
      assertThat(report.nvdec0()).contains(nvdec0);
    }
    assertThat(report.mode()).isEqualTo(mode);
  }

  @Test
  @DisplayName("nonces, digests of firmware and identities of switches are where they belong")
  void details() throws MalformedEvidenceException {
    SpdmReport report = SpdmReport.parse(GpuVectors.report(H100_550));
    assertThat(HEX.formatHex(report.nonce()))
        .isEqualTo("931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb");
    assertThat(HEX.formatHex(report.responderNonce()))
        .isEqualTo("b4b8a06aaaa35542839388e159d447a5d6f6194998fd86513e2d591ccf640985");
    assertThat(report.opaque(OpaqueField.FWID).map(HEX::formatHex))
        .contains(
            "f5c384aebb579217a2c66b17ed0f28e6a9b8d639041acd7b4721cec004f7275494ba94bb5cdfdb3055ee051762b1f75d");
    assertThat(report.opaque(OpaqueField.PROTECTED_PCIE)).contains(new byte[] {0x55});
    assertThat(SpdmReport.parse(GpuVectors.report(H100_545)).opaque(OpaqueField.FWID)).isEmpty();
    SpdmReport network = SpdmReport.parse(GpuVectors.report(SWITCH));
    assertThat(network.switchPdis()).containsExactly("0800EDD91AB33E20");
    assertThat(network.gpuPdis()).hasSize(7);
    assertThat(SpdmReport.parse(GpuVectors.report(BAD_SIGNATURE)).switchPdis()).hasSize(4);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    H100_545 + ",460032006552296075780760406069494258829212062021,GH100 A01 GSP BROM",
    H100_550 + ",478176379286082186618948445787393647364802107249,GH100 A01 GSP BROM",
    H100_535 + ",395803620356496203949105887342232667833655422354,GH100 A01 GSP BROM",
    H100_580 + ",706537633744677806391970670929077420064002181513,GH100 A01 GSP BROM",
    GB100 + ",,GB100 A01 GSP BROM",
    SWITCH + ",,LS_10 A01 FSP BROM"
  })
  @DisplayName("a device is named by its certificates")
  void names(String name, String ueid, String model) throws MalformedEvidenceException {
    DeviceCertificates certificates = certificates(name);
    if (ueid != null) {
      assertThat(certificates.ueid()).isEqualTo(ueid);
    }
    assertThat(certificates.hardwareModel()).isEqualTo(model);
    assertThat(certificates.fits(GpuVectors.architecture(name))).isTrue();
    assertThat(certificates.deviceName()).isPresent();
  }

  private static DeviceCertificates certificates(String name) throws MalformedEvidenceException {
    List<byte[]> chain = CertificatePem.read(GpuVectors.bytes(name + "/chain.pem"));
    return DeviceCertificates.of(
        Certificates.parse(chain.get(0)), Certificates.parse(chain.get(1)));
  }

  @Test
  @DisplayName("firmware's digest is read from the certificates of either generation")
  void fwids() throws MalformedEvidenceException {
    assertThat(certificates(GB100).fwid().orElseThrow().hex())
        .isEqualTo(
            "d090cab1b6e6ffddca83d1781e25b3f040fa1f3c7608230cb5f41b1c1b99f5f748349e59d0ef8eb830c9bc79ccf77502");
    assertThat(certificates(H100_550).fwid().orElseThrow().hex())
        .isEqualTo(
            "f5c384aebb579217a2c66b17ed0f28e6a9b8d639041acd7b4721cec004f7275494ba94bb5cdfdb3055ee051762b1f75d");
    assertThat(certificates(H100_550).deviceName()).contains("NVIDIA:GH100:48B02D92494BADF4");
  }

  static Stream<Map.Entry<String, List<String>>> ids() {
    return Stream.of(
        Map.entry(H100_545, List.of(DRIVER_545, VBIOS_5E)),
        Map.entry(
            GB100,
            List.of("NV_GPU_CC_DRIVER_GB100_575.32", "NV_GPU_VBIOS_G525_0220_886_970088000F")),
        Map.entry(SWITCH, List.of("NV_SWITCH_BIOS_5612_0002_890_9610550001")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ids")
  @DisplayName("manifests are requested by NVIDIA's names")
  void manifestIds(Map.Entry<String, List<String>> expected) throws MalformedEvidenceException {
    SpdmReport report = SpdmReport.parse(GpuVectors.report(expected.getKey()));
    assertThat(ManifestId.of(GpuVectors.architecture(expected.getKey()), report))
        .extracting(ManifestId::id)
        .isEqualTo(expected.getValue());
  }

  /**
   * The driver's 21 measurements all match. Of the VBIOS's twelve, the values of 1, 2, 3 and 9 in
   * this report are in no manifest of the vectors, although their description says that all match.
   */
  @Test
  @DisplayName("each measurement that NVIDIA's manifests do not have is named with both values")
  void mismatches() {
    EvidenceVerification verification = verify(GpuVectors.evidence(H100_545), complete545(), THEN);
    Check check = check(verification, "nvidia.gpu-0.measurements");
    assertThat(check.code()).contains(ReasonCode.REFERENCE_MISMATCH);
    assertThat(check.expected()).startsWith("32 ");
    assertThat(check.actual()).isEqualTo("not [1, 2, 3, 9]");
    Check ninth = check(verification, "nvidia.gpu-0.measurement-9");
    assertThat(ninth.code()).contains(ReasonCode.REFERENCE_MISMATCH);
    assertThat(ninth.expected())
        .isEqualTo(
            "7f3e9382785513c1932dfcc9e87f6ef6bf5fefe88144c6ea48539e65f937013dd7349144e5f439dcea401dac26e5c098");
    assertThat(ninth.actual()).startsWith("aca2223bcf9ae651634637c1").hasSize(96);
    assertThat(verification).isInstanceOf(EvidenceVerification.NotGenuine.class);
  }

  @Test
  @DisplayName("a verifier that exempts measurements says so; the rest of the report is good")
  void exempt() {
    GpuVerifier tolerant =
        GpuVerifier.builder()
            .revocation(Revocation.NOT_CHECKED)
            .exemptMeasurements(Set.of(1, 2, 3, 9))
            .build();
    EvidenceVerification verification =
        tolerant.verify(GpuVectors.evidence(H100_545).evidence(), complete545(), THEN);
    assertThat(verification).isInstanceOf(EvidenceVerification.Genuine.class);
    assertThat(verification.notes()).contains("measurements [1, 2, 3, 9] of gpu-0 were exempt");
    assertThat(check(verification, "nvidia.gpu-0.measurements").actual())
        .isEqualTo("all but [1, 2, 3, 9, 35]");
    Claims claims = ((EvidenceVerification.Genuine) verification).claims();
    assertThat(claim(claims, "mismatches"))
        .contains("gpu-0 1 vbios: expected c3f65ef79a19c029")
        .contains("gpu-0 9 vbios: expected 7f3e9382785513c1");
    assertThat(claim(claims, "driver-version")).isEqualTo("545.00");
    assertThat(claim(claims, "vbios-versions")).isEqualTo("96.00.5E.00.01");
    assertThat(claim(claims, "ueids"))
        .isEqualTo("460032006552296075780760406069494258829212062021");
    assertThat(claim(claims, "nvdec0")).isEqualTo("disabled");
    assertThat(claim(claims, "sample-nonce")).isEqualTo("true");
    assertThat(HEX.formatHex(claims.boundData()))
        .isEqualTo("4cff7f5380ead8fad8ec2c531c110aca4302a88f603792801a8ca29ee151af2e");
    assertThat(
            tolerant.verify(
                GpuVectors.evidence(H100_545).evidence(),
                complete545(),
                Instant.parse("2026-11-21T00:00:00Z")))
        .isInstanceOfSatisfying(
            EvidenceVerification.Undetermined.class,
            undetermined ->
                assertThat(undetermined.missing()).isEqualTo(ReasonCode.COLLATERAL_EXPIRED));
  }

  @Test
  @DisplayName("which measurements of a real device differ from which manifest")
  void differences() throws MalformedEvidenceException {
    assertThat(differing(H100_535, H100_545 + "/" + VBIOS_5E + ".xml")).isEmpty();
    assertThat(differing(H100_535, H100_535 + "/" + VBIOS_5E + "_measurement_mismatch.xml"))
        .containsExactly(9);
    assertThat(differing(H100_550, "rims/NV_GPU_DRIVER_GH100_550.144.03.xml"))
        .containsExactly(7, 22, 31, 39, 40);
    assertThat(differing(H100_580, H100_580 + "/NV_GPU_VBIOS_1010_0200_882_960074001A.xml"))
        .containsExactly(9);
  }

  private static List<Integer> differing(String device, String manifest)
      throws MalformedEvidenceException {
    SpdmReport report = SpdmReport.parse(GpuVectors.report(device));
    return SignedManifest.parse(GpuVectors.bytes(manifest))
        .content()
        .measurements()
        .entrySet()
        .stream()
        .filter(
            golden ->
                golden.getValue().stream()
                    .noneMatch(
                        value ->
                            Arrays.equals(
                                value.bytes(), report.measurement(golden.getKey()).orElseThrow())))
        .map(Map.Entry::getKey)
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {H100_550, H100_535, H100_580, GB100, SWITCH})
  @DisplayName(
      "report, chain and firmware's digest of a real device hold; its manifests are missing")
  void withoutManifests(String name) {
    EvidenceVerification verification = verify(GpuVectors.evidence(name), Collateral.NONE, THEN);
    assertThat(verification.checks())
        .noneMatch(
            check ->
                check.outcome() == Check.Outcome.FAILED && !check.name().equals("nvidia.has-gpu"));
    assertThat(verification.checks())
        .filteredOn(check -> check.name().endsWith(".signature") || check.name().endsWith("chain"))
        .hasSize(2)
        .allMatch(check -> check.outcome() == Check.Outcome.PASSED);
    assertThat(verification.checks())
        .anyMatch(check -> check.code().equals(Optional.of(ReasonCode.COLLATERAL_UNAVAILABLE)));
  }

  @Test
  @DisplayName("a manifest of another version is none for this driver")
  void otherDriver() {
    EvidenceVerification verification =
        verify(
            GpuVectors.evidence(H100_550),
            GpuVectors.manifests(
                "NV_GPU_DRIVER_GH100_550.90.07", "rims/NV_GPU_DRIVER_GH100_550.144.03.xml"),
            Instant.parse("2026-06-01T00:00:00Z"));
    Check check = check(verification, "nvidia.gpu-0.driver-manifest");
    assertThat(check.code()).contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(check.actual()).isEqualTo("version 550.144.03");
  }

  @Test
  @DisplayName("one manifest of two is compared, and the other is named as missing")
  void oneManifest() {
    Collateral collateral =
        GpuVectors.manifests(VBIOS_5E, H100_535 + "/" + VBIOS_5E + "_measurement_mismatch.xml");
    EvidenceVerification verification = verify(GpuVectors.evidence(H100_535), collateral, THEN);
    assertThat(check(verification, "nvidia.gpu-0.vbios-manifest").outcome())
        .isEqualTo(Check.Outcome.PASSED);
    assertThat(check(verification, "nvidia.gpu-0.driver-manifest").code())
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    // The other one is compared all the same, and this one is of other firmware.
    assertThat(check(verification, "nvidia.gpu-0.measurements").code())
        .contains(ReasonCode.REFERENCE_MISMATCH);
    assertThat(verification).isInstanceOf(EvidenceVerification.NotGenuine.class);
  }

  @Test
  @DisplayName("a manifest whose payload was edited under an intact signature value never counts")
  void editedManifest() throws MalformedEvidenceException {
    SignedManifest manifest =
        SignedManifest.parse(
            GpuVectors.bytes(H100_535 + "/NV_GPU_DRIVER_GH100_535.86.09_measurement_mismatch.xml"));
    assertThat(
            manifest.isSignedBy(Certificates.parse(manifest.certificates().get(0)).getPublicKey()))
        .isFalse();
    EvidenceVerification verification =
        verify(
            GpuVectors.evidence(H100_535),
            GpuVectors.manifests(
                "NV_GPU_DRIVER_GH100_535.86.09",
                H100_535 + "/NV_GPU_DRIVER_GH100_535.86.09_measurement_mismatch.xml"),
            Instant.parse("2026-06-01T00:00:00Z"));
    assertThat(check(verification, "nvidia.gpu-0.driver-manifest").code())
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("one zero byte behind the signature is no part of it")
  void trailing() throws MalformedEvidenceException {
    byte[] report = GpuVectors.report(H100_580);
    assertThat(SpdmReport.parse(report).signed()).hasSize(4033);
    EvidenceVerification verification =
        verify(
            GpuVectors.evidence(H100_580),
            GpuVectors.manifests(
                "NV_GPU_VBIOS_1010_0200_882_960074001A",
                H100_580 + "/NV_GPU_VBIOS_1010_0200_882_960074001A.xml"),
            THEN);
    assertThat(check(verification, "nvidia.gpu-0.signature").outcome())
        .isEqualTo(Check.Outcome.PASSED);
    assertThat(check(verification, "nvidia.gpu-0.vbios-manifest").outcome())
        .isEqualTo(Check.Outcome.PASSED);
    report[report.length - 1] = 1;
    assertThatThrownBy(() -> SpdmReport.parse(report))
        .isInstanceOf(MalformedEvidenceException.class);
  }

  @Test
  @DisplayName("a device of another generation than stated is refused")
  void otherGeneration() {
    GpuEvidence.Device device = GpuVectors.device(GB100);
    EvidenceVerification verification =
        verify(
            new GpuEvidence(
                List.of(
                    new GpuEvidence.Device(
                        Architecture.HOPPER, device.nonce(), device.report(), device.chain()))),
            Collateral.NONE,
            THEN);
    assertThat(check(verification, "nvidia.gpu-0.architecture").code())
        .contains(ReasonCode.PRODUCT_MISMATCH);
    assertThat(verification).isInstanceOf(EvidenceVerification.NotGenuine.class);
  }

  @Test
  @DisplayName(
      "a genuine chain over another device's report is refused: signature and firmware differ")
  void badSignature() {
    EvidenceVerification verification =
        verify(GpuVectors.evidence(BAD_SIGNATURE), Collateral.NONE, THEN);
    assertThat(check(verification, "nvidia.gpu-0.signature").code())
        .contains(ReasonCode.SIGNATURE_INVALID);
    assertThat(check(verification, "nvidia.gpu-0.fwid").code())
        .contains(ReasonCode.ENDORSEMENT_MISMATCH);
    assertThat(check(verification, "nvidia.gpu-0.chain").outcome()).isEqualTo(Check.Outcome.PASSED);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "hopper_cert_chain_case1,PASSED",
    "hopper_cert_chain_case2,FAILED",
    "hopper_cert_chain_case3,FAILED",
    "hopper_cert_chain_case4,FAILED",
    "go-nvtrust-invalid-chain,FAILED"
  })
  @DisplayName("only a whole chain of five certificates to NVIDIA's root is one")
  void chains(String file, Check.Outcome outcome) {
    EvidenceVerification verification =
        verify(
            new GpuEvidence(
                List.of(
                    GpuVectors.device(
                        Architecture.HOPPER,
                        GpuVectors.report(H100_550),
                        GpuVectors.bytes("chains/" + file + ".pem")))),
            Collateral.NONE,
            THEN);
    assertThat(check(verification, "nvidia.gpu-0.chain").outcome()).isEqualTo(outcome);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "rims/NV_GPU_DRIVER_GH100_550.144.03.xml,true,550.144.03,21",
    "rims/NV_GPU_VBIOS_G520_0202_885_9600740014.xml,true,96.00.74.00.14,12",
    "rims/NV_GPU_VBIOS_G520_0200_885_9600740001.xml,true,96.00.74.00.01,12",
    "rims/NV_GPU_VBIOS_1010_0210_886_9600740011.xml,true,96.00.74.00.11,12",
    "rims/incorrect_signature_driver_rim.xml,false,550.144.03,21",
    "rims/incorrect_cert_chain_driver_rim.xml,true,97.00.83.00.09,",
    "switch-ls10/NV_SWITCH_BIOS_5612_0002_890_9610550001.xml,true,96.10.55.00.01,31"
  })
  @DisplayName("the signature of every real manifest, and of those that were changed")
  void manifestSignatures(String file, boolean good, String version, Integer active)
      throws MalformedEvidenceException {
    SignedManifest manifest = SignedManifest.parse(GpuVectors.bytes(file));
    assertThat(
            manifest.isSignedBy(Certificates.parse(manifest.certificates().get(0)).getPublicKey()))
        .isEqualTo(good);
    assertThat(manifest.content().version()).isEqualTo(version);
    if (active != null) {
      assertThat(manifest.content().measurements()).hasSize(active);
    }
  }

  @Test
  @DisplayName("a manifest under a debug root is none, though its signature is right")
  void debugRoot() {
    EvidenceVerification verification =
        verify(
            GpuVectors.evidence(GB100),
            GpuVectors.manifests(
                "NV_GPU_VBIOS_G525_0220_886_970088000F",
                "rims/incorrect_cert_chain_driver_rim.xml"),
            Instant.parse("2026-06-01T00:00:00Z"));
    Check check = check(verification, "nvidia.gpu-0.vbios-manifest");
    assertThat(check.code()).contains(ReasonCode.COLLATERAL_UNAVAILABLE);
    assertThat(check.expected()).isEqualTo("4 certificates");
  }

  @Test
  @DisplayName("a signer of manifests is no root of them, even for who names it as one")
  void signerAsRoot() throws Exception {
    byte[] der = CertificatePem.read(GpuVectors.bytes("rims/incorrect_rim_root.pem")).get(0);
    X509Certificate signer = Certificates.parse(der);
    TrustAnchor anchor =
        new TrustAnchor(
            NvidiaAnchors.FAMILY,
            NvidiaAnchors.PRODUCT_LINE,
            NvidiaAnchors.MANIFEST_SIGNING,
            signer.getSubjectX500Principal(),
            Set.of(Digests.sha256(der)),
            Digests.sha256(signer.getPublicKey().getEncoded()),
            TrustAnchor.Origin.PRIVATE);
    List<TrustAnchor> anchors = new ArrayList<>(List.of(anchor));
    NvidiaAnchors.ALL.stream()
        .filter(known -> known.role().equals(NvidiaAnchors.DEVICE_IDENTITY))
        .forEach(anchors::add);
    EvidenceVerification verification =
        GpuVerifier.builder()
            .anchors(anchors)
            .revocation(Revocation.NOT_CHECKED)
            .build()
            .verify(GpuVectors.evidence(H100_545).evidence(), complete545(), THEN);
    assertThat(check(verification, "nvidia.gpu-0.driver-manifest").code())
        .contains(ReasonCode.COLLATERAL_UNAVAILABLE);
  }

  @Test
  @DisplayName("a switch's 31 measurements match its manifest; a switch alone is no GPU")
  void networkSwitch() {
    String id = "NV_SWITCH_BIOS_5612_0002_890_9610550001";
    EvidenceVerification verification =
        verify(
            GpuVectors.evidence(SWITCH),
            GpuVectors.manifests(id, SWITCH + "/" + id + ".xml"),
            Instant.parse("2026-09-01T00:00:00Z"));
    assertThat(check(verification, "nvidia.switch-0.measurements").outcome())
        .isEqualTo(Check.Outcome.PASSED);
    assertThat(check(verification, "nvidia.switch-0.measurements").expected()).startsWith("31 ");
    assertThat(check(verification, "nvidia.has-gpu").code())
        .contains(ReasonCode.DEVICES_INCONSISTENT);
  }

  @Test
  @DisplayName(
      "a board with protected PCIe is known by its report, and is not complete without switches")
  void protectedPcie() throws MalformedEvidenceException {
    GpuEvidence evidence =
        GpuEvidence.parse(
            new String(
                GpuVectors.bytes("evidence-json/hopper_evidence.json"), StandardCharsets.UTF_8));
    EvidenceVerification verification =
        verify(evidence, Collateral.NONE, Instant.parse("2026-06-01T00:00:00Z"));
    assertThat(verification)
        .isInstanceOfSatisfying(
            EvidenceVerification.Undetermined.class,
            undetermined -> {
              Claims claims = undetermined.claims().orElseThrow();
              assertThat(claim(claims, "mode")).isEqualTo("PPCIE");
              assertThat(claim(claims, "driver-version")).isEqualTo("590.12");
              assertThat(claim(claims, "fabric-complete")).isEqualTo("false");
              assertThat(claim(claims, "fabric-gap"))
                  .isEqualTo("1 GPUs and 0 switches, not 8 and 4");
            });
    SpdmReport report = SpdmReport.parse(evidence.devices().get(0).report().bytes());
    assertThat(report.switchPdis())
        .containsExactlyInAnyOrder(
            "666E93E19DEC7D2D", "03DBA23B3C11BD8A", "9AE3BEBA9E673275", "3A53B743D811E977");
  }

  @Test
  @DisplayName("the JSON of NVIDIA's own tools is read, and written as it is")
  void json() throws MalformedEvidenceException {
    for (String file : List.of("hopper_evidence.json", "switch_evidence_ls10.json")) {
      GpuEvidence evidence =
          GpuEvidence.parse(
              new String(GpuVectors.bytes("evidence-json/" + file), StandardCharsets.UTF_8));
      assertThat(evidence.devices()).hasSize(1);
      assertThat(verify(evidence, Collateral.NONE, THEN).checks())
          .filteredOn(check -> check.name().matches(".*[.](signature|chain|report)"))
          .hasSize(3)
          .allMatch(check -> check.outcome() == Check.Outcome.PASSED);
      assertThat(GpuEvidence.parse(evidence.json())).isEqualTo(evidence);
    }
  }

  @Test
  @DisplayName("one switch that is presented four times is not four, nor a device twice two")
  void repeated() {
    for (String name : List.of(SWITCH, H100_550)) {
      EvidenceVerification verification =
          verify(GpuVectors.evidence(name, name), Collateral.NONE, THEN);
      assertThat(check(verification, "nvidia.distinct").code())
          .contains(ReasonCode.DEVICES_INCONSISTENT);
    }
  }
}
