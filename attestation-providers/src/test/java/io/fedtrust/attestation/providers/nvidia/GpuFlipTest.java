// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaItems;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * No single bit of anything presented can change without being noticed. Every seventh bit is
 * changed; {@code -Dfedtrust.flip.step=1} changes all.
 */
class GpuFlipTest {
  private static final int STEP = Integer.getInteger("fedtrust.flip.step", 7);
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final byte[] NONCE = Digests.sha256Bytes(new byte[] {7});
  private static final SimulatedGpuHost HOST = host();
  private static final GpuEvidence.Device DEVICE = HOST.evidence(NONCE).devices().get(0);
  private static final Collateral COLLATERAL = HOST.collateral(NOW);
  private static final GpuVerifier VERIFIER = GpuVerifier.builder().anchors(HOST.anchors()).build();

  private static SimulatedGpuHost host() {
    SimulatedGpuHost host = SimulatedGpuHost.create(NOW, new SecureRandom());
    host.gpu();
    return host;
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] copy = bytes.clone();
    copy[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
    return copy;
  }

  private static boolean isGenuine(Evidence evidence, Collateral collateral) {
    return VERIFIER.verify(evidence, collateral, NOW) instanceof EvidenceVerification.Genuine;
  }

  private static Evidence with(Bytes report, Bytes chain) {
    return new GpuEvidence(
            List.of(new GpuEvidence.Device(DEVICE.architecture(), DEVICE.nonce(), report, chain)))
        .evidence();
  }

  @Test
  @DisplayName("every bit of a report, and of a zero byte behind it")
  void report() {
    assertThat(isGenuine(with(DEVICE.report(), DEVICE.chain()), COLLATERAL)).isTrue();
    byte[] report = Arrays.copyOf(DEVICE.report().bytes(), DEVICE.report().bytes().length + 1);
    assertThat(isGenuine(with(Bytes.of(report), DEVICE.chain()), COLLATERAL)).isTrue();
    for (int bit = 0; bit < report.length * Byte.SIZE; bit += STEP) {
      assertThat(isGenuine(with(Bytes.of(flipped(report, bit)), DEVICE.chain()), COLLATERAL))
          .as("bit %s", bit)
          .isFalse();
    }
  }

  @Test
  @DisplayName("every bit of a chain, its armour included")
  void chain() {
    byte[] chain = DEVICE.chain().bytes();
    for (int bit = 0; bit < chain.length * Byte.SIZE; bit += STEP) {
      assertThat(isGenuine(with(DEVICE.report(), Bytes.of(flipped(chain, bit))), COLLATERAL))
          .as("bit %s", bit)
          .isFalse();
    }
  }

  @Test
  @DisplayName("every bit of an answer about a certificate")
  void status() {
    CollateralItem answer =
        COLLATERAL.items().stream()
            .filter(item -> item.kind().equals(NvidiaItems.OCSP))
            .findFirst()
            .orElseThrow();
    byte[] der = answer.bytes();
    List<CollateralItem> others =
        COLLATERAL.items().stream().filter(item -> !item.equals(answer)).toList();
    for (int bit = 0; bit < der.length * Byte.SIZE; bit += STEP) {
      Collateral spoiled =
          Collateral.of(
              Stream.concat(
                      others.stream(),
                      Stream.of(
                          CollateralItem.of(answer.kind(), answer.subject(), flipped(der, bit))))
                  .toList());
      assertThat(isGenuine(with(DEVICE.report(), DEVICE.chain()), spoiled))
          .as("bit %s", bit)
          .isFalse();
    }
  }

  /** White space of JSON is signed only by the site; it means the same. */
  @Property(tries = 2000)
  @Label("a token in which any bit differs is not authentic")
  void token(@ForAll @IntRange(max = 1_000_000) int place) {
    byte[] token = new GpuEvidence(List.of(DEVICE)).json().getBytes(StandardCharsets.ISO_8859_1);
    int bit = place % (token.length * Byte.SIZE);
    String changed = new String(flipped(token, bit), StandardCharsets.ISO_8859_1);
    boolean sameMeaning =
        changed.equalsIgnoreCase(new String(token, StandardCharsets.ISO_8859_1))
            && (changed.indexOf("\"evidence\"") == changed.lastIndexOf("\"evidence\""))
            && isHeader(bit, token);
    assertThat(
            sameMeaning || !isGenuine(Evidence.of(EvidenceForm.NV_EVIDENCE, changed), COLLATERAL))
        .as("bit %s", bit)
        .isTrue();
  }

  /** Names of architectures and hex digits are taken in either case, as NVIDIA writes them. */
  private static boolean isHeader(int bit, byte[] token) {
    String text = new String(token, StandardCharsets.ISO_8859_1);
    return bit / Byte.SIZE < text.indexOf("\"evidence\"");
  }
}
