// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the table of laxities (CPU evidence of October 2026, section 1.3). */
class CertificatePemTest {
  private static final byte[] ONE = bytes(100, 1);
  private static final byte[] TWO = bytes(101, 2);
  private static final String GOOD = new String(CertificatePem.write(List.of(ONE, TWO)), US_ASCII);
  private static final String FIRST = new String(CertificatePem.write(List.of(ONE)), US_ASCII);
  private static final String END = "-----END CERTIFICATE-----\n";
  private static final Path KDS =
      Path.of(System.getProperty("fedtrust.vectors", "none"), "snp", "kds");

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 37 + seed);
    }
    return bytes;
  }

  private static String block(byte[] der, int columns) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(columns, new byte[] {'\n'}).encodeToString(der)
        + "\n"
        + END;
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        Arguments.of("LF", GOOD),
        Arguments.of("CR LF", GOOD.replace("\n", "\r\n")),
        Arguments.of("CR", GOOD.replace("\n", "\r")),
        Arguments.of("mixed line ends", GOOD.replaceFirst("\n", "\r\n").replaceFirst("\n", "\r")),
        Arguments.of("blanks at line ends", GOOD.replace("\n", " \t\n")),
        Arguments.of(
            "empty lines around blocks", "\n \n" + GOOD.replace(END, END + "\n\t\n") + "\n"),
        Arguments.of(
            "an empty line after BEGIN",
            GOOD.replace("BEGIN CERTIFICATE-----\n", "BEGIN CERTIFICATE-----\n\n")),
        Arguments.of("an empty line before END", GOOD.replace("-----END", "\n-----END")),
        Arguments.of("no final newline", GOOD.substring(0, GOOD.length() - 1)),
        Arguments.of("a trailing NUL", GOOD + "\0"),
        Arguments.of("sixteen trailing NULs", GOOD + "\0".repeat(16)),
        Arguments.of("a NUL without newline", GOOD.substring(0, GOOD.length() - 1) + "\0"),
        Arguments.of("a byte order mark", "\u00EF\u00BB\u00BF" + GOOD),
        Arguments.of("lines of 4", block(ONE, 4) + block(TWO, 4)),
        Arguments.of("lines of 76", block(ONE, 76) + block(TWO, 76)),
        Arguments.of("one long line", block(ONE, 4096) + block(TWO, 4096)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  @DisplayName("Certificates are read whatever the line ends and widths are")
  void accepted(String name, String pem) throws MalformedEvidenceException {
    List<byte[]> read = CertificatePem.read(pem.getBytes(ISO_8859_1));
    assertThat(read).containsExactly(ONE, TWO);
    assertThat(new String(CertificatePem.write(read), US_ASCII)).isEqualTo(GOOD);
  }

  static Stream<Arguments> refused() {
    String line = Base64.getEncoder().encodeToString(ONE).substring(0, 64) + "\n";
    return Stream.of(
        Arguments.of("nothing", "", "0 bytes"),
        Arguments.of("blanks only", " \n\n", "none"),
        Arguments.of("text before", "subject=CN=x\n" + GOOD, "line 1: text outside"),
        Arguments.of("text between", FIRST + "junk\n" + FIRST, "line 6: text outside"),
        Arguments.of("text after", FIRST + "junk", "line 6: text outside"),
        Arguments.of(
            "an empty line within", FIRST.replace(line, line + "\n"), "line 4: base64 after"),
        Arguments.of("a blank before base64", FIRST.replace(line, " " + line), "line 2: a blank"),
        Arguments.of(
            "a blank within base64",
            FIRST.replace(line, line.charAt(0) + " " + line.substring(1)),
            "line 2: a blank"),
        Arguments.of("seventeen NULs", GOOD + "\0".repeat(17), "17"),
        Arguments.of("a NUL within", FIRST + "\0" + FIRST, "line 6: a byte"),
        Arguments.of(
            "a NUL before the newline", FIRST.replace(END, END.strip() + "\0\n"), "line 5"),
        Arguments.of(
            "two byte order marks", "\u00EF\u00BB\u00BF".repeat(2) + GOOD, "line 1: a byte"),
        Arguments.of(
            "a mark in the middle", FIRST + "\u00EF\u00BB\u00BF" + FIRST, "line 6: a byte"),
        Arguments.of(
            "a label with TRUSTED",
            FIRST.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
            "line 1: another label"),
        Arguments.of("a label PKCS7", FIRST.replace("CERTIFICATE", "PKCS7"), "another label"),
        Arguments.of(
            "a label of a list", FIRST.replace("CERTIFICATE", "X509 CRL"), "another label"),
        Arguments.of(
            "a private key",
            FIRST.replace("CERTIFICATE", "EC PRIVATE KEY"),
            "this file holds a private key"),
        Arguments.of(
            "labels that differ",
            FIRST.replace("END CERTIFICATE", "END X509 CRL"),
            "line 5: an END line that does not match"),
        Arguments.of("BEGIN within", FIRST.replace(line, line + FIRST), "line 3: a BEGIN line"),
        Arguments.of("END alone", END + FIRST, "line 1: an END line"),
        Arguments.of("no END", FIRST.replace(END, ""), "within a certificate"),
        Arguments.of(
            "a header line", FIRST.replace(line, "Proc-Type: 4\n" + line), "line 2: a header line"),
        Arguments.of(
            "a header line without blank",
            FIRST.replace(line, "Proc-Type:4\n" + line),
            "line 2: a header line"),
        Arguments.of("no base64", "-----BEGIN CERTIFICATE-----\n" + END, "not canonical"),
        Arguments.of("no padding", FIRST.replace("=", ""), "not canonical"),
        Arguments.of("too much padding", FIRST.replace("==", "==="), "not canonical"),
        Arguments.of("padding in between", FIRST.replace(line, "AA==\n" + line), "not canonical"),
        Arguments.of("other base64", FIRST.replace(line, "-_\n" + line), "line 2: a character"),
        Arguments.of("a control character", FIRST.replace(line, "\u000B" + line), "line 2: a byte"),
        Arguments.of("a form feed between", FIRST + "\f\n" + FIRST, "line 6: a byte"),
        Arguments.of("a byte above 7F", FIRST.replace(line, "\u00E9" + line), "line 2: a byte"),
        Arguments.of("percent-encoding", FIRST.replace("-", "%2D"), "line 1: text outside"),
        Arguments.of("a long line", block(bytes(4096, 1), 8192), "more than 4096"),
        Arguments.of("nine certificates", FIRST.repeat(9), "more than 8"),
        Arguments.of("64 KiB", GOOD + "\n".repeat(1 << 16), "bytes"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  @DisplayName("Anything but certificates is refused, and the message names line and reason")
  void refused(String name, String pem, String saying) {
    MalformedEvidenceException e =
        catchThrowableOfType(
            MalformedEvidenceException.class, () -> CertificatePem.read(pem.getBytes(ISO_8859_1)));
    assertThat(e).isNotNull();
    assertThat(e.check().code()).contains(ReasonCode.ENDORSEMENT_INVALID);
    assertThat(e.check().actual()).contains(saying);
  }

  @Test
  @DisplayName("A certificate has one base64: bits to spare at its end are zero")
  void canonical() {
    String last = Base64.getEncoder().encodeToString(ONE).replaceFirst(".*(.)==$", "$1");
    char other = (char) (last.charAt(0) + 1);
    String pem = FIRST.replace(last + "==", other + "==");
    assertThat(pem).isNotEqualTo(FIRST);
    assertThat(
            catchThrowableOfType(
                MalformedEvidenceException.class,
                () -> CertificatePem.read(pem.getBytes(US_ASCII))))
        .hasMessageContaining("not canonical");
  }

  @Test
  @DisplayName("The caller says how many certificates there must be")
  void counted() throws MalformedEvidenceException {
    assertThat(CertificatePem.read(GOOD.getBytes(UTF_8), 2)).hasSize(2);
    MalformedEvidenceException e =
        catchThrowableOfType(
            MalformedEvidenceException.class, () -> CertificatePem.read(GOOD.getBytes(UTF_8), 3));
    assertThat(e.check().expected()).isEqualTo("3 certificates");
    assertThat(e.check().actual()).isEqualTo("2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cert_chain_turin_vcek.crlf.pem", "cert_chain_turin_vlek.crlf.pem"})
  @DisplayName("The Turin chains are read as AMD's key service sends them, and with CR alone")
  void turin(String name) throws IOException, MalformedEvidenceException {
    assumeTrue(Files.isDirectory(KDS), "the key service's chains are not here");
    byte[] served = Files.readAllBytes(KDS.resolve(name));
    List<byte[]> read = CertificatePem.read(served, 2);
    assertThat(Digests.sha256(read.get(1)))
        .isEqualTo("1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a");
    String text = new String(served, US_ASCII);
    for (String same :
        List.of(
            text.replace("\r\n", "\r"),
            text.replace("\r\n", "\n"),
            text.replace("\r\n", "\n") + "\0",
            text.stripTrailing())) {
      assertThat(CertificatePem.read(same.getBytes(US_ASCII), 2))
          .containsExactly(read.get(0), read.get(1));
    }
  }

  @Property
  void whateverIsWrittenIsReadAgain(@ForAll @Size(min = 1, max = 300) byte[] der)
      throws MalformedEvidenceException {
    assertThat(CertificatePem.read(CertificatePem.write(List.of(der, der)), 2))
        .containsExactly(der, der);
  }

  @Property
  void anyBytesAreReadOrRefused(@ForAll @Size(max = 300) byte[] bytes, @ForAll int place) {
    byte[] pem = FIRST.getBytes(US_ASCII);
    int at = Math.floorMod(place, pem.length);
    byte[] mixed = Arrays.copyOf(pem, at + bytes.length);
    System.arraycopy(bytes, 0, mixed, at, bytes.length);
    try {
      assertThat(CertificatePem.read(mixed)).isNotEmpty();
    } catch (MalformedEvidenceException e) {
      assertThat(e.check().code()).contains(ReasonCode.ENDORSEMENT_INVALID);
    }
  }
}
