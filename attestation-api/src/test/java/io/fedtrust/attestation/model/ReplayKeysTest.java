// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What tells evidence of peers that choose their nonce from all other evidence. */
class ReplayKeysTest {
  private static final Instant END = Instant.parse("2026-01-01T00:00:00Z");

  private static Claims.Builder claims() {
    return Claims.of(EvidenceForm.SNP_REPORT, "aa", new byte[64]);
  }

  /** As the protocol writes it, without the code under test. */
  private static String expected(String kind, byte[] what)
      throws IOException, GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (byte[] item :
        new byte[][] {
          ascii("FLCC-SEEN-1"),
          ascii(kind),
          ascii("x-snp"),
          ascii("snp-report"),
          sha256.digest(what)
        }) {
      out.writeInt(item.length);
      out.write(item);
    }
    return HexFormat.of().formatHex(sha256.digest(bytes.toByteArray()));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  @DisplayName("a key is SHA-256 over FLCC-SEEN-1, kind, namespace, form and the digest of what")
  void formula() throws Exception {
    assertThat(claims().signedContent(ascii("report")).nonce(ascii("nonce")).build().replayKeys())
        .containsExactly(expected("content", ascii("report")), expected("nonce", ascii("nonce")))
        .containsExactly(
            "deeeea32945f0755e93c7e354fd37ca278dbcd30c40acda4ec95bb742bb59477",
            "44fecd0b31c65ab3c9159f5599a61f095d1674bcbd7e91021264a77f5d3b8b3c");
  }

  @Test
  @DisplayName("the same bytes as content and as nonce, in another form or family are other keys")
  void separate() {
    byte[] same = ascii("same");
    assertThat(claims().signedContent(same).nonce(same).build().replayKeys())
        .doesNotHaveDuplicates()
        .hasSize(2)
        .doesNotContainAnyElementsOf(
            Claims.of(EvidenceForm.ACI_RAW, "aa", new byte[0])
                .signedContent(same)
                .nonce(same)
                .build()
                .replayKeys());
  }

  @Test
  @DisplayName("of equal parts there is one key, of no nonce and of zeros none")
  void noneAndOnce() {
    assertThat(
            claims()
                .signedContent(ascii("a"))
                .signedContent(ascii("a"))
                .nonce(new byte[0])
                .nonce(new byte[64])
                .build()
                .replayKeys())
        .hasSize(1);
    assertThat(claims().build().replayKeys()).isEmpty();
  }

  @Test
  @DisplayName("evidence with a nonce has no end: a service signs anew for old evidence")
  void end() {
    assertThat(claims().signedContent(ascii("a")).build().replayEnd()).isEmpty();
    assertThat(claims().signedContent(ascii("a")).expiresAt(END).build().replayEnd()).contains(END);
    assertThat(
            claims().signedContent(ascii("a")).nonce(ascii("n")).expiresAt(END).build().replayEnd())
        .isEmpty();
  }
}
