// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.Judged;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.tdx.SimulatedTdx.Case;
import io.fedtrust.attestation.providers.tdx.TdxVectors.Vector;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No single bit of anything presented can change without being noticed: no range is exempt. Of all
 * but the quote itself, every seventh bit is changed; {@code -Dfedtrust.flip.step=1} changes all.
 */
class TdxFlipTest {
  /** No divisor of eight, so that every place within a byte has its turn. */
  private static final int STEP = Integer.getInteger("fedtrust.flip.step", 7);

  private static final Case GOOD = Case.good();
  private static final Collateral COLLATERAL = GOOD.collateral();
  private static final TdxVerifier VERIFIER = SimulatedTdx.verifier();

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] copy = bytes.clone();
    copy[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    return copy;
  }

  private static void refused(Evidence evidence, Collateral collateral, Object where) {
    assertThat(VERIFIER.verify(evidence, collateral, SimulatedTdx.NOW))
        .as("%s", where)
        .isNotInstanceOf(EvidenceVerification.Genuine.class);
  }

  @Test
  @DisplayName("every bit of a quote, and of the zeros behind it")
  void everyBitOfAQuote() {
    byte[] quote = Base64.getDecoder().decode(GOOD.evidence().token());
    byte[] padded = Arrays.copyOf(quote, quote.length + 16);
    for (int bit = 0; bit < padded.length * Byte.SIZE; bit++) {
      refused(TdxVectors.evidence(flipped(padded, bit)), COLLATERAL, bit);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"v4-oak", "v5-spr-td15-a"})
  @DisplayName("every bit of a real quote")
  void everyBitOfARealQuote(String name) {
    TdxVectors.assume();
    Vector vector = Vector.of(name);
    TdxVerifier verifier = TdxVerifier.builder().build();
    Collateral collateral = vector.collateral();
    assertThat(verifier.verify(vector.evidence(), collateral, vector.time()))
        .isInstanceOf(EvidenceVerification.Genuine.class);
    byte[] quote = vector.quote();
    for (int bit = 0; bit < quote.length * Byte.SIZE; bit += STEP) {
      assertThat(
              verifier.verify(TdxVectors.evidence(flipped(quote, bit)), collateral, vector.time()))
          .as("%s", bit)
          .isNotInstanceOf(EvidenceVerification.Genuine.class);
    }
  }

  @Provide
  Arbitrary<Integer> tokenBits() {
    return bits(GOOD.evidence().token().getBytes(StandardCharsets.ISO_8859_1));
  }

  @Property(tries = 5000)
  void noBitOfAToken(@ForAll("tokenBits") int bit) {
    byte[] token = GOOD.evidence().token().getBytes(StandardCharsets.ISO_8859_1);
    refused(
        Evidence.of(
            EvidenceForm.TDX_QUOTE, new String(flipped(token, bit), StandardCharsets.ISO_8859_1)),
        COLLATERAL,
        bit);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        TdxItems.TCB_INFO,
        TdxItems.TCB_INFO_ISSUER,
        TdxItems.QE_IDENTITY,
        TdxItems.QE_IDENTITY_ISSUER,
        TdxItems.PCK_CRL,
        TdxItems.ROOT_CRL
      })
  @DisplayName("every bit of an item: documents, their signers' certificates, lists")
  void everyBitOfAnItem(String kind) {
    byte[] bytes = GOOD.item(kind).bytes();
    for (int bit = 0; bit < bytes.length * Byte.SIZE; bit += STEP) {
      refused(GOOD.evidence(), GOOD.with(kind, flipped(bytes, bit)).collateral(), kind + " " + bit);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"tcb_info.json", "qe_identity.json", "pck_crl.der", "root_ca_crl.der"})
  @DisplayName("every bit of Intel's own documents and lists")
  void everyBitOfARealItem(String file) {
    TdxVectors.assume();
    Vector vector = Vector.of("v5-spr-td15-a");
    TdxVerifier verifier = TdxVerifier.builder().build();
    byte[] bytes = vector.file(file);
    for (int bit = 0; bit < bytes.length * Byte.SIZE; bit += STEP) {
      byte[] spoiled = flipped(bytes, bit);
      assertThat(
              verifier.verify(
                  vector.evidence(),
                  Collateral.of(
                      vector.items().stream()
                          .map(
                              item ->
                                  Arrays.equals(item.bytes(), bytes)
                                      ? CollateralItem.of(item.kind(), item.subject(), spoiled)
                                      : item)
                          .toList()),
                  vector.time()))
          .as("%s %s", file, bit)
          .isNotInstanceOf(EvidenceVerification.Genuine.class);
    }
  }

  private static byte[] attachments() {
    return EvidenceAttachments.ofEventLog(
        EventLogTest.log(List.of(EventLogTest.Written.of(1, 4, new byte[] {1, 2, 3, 4}))));
  }

  @Provide
  Arbitrary<Integer> hintBits() {
    return bits(attachments());
  }

  @Property(tries = 2000)
  void aChangedEventLogSaysNothingElse(@ForAll("hintBits") int bit) {
    byte[] rtmr = Digests.sha384(join(new byte[48], Digests.sha384(new byte[] {1, 2, 3, 4})));
    Evidence evidence =
        SimulatedTdx.PLATFORM.evidence(SimulatedTdx.PLATFORM.quote().set(TdxField.RTMR0, rtmr));
    EvidenceVerification good =
        VERIFIER.verify(evidence.withEndorsements(attachments()), COLLATERAL, SimulatedTdx.NOW);
    Judged.genuine(good);
    EvidenceVerification other =
        VERIFIER.verify(
            evidence.withEndorsements(flipped(attachments(), bit)), COLLATERAL, SimulatedTdx.NOW);
    // Payloads of events, and what the header says beside algorithms, are in no digest: such a log
    // gives the same registers. What claims say of events is what was extended.
    if (other instanceof EvidenceVerification.Genuine) {
      String before = Judged.claim(good, "rtmr0-events");
      String after = Judged.claim(other, "rtmr0-events");
      if (other.checks().stream().anyMatch(check -> check.name().equals("evidence.endorsements"))) {
        // Attachments that cannot be read count as absent, and so does the log in them.
        assertThat(after).isEqualTo("not claimed");
        return;
      }
      assertThat(after.substring(after.indexOf(' ')))
          .isEqualTo(before.substring(before.indexOf(' ')));
    }
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static Arbitrary<Integer> bits(byte[] bytes) {
    return Arbitraries.integers().between(0, bytes.length * Byte.SIZE - 1).withoutEdgeCases();
  }
}
