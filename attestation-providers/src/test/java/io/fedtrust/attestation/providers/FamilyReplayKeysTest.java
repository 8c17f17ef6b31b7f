// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.verifier.AciVerifier;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.nvidia.nras.NrasItems;
import io.fedtrust.attestation.providers.nvidia.nras.NrasVerifier;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.ita.ItaVerifier;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedContainerGroup;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedMaaToken;
import io.fedtrust.attestation.simulated.SimulatedNras;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import io.fedtrust.attestation.simulated.SimulatedTrustAuthority;
import io.fedtrust.attestation.simulated.SimulatedUvm;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which bytes tell genuine evidence of each family from all other evidence of it. */
class FamilyReplayKeysTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(100));
  private static final Instant LISTED = NOW.minus(Duration.ofDays(1));
  private static final Instant END = NOW.plus(Duration.ofDays(1));
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] NONCE = filled(32, 9);
  private static final SimulatedSnpPlatform AMD =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, RANDOM);
  private static final SimulatedTdxPlatform INTEL = SimulatedTdxPlatform.create(MADE, RANDOM);

  /** Order of the group of P-384. */
  private static final BigInteger ORDER =
      new BigInteger(
          "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
          16);

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What is signed of a compact token. */
  private static byte[] input(String token) {
    return ascii(token.substring(0, token.lastIndexOf('.')));
  }

  /** As the protocol writes it, without the code under test. */
  private static String key(String kind, EvidenceForm form, byte[] what) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      for (byte[] item :
          List.of(
              ascii("FLCC-SEEN-1"),
              ascii(kind),
              ascii(form.namespace().text()),
              ascii(form.text()),
              sha256(what))) {
        out.writeInt(item.length);
        out.write(item);
      }
      return HexFormat.of().formatHex(sha256(bytes.toByteArray()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String content(EvidenceForm form, byte[] what) {
    return key("content", form, what);
  }

  private static String nonce(EvidenceForm form, byte[] what) {
    return key("nonce", form, what);
  }

  private static Claims genuine(EvidenceVerification result) {
    Judged.genuine(result);
    return result.verifiedClaims().orElseThrow();
  }

  private static Claims snp(byte[] report) {
    return genuine(
        SnpVerifier.builder()
            .anchors(List.of(AMD.anchor()))
            .build()
            .verify(
                Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(report)),
                Collateral.of(AMD.collateral(AMD.report(), LISTED)),
                NOW));
  }

  @Test
  @DisplayName("snp-report: bytes 0 to 0x29F and REPORT_DATA; (r, n-s) is no new report")
  void snp() {
    byte[] report = AMD.sign(AMD.report().set(SnpField.REPORT_DATA, filled(64, 7)));
    Claims claims = snp(report);
    assertThat(claims.replayKeys())
        .containsExactly(
            content(EvidenceForm.SNP_REPORT, Arrays.copyOf(report, 0x2A0)),
            nonce(EvidenceForm.SNP_REPORT, filled(64, 7)));
    byte[] twin = report.clone();
    int at = 0x2A0 + 72;
    BigInteger s = new BigInteger(1, reversed(Arrays.copyOfRange(report, at, at + 72)));
    byte[] other = ORDER.subtract(s).toByteArray();
    byte[] padded = new byte[72];
    int length = Math.min(other.length, 72);
    System.arraycopy(other, other.length - length, padded, 72 - length, length);
    System.arraycopy(reversed(padded), 0, twin, at, 72);
    assertThat(twin).isNotEqualTo(report);
    assertThat(snp(twin).replayKeys()).isEqualTo(claims.replayKeys());
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] back = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      back[i] = bytes[bytes.length - 1 - i];
    }
    return back;
  }

  @Test
  @DisplayName("tdx-quote: header and body, and REPORTDATA; zeros are no nonce")
  void tdx() {
    TdxVerifier verifier = TdxVerifier.builder().anchors(List.of(INTEL.anchor())).build();
    for (byte[] data : List.of(filled(64, 7), new byte[64])) {
      byte[] quote = INTEL.sign(INTEL.quote().set(TdxField.REPORTDATA, data));
      Claims claims =
          genuine(
              verifier.verify(
                  Evidence.of(EvidenceForm.TDX_QUOTE, Base64.getEncoder().encodeToString(quote)),
                  Collateral.of(INTEL.collateral(LISTED)),
                  NOW));
      String signed = content(EvidenceForm.TDX_QUOTE, Arrays.copyOf(quote, 632));
      assertThat(claims.replayKeys())
          .isEqualTo(
              data[0] == 0
                  ? List.of(signed)
                  : List.of(signed, nonce(EvidenceForm.TDX_QUOTE, data)));
    }
  }

  @Test
  @DisplayName("ita-jwt: header.payload, and the service's nonce; without it, the attester's data")
  void ita() {
    SimulatedTrustAuthority service = SimulatedTrustAuthority.create(RANDOM);
    byte[] value = {1, 2, 3};
    byte[] time = {4, 5};
    String ofService =
        service.sign(
            service
                .token(NOW)
                .bound(NONCE, SimulatedTrustAuthority.reportData(value, time, NONCE), value, time));
    String ofProver =
        service.sign(service.token(NOW).bound(NONCE, SimulatedTrustAuthority.reportData(NONCE)));
    assertThat(ita(service, ofService).replayKeys())
        .containsExactly(
            content(EvidenceForm.ITA_JWT, input(ofService)), nonce(EvidenceForm.ITA_JWT, value));
    assertThat(ita(service, ofProver).replayKeys())
        .containsExactly(
            content(EvidenceForm.ITA_JWT, input(ofProver)), nonce(EvidenceForm.ITA_JWT, NONCE));
  }

  private static Claims ita(SimulatedTrustAuthority service, String token) {
    return genuine(
        ItaVerifier.builder()
            .build()
            .verify(
                Evidence.of(EvidenceForm.ITA_JWT, token),
                Collateral.of(List.of(service.keys(END).item(ItaItems.KEYS, ItaItems.INTEL))),
                NOW));
  }

  @Test
  @DisplayName("maa-*: header.payload, and the nonce or user data, if there is one; else an end")
  void maa() {
    SimulatedMaa service = SimulatedMaa.create(MADE, RANDOM);
    MaaVerifier containers = MaaVerifier.containers(SimulatedMaa.INSTANCE).build();
    MaaVerifier machines = MaaVerifier.virtualMachines(SimulatedMaa.INSTANCE).build();
    String container = service.sign(service.container(NOW).bound(NONCE));
    assertThat(maa(service, containers, container).replayKeys())
        .containsExactly(
            content(EvidenceForm.MAA_JWT, input(container)), nonce(EvidenceForm.MAA_JWT, NONCE));
    String machine = service.sign(service.machine(NOW).bound(NONCE));
    assertThat(maa(service, machines, machine).replayKeys())
        .containsExactly(
            content(EvidenceForm.MAA_CVM_JWT, input(machine)),
            nonce(EvidenceForm.MAA_CVM_JWT, NONCE));
    SimulatedMaaToken unbound = service.container(NOW).without("x-ms-runtime");
    Claims fixed = maa(service, containers, service.sign(unbound));
    assertThat(fixed.replayKeys())
        .as("as the peer's authorizer makes it")
        .containsExactly(content(EvidenceForm.MAA_JWT, input(service.sign(unbound))));
    assertThat(fixed.replayEnd()).as("exp").isPresent();
    assertThat(maa(service, containers, container).replayEnd()).isEmpty();
  }

  @Test
  @DisplayName(
      "maa-cvm-jwt: user data in either case is one nonce, zeros are none, text is as it is")
  void userData() {
    SimulatedMaa service = SimulatedMaa.create(MADE, RANDOM);
    MaaVerifier machines = MaaVerifier.virtualMachines(SimulatedMaa.INSTANCE).build();
    byte[] data = filled(64, 0xAB);
    for (Map.Entry<String, List<byte[]>> said :
        List.of(
            Map.entry("ab".repeat(64), List.of(data)),
            Map.entry("AB".repeat(64), List.of(data)),
            Map.entry("00".repeat(64), List.<byte[]>of()),
            Map.entry("no hex", List.of(ascii("no hex"))))) {
      String token =
          service.sign(
              service
                  .machine(NOW)
                  .outer("x-ms-runtime", "{\"user-data\":\"" + said.getKey() + "\"}"));
      assertThat(maa(service, machines, token).replayKeys().stream().skip(1).toList())
          .isEqualTo(
              said.getValue().stream()
                  .map(nonce -> nonce(EvidenceForm.MAA_CVM_JWT, nonce))
                  .toList());
    }
    String other =
        service.sign(
            service
                .machine(NOW)
                .outer("x-ms-runtime", "{\"client-payload\":{\"nonce\":\"another spelling\"}}"));
    assertThat(maa(service, machines, other).replayKeys())
        .contains(nonce(EvidenceForm.MAA_CVM_JWT, ascii("another spelling")));
  }

  private static Claims maa(SimulatedMaa service, MaaVerifier verifier, String token) {
    return genuine(
        verifier.verify(
            Evidence.of(verifier.forms().iterator().next(), token),
            Collateral.of(List.of(service.keys(END).item(MaaItems.KEYS, "any"))),
            NOW));
  }

  @Test
  @DisplayName("aci-raw: the report's signed bytes, and REPORT_DATA where it holds a nonce")
  void aci() throws Exception {
    SimulatedContainerGroup group =
        SimulatedContainerGroup.on(
            AMD, SimulatedUvm.create(MADE, RANDOM), new byte[9], new byte[48], MADE);
    AciVerifier verifier = AciVerifier.builder().anchors(group.anchors()).build();
    Evidence evidence = group.evidence(NONCE);
    byte[] report =
        Base64.getDecoder().decode(AciEvidence.parse(evidence.token()).report().token());
    assertThat(
            genuine(verifier.verify(evidence, Collateral.of(group.collateral(LISTED)), NOW))
                .replayKeys())
        .containsExactly(
            content(EvidenceForm.ACI_RAW, Arrays.copyOf(report, 0x2A0)),
            nonce(EvidenceForm.ACI_RAW, Arrays.copyOfRange(report, 0x50, 0x90)));
  }

  @Test
  @DisplayName("cvm-tpm: TPMS_ATTEST and extraData of whatever length")
  void cvm() {
    SimulatedConfidentialVm machine = SimulatedConfidentialVm.on(AMD, new byte[48], RANDOM);
    CvmVerifier verifier = CvmVerifier.builder().anchors(List.of(machine.anchor())).build();
    for (byte[] extraData : List.of(NONCE, filled(48, 3))) {
      byte[] attest = machine.attest(extraData);
      CvmEvidence presented = machine.presented(machine.runtimeData(), attest);
      assertThat(
              genuine(
                      verifier.verify(
                          presented.evidence(), Collateral.of(machine.collateral(LISTED)), NOW))
                  .replayKeys())
          .containsExactly(
              content(EvidenceForm.CVM_TPM, attest), nonce(EvidenceForm.CVM_TPM, extraData));
    }
  }

  @Test
  @DisplayName("nv-evidence: all that each device signed, and the request's nonce")
  void gpu() throws Exception {
    SimulatedGpuHost host = SimulatedGpuHost.create(MADE, RANDOM);
    host.gpu();
    host.gpu();
    GpuEvidence presented = host.evidence(NONCE);
    Claims claims =
        genuine(
            GpuVerifier.builder()
                .anchors(host.anchors())
                .build()
                .verify(
                    presented.evidence(), host.collateral(NOW.minus(Duration.ofMinutes(5))), NOW));
    assertThat(claims.replayKeys())
        .containsExactlyInAnyOrder(
            nonce(EvidenceForm.NV_EVIDENCE, NONCE),
            content(EvidenceForm.NV_EVIDENCE, signed(presented.devices().get(0))),
            content(EvidenceForm.NV_EVIDENCE, signed(presented.devices().get(1))));
  }

  private static byte[] signed(GpuEvidence.Device device) throws Exception {
    byte[] report = device.report().bytes();
    assertThat(SpdmReport.parse(report).signature()).hasSize(96);
    return Arrays.copyOf(report, report.length - 96);
  }

  @Test
  @DisplayName("nras-eat: overall token, each device's token, eat_nonce; never the bundle's text")
  void nras() throws IOException {
    SimulatedNras service = SimulatedNras.create(RANDOM);
    String bundle = service.sign(service.bundle(NONCE, NOW).gpu());
    List<String> tokens =
        Arrays.stream(bundle.split("\"", -1)).filter(part -> part.startsWith("eyJ")).toList();
    Claims claims = nras(service, bundle);
    assertThat(tokens).as("overall and two devices").hasSize(3);
    assertThat(claims.replayKeys())
        .containsExactlyInAnyOrder(
            nonce(EvidenceForm.NRAS_EAT, NONCE),
            content(EvidenceForm.NRAS_EAT, input(tokens.get(0))),
            content(EvidenceForm.NRAS_EAT, input(tokens.get(1))),
            content(EvidenceForm.NRAS_EAT, input(tokens.get(2))));
    assertThat(nras(service, bundle + " ").replayKeys()).isEqualTo(claims.replayKeys());
    assertThat(nras(service, bundle.replace(",", " ,\n")).replayKeys())
        .isEqualTo(claims.replayKeys());
    assertThat(
            nras(service, "[[\"JWT\",\"e30.e30.AA\"],{\"REMOTE_GPU_CLAIMS\":" + bundle + "}]")
                .replayKeys())
        .as("in the peer's wrapper")
        .isEqualTo(claims.replayKeys());
    assertThat(nras(service, service.sign(service.bundle(NONCE, NOW.minusSeconds(9)))).replayKeys())
        .as("signed anew for old evidence")
        .isNotEqualTo(claims.replayKeys())
        .contains(nonce(EvidenceForm.NRAS_EAT, NONCE));
    assertThat(claims.replayEnd()).isEmpty();
  }

  private static Claims nras(SimulatedNras service, String bundle) {
    return genuine(
        NrasVerifier.builder()
            .build()
            .verify(
                Evidence.of(EvidenceForm.NRAS_EAT, bundle),
                Collateral.of(List.of(service.keys(END).item(NrasItems.KEYS, NrasItems.NVIDIA))),
                NOW));
  }
}
