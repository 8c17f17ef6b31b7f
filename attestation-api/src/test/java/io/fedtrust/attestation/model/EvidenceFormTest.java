// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Families and forms are values that are registered once and found by their names on the wire. */
class EvidenceFormTest {
  @Test
  @DisplayName("Families keep their order: CPU families first, devices last")
  void familiesKeepTheirOrder() {
    assertThat(Namespace.all())
        .containsSubsequence(
            Namespace.SNP,
            Namespace.TDX,
            Namespace.AZURE_ACI,
            Namespace.AZURE_CVM,
            Namespace.NVIDIA_GPU);
  }

  @Test
  @DisplayName("Forms keep their order, whatever the order of registration")
  void formsKeepTheirOrder() {
    assertThat(EvidenceForm.all())
        .containsSubsequence(
            EvidenceForm.SNP_REPORT,
            EvidenceForm.TDX_QUOTE,
            EvidenceForm.ITA_JWT,
            EvidenceForm.NV_EVIDENCE,
            EvidenceForm.NRAS_EAT,
            EvidenceForm.ACI_RAW,
            EvidenceForm.MAA_JWT,
            EvidenceForm.MAA_CVM_JWT,
            EvidenceForm.CVM_TPM);
  }

  @Test
  @DisplayName("A rank decides the order, and the name decides between equal ranks")
  void ranksDecide() {
    WireNames<String> names = new WireNames<>();
    names.register("b", "2");
    names.register("a", "3");
    names.register("c", "1");

    assertThat(names.all()).isEqualTo(List.of("1", "2", "3"));
    assertThat(Namespace.SNP).isLessThan(Namespace.TDX);
    assertThat(Namespace.SNP.compareTo(Namespace.of("x-snp").orElseThrow())).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x-new", "X-SNP", "snp-report", "x-snp "})
  @DisplayName("A family that nobody registered is unknown")
  void unknownFamiliesAreUnknown(String text) {
    assertThat(Namespace.of(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "new-form", "SNP-REPORT", "x-snp", "snp-report "})
  @DisplayName("A form that nobody registered is unknown")
  void unknownFormsAreUnknown(String text) {
    assertThat(EvidenceForm.of(text)).isEmpty();
  }

  @Test
  @DisplayName("A second registration of a name is an error and changes nothing")
  void secondRegistrationsAreErrors() {
    assertThatThrownBy(() -> Namespace.register("x-snp", Namespace.Attests.DEVICE, "nras-eat", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'x-snp' is registered already.");
    assertThatThrownBy(() -> EvidenceForm.register("snp-report", Namespace.TDX, 32, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'snp-report' is registered already.");

    assertThat(Namespace.of("x-snp").orElseThrow().cpu()).isTrue();
    assertThat(EvidenceForm.of("snp-report").orElseThrow().namespace()).isEqualTo(Namespace.SNP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upper", "-x", "with space", "line\nfeed", "ü"})
  @DisplayName("A name that could not be written plainly is not registered")
  void unwritableNamesAreErrors(String text) {
    assertThatThrownBy(() -> EvidenceForm.register(text, Namespace.SNP, 32, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(EvidenceForm.of(text)).isEmpty();
  }

  @Test
  @DisplayName("A hash that is neither SHA-256 nor SHA-512 is not registered")
  void otherHashesAreErrors() {
    assertThatThrownBy(() -> EvidenceForm.register("short-hash", Namespace.SNP, 20, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 or 64 bytes, was 20");
    assertThat(EvidenceForm.of("short-hash")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "x-snp, snp-report",
    "x-tdx, ita-jwt",
    "x-nv-gpu, nras-eat",
    "x-az-aci, maa-jwt",
    "x-az-cvm, maa-cvm-jwt"
  })
  @DisplayName("An entry without a form has the form of NVFlare's own authorizer")
  void peersPresentOneForm(String family, String form) {
    assertThat(EvidenceForm.ofPeer(Namespace.of(family).orElseThrow()))
        .hasToString("Optional[" + form + "]");
  }
}
