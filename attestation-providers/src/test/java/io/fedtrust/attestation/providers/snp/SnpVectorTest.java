// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.snp.Vectors.Vector;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.snp.format.FirmwareVersion;
import io.fedtrust.attestation.providers.snp.format.GuestPolicy;
import io.fedtrust.attestation.providers.snp.format.PlatformInfo;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real hardware evidence gives the fields and the result that its expectations state. */
class SnpVectorTest {
  private static final HexFormat HEX = HexFormat.of();

  @BeforeAll
  static void vectors() {
    Vectors.assume();
  }

  static Stream<Vector> all() {
    return Vectors.NAMES.stream().map(Vector::of);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  @DisplayName("every field of a real report")
  void fields(Vector vector) throws MalformedEvidenceException {
    SnpReport report = SnpReport.parse(vector.report());
    ProductLine line = ProductLine.of(vector.line()).orElseThrow();
    Map<String, ?> expected = vector.map("report");
    assertThat(report.version()).isEqualTo(number(expected, "version"));
    assertThat(report.guestSvn()).isEqualTo(number(expected, "guestSvn"));
    assertThat(report.vmpl()).isEqualTo(number(expected, "vmpl"));
    assertThat("0x" + Long.toHexString(report.policy().bits())).isEqualTo(expected.get("policy"));
    assertThat(policy(report.policy())).isEqualTo(expected.get("policyBits").toString());
    assertThat("0x" + Long.toHexString(report.platformInfo().bits()))
        .isEqualTo(expected.get("platformInfo"));
    assertThat(platform(report.platformInfo()))
        .isEqualTo(expected.get("platformInfoBits").toString());
    assertThat(report.signingKey().number())
        .isEqualTo(number(map(expected, "keyInfoBits"), "signingKey"));
    assertThat(report.isAuthorKeyEnabled())
        .isEqualTo(map(expected, "keyInfoBits").get("authorKeyEn"));
    Map<String, SnpField> octets = new HashMap<>();
    octets.put("familyId", SnpField.FAMILY_ID);
    octets.put("imageId", SnpField.IMAGE_ID);
    octets.put("reportData", SnpField.REPORT_DATA);
    octets.put("measurement", SnpField.MEASUREMENT);
    octets.put("hostData", SnpField.HOST_DATA);
    octets.put("idKeyDigest", SnpField.ID_KEY_DIGEST);
    octets.put("authorKeyDigest", SnpField.AUTHOR_KEY_DIGEST);
    octets.put("reportId", SnpField.REPORT_ID);
    octets.put("reportIdMa", SnpField.REPORT_ID_MA);
    octets.put("chipId", SnpField.CHIP_ID);
    octets.put("currentTcbRaw", SnpField.CURRENT_TCB);
    octets.put("reportedTcbRaw", SnpField.REPORTED_TCB);
    octets.put("committedTcbRaw", SnpField.COMMITTED_TCB);
    octets.put("launchTcbRaw", SnpField.LAUNCH_TCB);
    octets.forEach(
        (name, field) ->
            assertThat(HEX.formatHex(report.bytes(field))).as(name).isEqualTo(expected.get(name)));
    Map<String, SnpField> tcbs =
        Map.of(
            "currentTcb", SnpField.CURRENT_TCB,
            "reportedTcb", SnpField.REPORTED_TCB,
            "committedTcb", SnpField.COMMITTED_TCB,
            "launchTcb", SnpField.LAUNCH_TCB);
    tcbs.forEach(
        (name, field) ->
            assertThat(report.tcb(field, line).levels())
                .as(name)
                .isEqualTo(levels(map(expected, name))));
    assertThat(report.currentVersion()).isEqualTo(version(map(expected, "currentVersion")));
    assertThat(report.committedVersion()).isEqualTo(version(map(expected, "committedVersion")));
    assertThat(report.launchMitigations()).isEqualTo(bits(expected.get("launchMitVector")));
    assertThat(report.currentMitigations()).isEqualTo(bits(expected.get("currentMitVector")));
    assertThat(report.signatureR()).isEqualTo(new BigInteger((String) expected.get("sigR"), 16));
    assertThat(report.signatureS()).isEqualTo(new BigInteger((String) expected.get("sigS"), 16));
    assertThat(report.hasReservedBits()).isFalse();
    if (expected.get("cpuid") == null) {
      assertThat(report.cpuid()).isEmpty();
    } else {
      Map<String, ?> cpuid = map(expected, "cpuid");
      assertThat(report.cpuid())
          .contains(
              new SnpReport.Cpuid(
                  (int) number(cpuid, "family"),
                  (int) number(cpuid, "model"),
                  (int) number(cpuid, "stepping")));
      assertThat(report.cpuid().orElseThrow().line()).contains(line);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  @DisplayName("what an endorsement certificate says")
  void certificates(Vector vector) throws MalformedEvidenceException {
    EndorsementCertificate leaf = EndorsementCertificate.parse(vector.certificate());
    Map<String, ?> expected = vector.map("certExtensions");
    assertThat(leaf.key()).isEqualTo(vector.key());
    assertThat(leaf.line().text()).isEqualTo(vector.line());
    assertThat(leaf.productName()).isEqualTo(expected.get("productName1"));
    assertThat(leaf.chipId().orElse(null)).isEqualTo(expected.get("hwID"));
    assertThat(leaf.cloudId().orElse(null)).isEqualTo(expected.get("cspID"));
    assertThat(leaf.tcb().levels().get("microcode")).isEqualTo(number(expected, "ucodeSPL"));
    assertThat(leaf.tcb().levels().get("bootloader")).isEqualTo(number(expected, "blSPL"));
    assertThat(leaf.tcb().levels().get("tee")).isEqualTo(number(expected, "teeSPL"));
    assertThat(leaf.tcb().levels().get("snp")).isEqualTo(number(expected, "snpSPL"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  @DisplayName("a real report is authentic at its time")
  void genuine(Vector vector) {
    SnpVerifier verifier = SnpVerifier.builder().revocation(Revocation.NOT_CHECKED).build();
    EvidenceVerification result =
        verifier.verify(vector.evidence(), vector.collateral(), vector.time());
    assertThat(result)
        .as(text(result))
        .isInstanceOfSatisfying(
            EvidenceVerification.Genuine.class,
            genuine -> {
              assertThat(genuine.claims().measurement())
                  .isEqualTo(vector.map("report").get("measurement"));
              assertThat(genuine.notes()).containsExactly("revocation was not checked");
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  @DisplayName("with AMD's revocation lists, every VCEK report is authentic")
  void withRevocation(Vector vector) {
    EvidenceVerification result =
        SnpVerifier.builder()
            .build()
            .verify(vector.evidence(), vector.collateral(), Vectors.WITH_LISTS);
    if (vector.name().equals("milan-v3-vlek-aws")) {
      // Expired by then, and AMD's list for VLEK issuers is not among the vectors.
      assertThat(result).isInstanceOf(EvidenceVerification.Undetermined.class);
    } else {
      assertThat(result)
          .as(text(result))
          .isInstanceOfSatisfying(
              EvidenceVerification.Genuine.class,
              genuine -> {
                assertThat(genuine.collateral()).hasSize(1);
                assertThat(genuine.expiresAt()).isAfter(Vectors.WITH_LISTS);
              });
    }
  }

  @Test
  @DisplayName("A Turin report verifies with the chain as AMD's key service sends it")
  void turinAsServed() {
    Vector vector = Vector.of("turin-v5-oak");
    List<CollateralItem> items = new ArrayList<>();
    items.add(
        CollateralItem.of(
            SnpItems.CHAIN, "vcek-Turin", Vectors.bytes("kds/cert_chain_turin_vcek.crlf.pem")));
    vector.items().stream().filter(item -> !item.kind().equals(SnpItems.CHAIN)).forEach(items::add);
    EvidenceVerification result =
        SnpVerifier.builder()
            .build()
            .verify(vector.evidence(), Collateral.of(items), Vectors.WITH_LISTS);
    assertThat(result).as(text(result)).isInstanceOf(EvidenceVerification.Genuine.class);
  }

  private static String text(EvidenceVerification result) {
    return result.checks().stream().map(Check::toString).collect(Collectors.joining("\n"));
  }

  private static long number(Map<String, ?> map, String name) {
    return ((Number) map.get(name)).longValue();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> map(Map<String, ?> map, String name) {
    return (Map<String, ?>) map.get(name);
  }

  private static OptionalLong bits(Object hex) {
    return hex == null ? OptionalLong.empty() : OptionalLong.of(Long.decode((String) hex));
  }

  private static Map<String, Long> levels(Map<String, ?> written) {
    return written.entrySet().stream()
        .filter(level -> level.getValue() != null)
        .collect(
            Collectors.toMap(Map.Entry::getKey, level -> ((Number) level.getValue()).longValue()));
  }

  private static FirmwareVersion version(Map<String, ?> written) {
    return new FirmwareVersion(
        (int) number(written, "major"),
        (int) number(written, "minor"),
        (int) number(written, "build"));
  }

  private static String policy(GuestPolicy policy) {
    Map<String, Object> bits = new java.util.LinkedHashMap<>();
    bits.put("abiMinor", policy.abiMinor());
    bits.put("abiMajor", policy.abiMajor());
    bits.put("smt", policy.isSmtAllowed());
    bits.put("reserved1", true);
    bits.put("migrateMa", policy.isMigrationAllowed());
    bits.put("debug", policy.isDebugAllowed());
    bits.put("singleSocket", policy.isSingleSocketRequired());
    bits.put("cxlAllow", policy.isCxlAllowed());
    bits.put("memAes256Xts", policy.isAes256XtsRequired());
    bits.put("raplDis", policy.isRaplDisableRequired());
    bits.put("ciphertextHiding", policy.isCiphertextHidingRequired());
    bits.put("pageSwapDisable", policy.isPageSwapDisabled());
    return bits.toString();
  }

  private static String platform(PlatformInfo platform) {
    Map<String, Object> bits = new java.util.LinkedHashMap<>();
    bits.put("smtEn", platform.isSmtEnabled());
    bits.put("tsmeEn", platform.isTsmeEnabled());
    bits.put("eccEn", platform.isEccEnabled());
    bits.put("raplDis", platform.isRaplDisabled());
    bits.put("ciphertextHidingDram", platform.isCiphertextHidingEnabled());
    bits.put("aliasCheckComplete", platform.isAliasCheckComplete());
    bits.put("bit6", (platform.bits() >>> 6 & 1) == 1);
    bits.put("tioEn", platform.isTioEnabled());
    return bits.toString();
  }
}
