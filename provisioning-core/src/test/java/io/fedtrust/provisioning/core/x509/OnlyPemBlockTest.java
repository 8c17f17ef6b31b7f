// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnlyPemBlockTest {
  private static final byte[] DER =
      "some bytes that are longer than one line of PEM"
          .repeat(3)
          .getBytes(StandardCharsets.US_ASCII);
  private static final String BLOCK =
      new String(Pem.encode("CERTIFICATE", DER), StandardCharsets.US_ASCII);

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "\r\n\r\n", "\t\n "})
  @DisplayName("one block is read, with white space around it and either kind of line end")
  void readsOneBlock(String space) throws Exception {
    for (String block : new String[] {BLOCK, BLOCK.replace("\n", "\r\n"), BLOCK.strip()}) {
      assertThat(only(space + block + space)).isEqualTo(DER);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text\n%s",
        "%stext",
        "subject=CN = fed\n%s",
        "%s%s",
        "%s\n-----BEGIN X509 CERTIFICATE-----\nAAAA\n-----END X509 CERTIFICATE-----\n",
        "%s-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n",
        "%s-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n%s",
        "\uFEFF%s",
        "%s\0",
        "\u000B%s",
        ""
      })
  @DisplayName("a second block, or text before or after the block, is refused")
  void refusesMore(String form) {
    assertThatThrownBy(() -> only(form.replace("%s", BLOCK))).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAA==AAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nA A A A\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nName: value\n\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END X509 CERTIFICATE-----\n",
        "-----BEGIN X509 CERTIFICATE-----\nAAAA\n-----END X509 CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----AAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
      })
  @DisplayName("a block that readers understand differently is refused")
  void refusesOddBlocks(String text) {
    assertThatThrownBy(() -> only(text)).isInstanceOf(IOException.class);
  }

  @Test
  @DisplayName("a hostile file neither takes long nor overflows the stack")
  void boundedWork() {
    String begin = "-----BEGIN CERTIFICATE-----\n";
    for (String hostile :
        new String[] {
          " ".repeat(128 * 1024),
          begin + "A\n".repeat(64 * 1024),
          begin.repeat(4000),
          "-----BEGIN " + "A ".repeat(64 * 1024)
        }) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(2),
          () -> assertThatThrownBy(() -> only(hostile)).isInstanceOf(IOException.class));
    }
  }

  @Test
  @DisplayName("bytes behind the certificate inside the block are refused")
  void refusesBytesBehindTheCertificate() {
    byte[] behind = Pem.encode("CERTIFICATE", new byte[] {0x30, 0, 0x30, 0});
    assertThatThrownBy(
            () -> CertificateFile.readRoot(behind, io.fedtrust.provisioning.core.World.jca()))
        .isInstanceOf(IOException.class);
  }

  private static byte[] only(String text) throws IOException {
    // A byte order mark is three bytes of UTF-8.
    return Pem.only(text.getBytes(StandardCharsets.UTF_8), "CERTIFICATE");
  }
}
