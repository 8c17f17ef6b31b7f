// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.Simulated.Case;
import io.fedtrust.attestation.providers.snp.Vectors.Vector;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** No single bit of anything presented can change without being noticed: no range is exempt. */
class SnpFlipTest {
  private static final Case GOOD = Case.good();
  private static final SnpVerifier VERIFIER = Simulated.verifier(GOOD.platform());
  private static final int BITS_OF_REPORT = SnpField.REPORT_BYTES * Byte.SIZE;

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] copy = bytes.clone();
    copy[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    return copy;
  }

  private static void refused(Evidence evidence, Collateral collateral, Object where) {
    assertThat(VERIFIER.verify(evidence, collateral, Simulated.NOW))
        .as("%s", where)
        .isNotInstanceOf(EvidenceVerification.Genuine.class);
  }

  @Test
  @DisplayName("every bit of a report")
  void everyBitOfAReport() {
    byte[] report = java.util.Base64.getDecoder().decode(GOOD.evidence().token());
    Collateral collateral = GOOD.collateral();
    for (int bit = 0; bit < BITS_OF_REPORT; bit++) {
      refused(Vectors.evidence(flipped(report, bit)), collateral, bit);
    }
  }

  @Test
  @DisplayName("every bit of a real report")
  void everyBitOfARealReport() {
    Vectors.assume();
    Vector vector = Vector.of("genoa-v5-oak");
    SnpVerifier verifier = SnpVerifier.builder().build();
    Collateral collateral = vector.collateral();
    assertThat(verifier.verify(vector.evidence(), collateral, Vectors.WITH_LISTS))
        .isInstanceOf(EvidenceVerification.Genuine.class);
    for (int bit = 0; bit < BITS_OF_REPORT; bit++) {
      assertThat(
              verifier.verify(
                  Vectors.evidence(flipped(vector.report(), bit)), collateral, Vectors.WITH_LISTS))
          .as("%s", bit)
          .isNotInstanceOf(EvidenceVerification.Genuine.class);
    }
  }

  @Test
  @DisplayName("every bit of a token's text")
  void everyBitOfAToken() {
    byte[] token = GOOD.evidence().token().getBytes(StandardCharsets.ISO_8859_1);
    Collateral collateral = GOOD.collateral();
    for (int bit = 0; bit < token.length * Byte.SIZE; bit++) {
      refused(
          Evidence.of(
              EvidenceForm.SNP_REPORT,
              new String(flipped(token, bit), StandardCharsets.ISO_8859_1)),
          collateral,
          bit);
    }
  }

  @Provide
  Arbitrary<Integer> endorsementBits() {
    return bits(GOOD.item(SnpItems.VCEK).bytes());
  }

  @Provide
  Arbitrary<Integer> chainBits() {
    return bits(GOOD.item(SnpItems.CHAIN).bytes());
  }

  @Provide
  Arbitrary<Integer> listBits() {
    return bits(GOOD.item(SnpItems.CRL).bytes());
  }

  @Provide
  Arbitrary<Integer> hintBits() {
    return bits(attachments());
  }

  private static Arbitrary<Integer> bits(byte[] bytes) {
    return Arbitraries.integers().between(0, bytes.length * Byte.SIZE - 1).withoutEdgeCases();
  }

  @Property(tries = 3000)
  void noBitOfAnEndorsementCertificate(@ForAll("endorsementBits") int bit) {
    flippedItem(SnpItems.VCEK, bit);
  }

  @Property(tries = 3000)
  void noBitOfAChainInPem(@ForAll("chainBits") int bit) {
    flippedItem(SnpItems.CHAIN, bit);
  }

  @Property(tries = 3000)
  void noBitOfARevocationList(@ForAll("listBits") int bit) {
    flippedItem(SnpItems.CRL, bit);
  }

  private static void flippedItem(String kind, int bit) {
    Case spoiled = GOOD.with(kind, flipped(GOOD.item(kind).bytes(), bit));
    refused(spoiled.evidence(), spoiled.collateral(), kind + " " + bit);
  }

  private static byte[] attachments() {
    try {
      List<byte[]> certificates = new ArrayList<>();
      certificates.add(GOOD.item(SnpItems.VCEK).bytes());
      certificates.addAll(Certificates.parsePem(GOOD.item(SnpItems.CHAIN).bytes()));
      return EvidenceAttachments.of(certificates);
    } catch (io.fedtrust.attestation.model.MalformedEvidenceException e) {
      throw new IllegalStateException(e);
    }
  }

  @Property(tries = 3000)
  void noBitOfPresentedCertificates(@ForAll("hintBits") int bit) {
    Collateral listAlone = GOOD.without(SnpItems.VCEK).without(SnpItems.CHAIN).collateral();
    refused(
        GOOD.evidence().withEndorsements(flipped(attachments(), bit)),
        listAlone,
        "presented " + bit);
  }
}
