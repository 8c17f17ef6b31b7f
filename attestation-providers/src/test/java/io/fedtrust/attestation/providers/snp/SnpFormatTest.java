// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.Simulated.Case;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.CertificateTable;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.FirmwareVersion;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.format.TcbVersion;
import io.fedtrust.attestation.providers.snp.verifier.SnpClaims;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layouts, tables and certificates as bytes: every trap of reading them. */
class SnpFormatTest {
  private static void malformed(ReasonCode code, ThrowingParse parse) {
    assertThatThrownBy(parse::run)
        .isInstanceOfSatisfying(
            MalformedEvidenceException.class,
            e -> assertThat(e.check().code()).as(e.getMessage()).contains(code));
  }

  private interface ThrowingParse {
    void run() throws MalformedEvidenceException;
  }

  @Test
  @DisplayName("the fields lie in order, touch each other and fill the report")
  void layout() {
    int end = 0;
    for (SnpField field : SnpField.values()) {
      assertThat(field.offset()).as(field.name()).isEqualTo(end);
      end += field.size();
    }
    assertThat(end).isEqualTo(SnpField.REPORT_BYTES).isEqualTo(1184);
    assertThat(SnpField.SIGNATURE_R.offset()).isEqualTo(SnpField.SIGNED_BYTES).isEqualTo(672);
  }

  @ParameterizedTest
  @CsvSource({
    "0x19, 0x00, Milan", "0x19, 0x0F, Milan", "0x19, 0x10, Genoa", "0x19, 0x1F, Genoa",
    "0x19, 0x20, ''", "0x19, 0x9F, ''", "0x19, 0xA0, Genoa", "0x19, 0xAF, Genoa",
    "0x19, 0xB0, ''", "0x1A, 0x00, Turin", "0x1A, 0x11, Turin", "0x1A, 0x12, ''",
    "0x1A, 0x50, ''", "0x17, 0x01, ''"
  })
  @DisplayName("family and model name the product line; unknown ones name none")
  void productLines(String family, String model, String line) {
    assertThat(
            ProductLine.of(Integer.decode(family), Integer.decode(model))
                .map(ProductLine::text)
                .orElse(""))
        .isEqualTo(line);
  }

  @Test
  @DisplayName("a TCB is compared component by component, in the layout of its line")
  void tcb() {
    long bytes = 0x4700_0000_0200_0100L;
    assertThat(TcbVersion.decode(bytes, ProductLine.TURIN).toString())
        .isEqualTo("fmc 0, bootloader 1, tee 0, snp 2, microcode 71");
    assertThat(TcbVersion.decode(bytes, ProductLine.MILAN).toString())
        .isEqualTo("bootloader 0, tee 1, snp 0, microcode 71");
    TcbVersion lower = TcbVersion.decode(0x0500_0000_0000_0001L, ProductLine.MILAN);
    TcbVersion higher = TcbVersion.decode(0x0400_0000_0000_0002L, ProductLine.MILAN);
    assertThat(lower.isAtMost(higher)).isFalse();
    assertThat(higher.isAtMost(lower)).isFalse();
    assertThat(lower.isAtMost(lower)).isTrue();
    assertThat(lower.isAtMost(TcbVersion.decode(-1, ProductLine.TURIN))).isFalse();
  }

  @Test
  @DisplayName("firmware versions are compared from major to build")
  void versions() {
    FirmwareVersion version = new FirmwareVersion(1, 55, 29);
    assertThat(version.isAtMost(new FirmwareVersion(1, 55, 29))).isTrue();
    assertThat(version.isAtMost(new FirmwareVersion(1, 55, 30))).isTrue();
    assertThat(version.isAtMost(new FirmwareVersion(2, 0, 0))).isTrue();
    assertThat(version.isAtMost(new FirmwareVersion(1, 54, 255))).isFalse();
    assertThat(version.isAtMost(new FirmwareVersion(1, 55, 28))).isFalse();
    assertThat(version).hasToString("1.55.29");
  }

  @Test
  @DisplayName("a report keeps nothing that a caller could change")
  void defensiveCopies() throws MalformedEvidenceException {
    byte[] bytes = Simulated.milan().sign(Simulated.milan().report());
    SnpReport report = SnpReport.parse(bytes);
    bytes[SnpField.MEASUREMENT.offset()] = 1;
    report.bytes()[SnpField.MEASUREMENT.offset()] = 1;
    report.bytes(SnpField.MEASUREMENT)[0] = 1;
    report.signed()[SnpField.MEASUREMENT.offset()] = 1;
    assertThat(report.bytes(SnpField.MEASUREMENT)).containsOnly(0);
  }

  @ParameterizedTest
  @CsvSource({
    "5, RESERVED_04C, 0, true",
    "5, RESERVED_18B, 20, true",
    "5, RESERVED_1EB, 0, true",
    "5, RESERVED_1EF, 0, true",
    "5, RESERVED_208, 151, true",
    "5, POLICY, 4, true",
    "5, CURRENT_MIT_VECTOR, 0, false",
    "4, CURRENT_MIT_VECTOR, 0, true",
    "4, LAUNCH_MIT_VECTOR, 7, true",
    "2, CPUID_STEP, 0, true",
    "3, CPUID_STEP, 0, false",
    "5, PLATFORM_INFO, 7, false"
  })
  @DisplayName("reserved bits of each version are told, and break nothing")
  void reservedBits(int version, SnpField field, int at, boolean told)
      throws MalformedEvidenceException {
    byte[] bytes = Simulated.milan().sign(Simulated.milan().report().version(version));
    assertThat(SnpReport.parse(bytes).hasReservedBits()).isFalse();
    bytes[field.offset() + at] |= 0x40;
    assertThat(SnpReport.parse(bytes).hasReservedBits()).isEqualTo(told);
  }

  @Property(tries = 2000)
  void parsingNeverThrowsAnythingElse(@ForAll @Size(1184) byte[] bytes) {
    try {
      assertThat(SnpReport.parse(bytes).version()).isBetween(2, 5);
    } catch (MalformedEvidenceException e) {
      assertThat(e.check().code()).isPresent();
    }
  }

  private static byte[] table(long... entries) {
    ByteBuffer table = ByteBuffer.allocate(400);
    for (int i = 0; i < entries.length; i += 3) {
      table.order(ByteOrder.BIG_ENDIAN).putLong(0x63da758de6644564L).putLong(entries[i]);
      table
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt((int) entries[i + 1])
          .putInt((int) entries[i + 2]);
    }
    return table.array();
  }

  @Test
  @DisplayName("a certificate table: absent, empty, good")
  void tables() throws MalformedEvidenceException {
    assertThat(CertificateTable.parse(new byte[0]).lengths()).isEmpty();
    assertThat(CertificateTable.parse(new byte[24]).lengths()).isEmpty();
    byte[] good = table(0xadc5f4b93be8accdL, 48, 3);
    good[48] = 7;
    CertificateTable parsed = CertificateTable.parse(good);
    assertThat(parsed.find(CertificateTable.VCEK)).get().isEqualTo(new byte[] {7, 0, 0});
    assertThat(parsed.find(CertificateTable.ARK)).isEmpty();
    assertThat(parsed.lengths()).containsEntry(CertificateTable.VCEK, 3);
    assertThat(CertificateTable.parse(table(1, 400, 0)).lengths())
        .containsKey(new UUID(0x63da758de6644564L, 1));
  }

  @Test
  @DisplayName("a table that points outside, overflows, repeats or never ends")
  void badTables() {
    for (byte[] bad :
        List.of(
            table(1, 47, 1),
            table(1, 48, 353),
            table(1, 0xFFFFFFFFL, 1),
            table(1, 48, 0xFFFFFFFFL),
            table(1, 0xFFFFFFFFL, 0xFFFFFFFFL),
            table(1, 96, 1, 1, 97, 1),
            new byte[23],
            java.util.Arrays.copyOf(table(1, 24, 0), 24),
            new byte[CertificateTable.MAX_BYTES + 24])) {
      malformed(ReasonCode.EVIDENCE_MALFORMED, () -> CertificateTable.parse(bad));
    }
    ByteBuffer many = ByteBuffer.allocate(24 * 40);
    for (int i = 0; i < 39; i++) {
      many.putLong(1).putLong(i).putInt(0).putInt(0);
    }
    malformed(ReasonCode.EVIDENCE_MALFORMED, () -> CertificateTable.parse(many.array()));
  }

  @Property(tries = 2000)
  void tablesNeverThrowAnythingElse(@ForAll @Size(max = 600) byte[] bytes) {
    try {
      assertThat(CertificateTable.parse(bytes)).isNotNull();
    } catch (MalformedEvidenceException e) {
      assertThat(e.check().code()).isPresent();
    }
  }

  @Test
  @DisplayName("a real table holds VCEK, ASK and ARK")
  void realTable() throws MalformedEvidenceException {
    Vectors.assume();
    CertificateTable table =
        CertificateTable.parse(Vectors.bytes("cert-table/milan-v2-a.certtable.bin"));
    assertThat(table.find(CertificateTable.VCEK))
        .get()
        .isEqualTo(Vectors.bytes("milan-v2-a/vcek.der"));
    assertThat(table.lengths())
        .containsOnlyKeys(CertificateTable.VCEK, CertificateTable.ASK, CertificateTable.ARK);
  }

  @Test
  @DisplayName("a chip's identity raw, wrapped, and of eight bytes")
  void chipIdentities() throws MalformedEvidenceException {
    Vectors.assume();
    EndorsementCertificate raw =
        EndorsementCertificate.parse(Vectors.bytes("cert-only/vcek_milan_invalid_hwid_raw.der"));
    EndorsementCertificate wrapped =
        EndorsementCertificate.parse(
            Vectors.bytes("cert-only/vcek_milan_invalid_hwid_octetstring.der"));
    assertThat(raw.chipId()).get().asString().hasSize(128).startsWith("000102");
    assertThat(wrapped.chipId()).isEqualTo(raw.chipId());
    EndorsementCertificate turin =
        EndorsementCertificate.parse(Vectors.bytes("cert-only/vcek_turin.der"));
    assertThat(turin.chipId()).contains("1e550a8ee5cf9f4d");
    assertThat(turin.line()).isEqualTo(ProductLine.TURIN);
    assertThat(turin.tcb().toString()).isEqualTo("fmc 0, bootloader 0, tee 0, snp 0, microcode 9");
  }

  @Test
  @DisplayName("a certificate that signs others is no endorsement certificate")
  void authorities() throws MalformedEvidenceException {
    for (byte[] der : Certificates.parsePem(Case.good().item(SnpItems.CHAIN).bytes())) {
      malformed(ReasonCode.ENDORSEMENT_INVALID, () -> EndorsementCertificate.parse(der));
    }
    assertThat(EndorsementKey.of(7)).isEmpty();
    assertThat(EndorsementKey.of(0)).contains(EndorsementKey.VCEK);
    assertThat(EndorsementKey.of(1)).contains(EndorsementKey.VLEK);
  }

  @Test
  @DisplayName("An unknown CPU is not shown as Milan: product unknown, TCB versions as raw bytes")
  void unknownCpu() throws MalformedEvidenceException {
    Case unknown =
        Case.of(Simulated.milan(), Simulated.milan().report().set(SnpField.CPUID_MOD_ID, 0x60));
    Claims claims =
        SnpClaims.unverified(
            SnpReport.parse(Base64.getDecoder().decode(unknown.evidence().token())),
            ProductLine.MILAN);
    assertThat(claims.find("product").orElseThrow().text()).isEqualTo("unknown");
    assertThat(claims.find("cpuid").orElseThrow().text()).contains("60h");
    assertThat(claims.find("reported-tcb").orElseThrow().text()).isEqualTo("04000000000018db");
  }
}
