// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.tdx.TdxVectors.Vector;
import io.fedtrust.attestation.providers.tdx.format.CertificationData;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeReport;
import io.fedtrust.attestation.providers.tdx.format.TdAttributes;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real hardware evidence gives the fields and the result that its expectations state. */
class TdxVectorTest {
  private static final HexFormat HEX = HexFormat.of();

  @BeforeAll
  static void vectors() {
    TdxVectors.assume();
  }

  static Stream<Vector> all() {
    return TdxVectors.NAMES.stream().map(Vector::of);
  }

  private static TdxQuote quote(Vector vector) throws MalformedEvidenceException {
    return TdxQuote.parse(vector.quote(), TrailingBytes.IGNORED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  @DisplayName("every field of a real quote")
  void fields(Vector vector) throws MalformedEvidenceException {
    TdxQuote quote = quote(vector);
    Map<String, ?> expected = vector.fields();
    Map<String, ?> body = Vector.map(expected, "body");
    assertThat(quote.version()).isEqualTo(expected.get("version"));
    assertThat(HEX.formatHex(quote.userData())).isEqualTo(expected.get("userData"));
    assertThat(quote.reportType().size())
        .isEqualTo(quote.version() == 4 ? 584 : expected.get("bodySize"));
    assertThat(quote.qeAuthData()).hasSize((int) expected.get("qeAuthDataLength"));
    assertThat(quote.certificationData().type()).isEqualTo(expected.get("innerCertDataType"));
    assertThat(vector.quote().length - quote.bytes().length)
        .isEqualTo(expected.get("trailingBytes"));
    for (TdxField field : TdxField.values()) {
      assertThat(quote.find(field).map(HEX::formatHex).orElse(null))
          .as(field.name())
          .isEqualTo(body.get(jsonName(field)));
    }
    TdAttributes attributes = quote.tdAttributes();
    assertThat(Vector.map(expected, "tdAttributesBits").toString())
        .isEqualTo(
            "{debug=%s, septVeDisable=%s, pks=%s, keyLocker=%s, perfmon=%s}"
                .formatted(
                    attributes.isDebugAllowed(),
                    attributes.isSeptVeDisabled(),
                    attributes.isPksAllowed(),
                    attributes.isKeyLockerAllowed(),
                    attributes.isPerfmonAllowed()));
    assertThat(attributes.hasReservedBits()).isFalse();
    assertThat(quote.xfam().hasReservedBits()).isFalse();
    Map<String, ?> qe = Vector.map(expected, "qeReport");
    QeReport report = quote.qeReport();
    assertThat(HEX.toHexDigits((int) report.miscSelect())).isEqualTo(qe.get("miscselect"));
    assertThat(HEX.formatHex(report.attributes())).isEqualTo(qe.get("attributes"));
    assertThat(HEX.formatHex(report.mrEnclave())).isEqualTo(qe.get("mrenclave"));
    assertThat(HEX.formatHex(report.mrSigner())).isEqualTo(qe.get("mrsigner"));
    assertThat(report.isvProdId()).isEqualTo(qe.get("isvprodid"));
    assertThat(report.isvSvn()).isEqualTo(qe.get("isvsvn"));
  }

  private static String jsonName(TdxField field) {
    return switch (field) {
      case TEE_TCB_SVN -> "tee_tcb_svn";
      case TEE_TCB_SVN_2 -> "tee_tcb_svn2";
      case MRSIGNERSEAM -> "mr_signer_seam";
      case SEAMATTRIBUTES -> "seam_attributes";
      case TDATTRIBUTES -> "td_attributes";
      case REPORTDATA -> "report_data";
      case MRCONFIGID -> "mr_config_id";
      case MROWNERCONFIG -> "mr_owner_config";
      case MRSERVICETD -> "mr_service_td";
      case MRSEAM -> "mr_seam";
      case MRTD -> "mr_td";
      case MROWNER -> "mr_owner";
      default -> field.name().toLowerCase(Locale.ROOT);
    };
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  @DisplayName("what a PCK certificate says")
  void certificates(Vector vector) throws Exception {
    CertificationData.PckChain chain =
        (CertificationData.PckChain) quote(vector).certificationData();
    List<byte[]> ders = Certificates.parsePem(chain.pem());
    assertThat(ders).hasSize(3);
    PckCertificate pck = PckCertificate.parse(ders.get(0));
    Map<String, ?> expected = vector.pck();
    assertThat(pck.fmspc()).isEqualTo(expected.get("fmspc"));
    assertThat(pck.pceId()).isEqualTo(expected.get("pceId"));
    assertThat(pck.ppid()).isEqualTo(expected.get("ppid"));
    assertThat("tag10:0" + pck.sgxType()).isEqualTo(expected.get("sgxType"));
    assertThat(pck.platformInstanceId().orElse(null)).isEqualTo(expected.get("platformInstanceId"));
    Map<String, ?> flags = Vector.map(expected, "configuration");
    assertThat(pck.configuration())
        .contains(
            new PckCertificate.Configuration(
                flags.get("7.1").equals(255),
                flags.get("7.2").equals(255),
                flags.get("7.3").equals(255)));
    assertThat(pck.cpuSvn()).isEqualTo(expected.get("cpuSvn"));
    assertThat(pck.components()).isEqualTo(expected.get("tcbComponents"));
    assertThat(pck.pceSvn()).isEqualTo(expected.get("pceSvn"));
    assertThat(pck.issuer().commonName()).isEqualTo(expected.get("issuer"));
    assertThat(pck.certificate().getSerialNumber())
        .isEqualTo(new BigInteger(((String) expected.get("serial")).substring(2), 16));
  }

  private static EvidenceVerification verify(Vector vector, Instant at) {
    return TdxVerifier.builder()
        .trailing(TrailingBytes.IGNORED)
        .build()
        .verify(vector.evidence(), vector.collateral(), at);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  @DisplayName("the result that Intel's own algorithm gives on a real quote")
  void results(Vector vector) {
    EvidenceVerification result = verify(vector, vector.time());
    Map<String, ?> expected = vector.evaluation();
    String status = (String) expected.get("final");
    if (status.startsWith("NotSupported")) {
      assertThat(result)
          .as(text(result))
          .isInstanceOfSatisfying(
              EvidenceVerification.NotGenuine.class,
              wrong -> assertThat(wrong.reason()).isEqualTo(ReasonCode.TCB_NOT_SUPPORTED));
      assertThat(failed(result)).containsExactly("tdx.tcb-level");
      return;
    }
    assertThat(result)
        .as(text(result))
        .isInstanceOfSatisfying(
            EvidenceVerification.Genuine.class,
            genuine -> {
              Claims claims = genuine.claims();
              assertThat(text(claims, "tcb-status")).isEqualTo(status);
              assertThat(text(claims, "platform-status")).isEqualTo(expected.get("sgxLevel"));
              assertThat(text(claims, "module-status")).isEqualTo(expected.get("module"));
              assertThat(text(claims, "qe-status")).isEqualTo(expected.get("qe"));
              assertThat(claims.find("advisory-ids", ClaimValue.Texts.class).orElseThrow().texts())
                  .isEqualTo(expected.get("adv"));
              assertThat(claims.measurement())
                  .isEqualTo(Vector.map(vector.fields(), "body").get("mr_td"));
              assertThat(genuine.collateral()).hasSize(4);
              assertThat(genuine.expiresAt()).isAfter(vector.time());
              assertThat(genuine.notes()).isEmpty();
            });
  }

  private static String text(Claims claims, String name) {
    return claims.find(name).orElseThrow().text();
  }

  private static String text(EvidenceVerification result) {
    return result.checks().stream().map(Check::toString).collect(Collectors.joining("\n"));
  }

  private static List<String> failed(EvidenceVerification result) {
    return result.checks().stream()
        .filter(check -> check.code().isPresent())
        .map(Check::name)
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  @DisplayName("just past the first end of its collateral nothing is authentic any more")
  void ends(Vector vector) {
    EvidenceVerification before = verify(vector, vector.time());
    Instant end =
        before.collateral().stream()
            .map(use -> use.validUntil())
            .min(Instant::compareTo)
            .orElseThrow();
    EvidenceVerification after = verify(vector, end.plus(Duration.ofSeconds(1)));
    assertThat(after).isNotInstanceOf(EvidenceVerification.Genuine.class);
    assertThat(after.checks())
        .anyMatch(check -> check.code().filter(ReasonCode.COLLATERAL_EXPIRED::equals).isPresent());
  }

  @Test
  @DisplayName("bytes behind a quote are refused unless they are zeros or said to be ignored")
  void trailing() {
    Vector vector = Vector.of("v4-spr-e4");
    EvidenceVerification strict =
        TdxVerifier.builder().build().verify(vector.evidence(), vector.collateral(), vector.time());
    assertThat(failed(strict)).containsExactly("tdx.format");
    Vector padded = Vector.of("v4-gcp-cos113");
    assertThat(
            TdxVerifier.builder()
                .build()
                .verify(padded.evidence(), padded.collateral(), padded.time()))
        .isInstanceOf(EvidenceVerification.Genuine.class);
  }

  @Test
  @DisplayName("an event log explains the registers of its quote, event by event")
  void eventLog() throws MalformedEvidenceException {
    Vector vector = Vector.of("v4-gcp-cos113");
    EventLog log =
        EventLog.parse(TdxVectors.bytes("eventlog/cos113_ccel_data.dat"), RegisterBank.RTMR);
    assertThat(log.bytes()).hasSize(18101);
    assertThat(List.of(log.events(0).size(), log.events(1).size(), log.events(2).size()))
        .containsExactly(16, 7, 20);
    EvidenceVerification result =
        TdxVerifier.builder()
            .build()
            .verify(
                vector.evidence().withEndorsements(EvidenceAttachments.ofEventLog(log.bytes())),
                vector.collateral(),
                vector.time());
    Claims claims = result.verifiedClaims().orElseThrow();
    assertThat(text(claims, "event-log")).isEqualTo("true");
    assertThat(claims.find("rtmr1-events", ClaimValue.Texts.class).orElseThrow().texts())
        .hasSize(7)
        .anyMatch(event -> event.startsWith("EV_EFI_BOOT_SERVICES_APPLICATION "));
    Vector other = Vector.of("v4-outofdate");
    EvidenceVerification wrong =
        TdxVerifier.builder()
            .build()
            .verify(
                other.evidence().withEndorsements(EvidenceAttachments.ofEventLog(log.bytes())),
                other.collateral(),
                other.time());
    assertThat(wrong)
        .isInstanceOfSatisfying(
            EvidenceVerification.Undetermined.class,
            open -> assertThat(open.missing()).isEqualTo(ReasonCode.EVENT_LOG_MISMATCH));
  }

  @Test
  @DisplayName("Intel's certificates in the vectors have the digests of the specification")
  void anchors() throws MalformedEvidenceException {
    Map<String, String> digests =
        Map.of(
            "root_ca", "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3",
            "pck_platform_ca", "22eb770dca215b607b5ccfc21a672b1da5cc660b1ad0365020567979edcaa0e1",
            "pck_processor_ca", "13b2dccef8fc4ec977ee5249743b0f758ebd1e28d768b2e1e12bc348adaa09fb");
    for (Map.Entry<String, String> digest : digests.entrySet()) {
      byte[] pem = TdxVectors.bytes("certs/intel_sgx_" + digest.getKey() + ".pem");
      assertThat(Digests.sha256(Certificates.parsePem(pem).get(0))).isEqualTo(digest.getValue());
    }
  }

  @Test
  @DisplayName("without any collateral a real quote is undetermined, and says what it says")
  void withoutCollateral() {
    Vector vector = Vector.of("v4-oak");
    EvidenceVerification result =
        TdxVerifier.builder().build().verify(vector.evidence(), Collateral.NONE, vector.time());
    assertThat(result)
        .isInstanceOfSatisfying(
            EvidenceVerification.Undetermined.class,
            open -> {
              assertThat(open.missing()).isEqualTo(ReasonCode.COLLATERAL_UNAVAILABLE);
              assertThat(open.claims()).isPresent();
            });
  }
}
