// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static io.fedtrust.attestation.providers.Judged.claim;
import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.Judged.undetermined;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.ISSUED;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.MADE;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.NOW;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.PLATFORM;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.PROCESSOR;
import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralFloors;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.Judged;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.tdx.SimulatedTdx.Case;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.collateral.UpdateChannel;
import io.fedtrust.attestation.providers.tdx.format.TdReportType;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.simulated.SimulatedTcb;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every trap of the specification, one thing wrong at a time. */
class TdxVerifierTest {
  @Test
  @DisplayName("a good quote of a simulated platform is authentic and says SIMULATED")
  void good() {
    EvidenceVerification result = Case.good().verify();
    genuine(result);
    assertThat(result.notes())
        .containsExactly("SIMULATED platform: this evidence was made in software");
    EvidenceVerification.Genuine genuine = (EvidenceVerification.Genuine) result;
    assertThat(genuine.expiresAt()).isEqualTo(ISSUED.plus(Duration.ofDays(30)));
    assertThat(genuine.certificatesEnd()).isEqualTo(MADE.plus(Duration.ofDays(7 * 365L)));
    assertThat(genuine.collateral()).hasSize(4);
  }

  @Test
  @DisplayName("versions 4 and 5, both TD reports, and platforms that a Processor CA certifies")
  void versions() {
    for (TdReportType type : TdReportType.values()) {
      EvidenceVerification result = Case.of(PLATFORM.quote(type)).verify();
      genuine(result);
      assertThat(claim(result, "version")).isEqualTo("5");
      assertThat(claim(result, "mrservicetd"))
          .isEqualTo(type == TdReportType.TD_1_5 ? "00".repeat(48) : "not claimed");
    }
    EvidenceVerification processor =
        Case.of(PROCESSOR, PROCESSOR.quote(), SimulatedTcb.upToDate()).verify();
    genuine(processor);
    assertThat(claim(processor, "pck-issuer")).isEqualTo("processor");
    assertThat(claim(processor, "smt")).isEqualTo("not claimed");
  }

  @Test
  @DisplayName("a verifier with the JDK's own cryptography gives the same answers")
  void otherProvider() {
    Case good = Case.good();
    genuine(
        TdxVerifier.builder()
            .anchors(List.of(PLATFORM.anchor()))
            .provider(Security.getProvider("SunEC"))
            .build()
            .verify(good.evidence(), good.collateral(), NOW));
  }

  private static Case changed(int offset) {
    byte[] quote = quote();
    quote[offset] ^= 1;
    return Case.good().evidence(TdxVectors.evidence(quote));
  }

  private static byte[] quote() {
    return Base64.getDecoder().decode(Case.good().evidence().token());
  }

  @ParameterizedTest(name = "offset {0}: {1}")
  @CsvSource({
    "0, tdx.format",
    "2, tdx.format",
    "4, tdx.format",
    "12, tdx.format",
    "30, tdx.signature",
    "200, tdx.signature",
    "632, tdx.format",
    "640, tdx.signature",
    "764, tdx.format",
    "800, tdx.qe-signature",
    "1100, tdx.qe-binding",
    "1160, tdx.qe-signature",
    "1218, tdx.format",
    "1225, tdx.qe-binding",
    "1252, tdx.pck-chain"
  })
  @DisplayName("each part of a quote is looked at by a check of its own")
  void parts(int offset, String check) {
    EvidenceVerification result = changed(offset).verify();
    assertThat(result).isInstanceOf(EvidenceVerification.NotGenuine.class);
    assertThat(result.checks().stream().filter(some -> some.code().isPresent()).map(c -> c.name()))
        .as(Judged.text(result))
        .contains(check);
  }

  @Test
  @DisplayName("an attestation key that is no point of the curve signs nothing")
  void keyOffCurve() {
    notGenuine(ReasonCode.SIGNATURE_INVALID, "tdx.qe-binding", changed(636 + 64).verify());
    assertThat(changed(636 + 64).verify().checks())
        .anyMatch(check -> check.actual().equals("a key that is no point of the curve"));
  }

  @Test
  @DisplayName("a chain of somebody else's making proves nothing, however good its signatures are")
  void otherRoot() {
    SimulatedTdxPlatform other = SimulatedTdxPlatform.create(MADE, new SecureRandom());
    Case foreign = Case.of(other, other.quote(), SimulatedTcb.upToDate());
    notGenuine(
        ReasonCode.ANCHOR_UNKNOWN,
        "tdx.anchor",
        verifier().verify(foreign.evidence(), foreign.collateral(), NOW));
    notGenuine(
        ReasonCode.ANCHOR_UNKNOWN,
        "tdx.anchor",
        TdxVerifier.builder()
            .build()
            .verify(Case.good().evidence(), Case.good().collateral(), NOW));
  }

  @Test
  @DisplayName("documents under another root are no collateral, however good the quote is")
  void otherDocuments() {
    SimulatedTdxPlatform other = SimulatedTdxPlatform.create(MADE, new SecureRandom());
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.root-crl",
        verifier().verify(Case.good().evidence(), Collateral.of(other.collateral(ISSUED)), NOW));
  }

  @Test
  @DisplayName("a certificate is valid from its first instant to its last")
  void validity() {
    Instant end = MADE.plus(Duration.ofDays(7 * 365L));
    assertThat(Case.good().verify(end.plusSeconds(1)).checks())
        .anyMatch(check -> check.code().filter(ReasonCode.CERT_NOT_VALID::equals).isPresent());
    assertThat(Case.good().verify(end).checks())
        .noneMatch(check -> check.code().filter(ReasonCode.CERT_NOT_VALID::equals).isPresent());
    assertThat(Case.good().verify(MADE.minusSeconds(1)))
        .isInstanceOf(EvidenceVerification.NotGenuine.class);
  }

  @Test
  @DisplayName("revoked: the PCK, its issuer, the signer of documents")
  void revoked() {
    notGenuine(
        ReasonCode.CERT_REVOKED,
        "tdx.pck-revocation",
        Case.good()
            .with(
                TdxItems.PCK_CRL, PLATFORM.pckRevocations(2, ISSUED, List.of(PLATFORM.pckSerial())))
            .verify());
    notGenuine(
        ReasonCode.CERT_REVOKED,
        "tdx.issuer-revocation",
        Case.good()
            .with(
                TdxItems.ROOT_CRL,
                PLATFORM.rootRevocations(2, ISSUED, List.of(PLATFORM.issuerSerial())))
            .verify());
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.tcb-info-signer",
        Case.good()
            .with(
                TdxItems.ROOT_CRL,
                PLATFORM.rootRevocations(2, ISSUED, List.of(PLATFORM.signerSerial())))
            .verify());
    assertThat(PLATFORM.pckSerial().bitLength()).isEqualTo(160);
    genuine(
        Case.good()
            .with(
                TdxItems.PCK_CRL,
                PLATFORM.pckRevocations(2, ISSUED, List.of(BigInteger.ONE, BigInteger.TEN)))
            .verify());
  }

  @Test
  @DisplayName("a list must be of its own issuer: root and PCK lists cannot stand for each other")
  void swappedLists() {
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.pck-crl",
        Case.good()
            .with(TdxItems.PCK_CRL, PLATFORM.rootRevocations(2, ISSUED, List.of()))
            .verify());
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.root-crl",
        Case.good()
            .with(TdxItems.ROOT_CRL, PLATFORM.pckRevocations(2, ISSUED, List.of()))
            .verify());
  }

  @ParameterizedTest(name = "without {0}: {1}")
  @CsvSource({
    "tdx-tcb-info, tdx.tcb-info",
    "tdx-tcb-info-issuer, tdx.tcb-info",
    "tdx-qe-identity, tdx.qe-identity-document",
    "tdx-qe-identity-issuer, tdx.qe-identity-document",
    "tdx-pck-crl, tdx.pck-crl",
    "tdx-root-crl, tdx.root-crl"
  })
  @DisplayName("without any one item nothing is said, but what the quote says is known")
  void missing(String kind, String check) {
    EvidenceVerification result = Case.good().without(kind).verify();
    undetermined(ReasonCode.COLLATERAL_UNAVAILABLE, check, result);
    assertThat(result.verifiedClaims()).isPresent();
  }

  @Test
  @DisplayName("missing collateral does not hide what is wrong")
  void missingAndWrong() {
    EvidenceVerification result =
        changed(200).without(TdxItems.TCB_INFO).without(TdxItems.ROOT_CRL).verify();
    notGenuine(ReasonCode.SIGNATURE_INVALID, "tdx.signature", result);
  }

  @Test
  @DisplayName("revocation that is switched off is said to be, and documents are still demanded")
  void withoutRevocation() {
    TdxVerifier verifier =
        TdxVerifier.builder()
            .anchors(List.of(PLATFORM.anchor()))
            .revocation(Revocation.NOT_CHECKED)
            .build();
    Case bare = Case.good().without(TdxItems.PCK_CRL).without(TdxItems.ROOT_CRL);
    EvidenceVerification result = verifier.verify(bare.evidence(), bare.collateral(), NOW);
    genuine(result);
    assertThat(result.notes()).contains("revocation was not checked");
    Case none = bare.without(TdxItems.TCB_INFO);
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.tcb-info",
        verifier.verify(none.evidence(), none.collateral(), NOW));
  }

  @Test
  @DisplayName("documents and lists are current from their issue to their next update")
  void expired() {
    genuine(Case.good().verify(ISSUED));
    genuine(Case.good().verify(ISSUED.plus(Duration.ofDays(30))));
    undetermined(
        ReasonCode.COLLATERAL_EXPIRED,
        "tdx.tcb-info",
        Case.good().verify(ISSUED.plus(Duration.ofDays(30)).plusSeconds(1)));
    undetermined(
        ReasonCode.COLLATERAL_EXPIRED, "tdx.root-crl", Case.good().verify(ISSUED.minusSeconds(1)));
  }

  @Test
  @DisplayName("a document that is older than one seen before is refused, by number or by date")
  void rollback() {
    Case newer = Case.of(SimulatedTcb.upToDate().number(18));
    CollateralFloors floors = CollateralFloors.NONE.raisedBy(newer.verify().collateral());
    Case older = Case.good();
    undetermined(
        ReasonCode.COLLATERAL_ROLLBACK,
        "tdx.tcb-info-rollback",
        verifier().verify(older.evidence(), older.collateral().withFloors(floors), NOW));
    genuine(verifier().verify(newer.evidence(), newer.collateral().withFloors(floors), NOW));
    undetermined(
        ReasonCode.CLOCK_BEHIND,
        "tdx.clock",
        verifier()
            .verify(
                newer.evidence(),
                newer.collateral().withFloors(floors),
                ISSUED.minus(Duration.ofDays(1))));
  }

  @Test
  @DisplayName("what is said of another kind of platform is not said of this one")
  void otherPlatform() {
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.tcb-info",
        Case.of(SimulatedTcb.upToDate().fmspc("00906ed50000")).verify());
    genuine(
        Case.of(
                SimulatedTcb.upToDate()
                    .fmspc(SimulatedTdxPlatform.FMSPC.toUpperCase(java.util.Locale.ROOT)))
            .verify());
  }

  @Test
  @DisplayName("TCB Info and QE identity cannot stand for each other, nor for themselves elsewhere")
  void swappedDocuments() {
    byte[] info = PLATFORM.tcbInfo(SimulatedTcb.upToDate(), ISSUED);
    byte[] identity = PLATFORM.qeIdentity(SimulatedTcb.upToDate(), ISSUED);
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.tcb-info",
        Case.good().with(TdxItems.TCB_INFO, identity).verify());
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.qe-identity-document",
        Case.good().with(TdxItems.QE_IDENTITY, info).verify());
  }

  private static String object(byte[] answer, String member) {
    String text = new String(answer, StandardCharsets.UTF_8);
    return text.substring(member.length() + 4, text.indexOf(",\"signature\""));
  }

  @ParameterizedTest(name = "{0} becomes {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"id\":\"TDX\" | \"id\":\"SGX\"",
        "\"version\":3 | \"version\":2",
        "\"tcbType\":0 | \"tcbType\":1",
        "\"tcbStatus\":\"UpToDate\" | \"tcbStatus\":\"Fine\"",
        "\"tcbStatus\":\"UpToDate\" | \"tcbStatus\":\"TDRelaunchAdvised\"",
        "\"pceId\":\"0000\" | \"pceId\":\"00\"",
        "\"pceId\":\"0000\" | \"pceId\":\"0001\"",
        "\"issueDate\" | \"issuedate\"",
        "{\"svn\":7} | {\"svn\":256}",
        "{\"svn\":7},  | ''",
        "\"pcesvn\":11 | \"pcesvn\":-1",
        "\"id\":\"TDX_01\" | \"id\":\"TDX_01\",\"id\":\"TDX_01\"",
        "\"tcbLevels\" | \"levels\""
      })
  @DisplayName("a signed TCB Info of another shape is no TCB Info")
  void shapes(String from, String to) {
    String good = object(PLATFORM.tcbInfo(SimulatedTcb.upToDate(), ISSUED), "tcbInfo");
    String other = good.replace(from.strip(), to.strip());
    assertThat(other).isNotEqualTo(good);
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        "tdx.tcb-info",
        Case.good().with(TdxItems.TCB_INFO, PLATFORM.document("tcbInfo", other)).verify());
  }

  @Test
  @DisplayName("unknown members are tolerated, in any order, with spaces and line feeds")
  void tolerated() {
    String good = object(PLATFORM.tcbInfo(SimulatedTcb.upToDate(), ISSUED), "tcbInfo");
    String more = "{ \"new\" : [{\"deep\": 1.5}],\n" + good.substring(1, good.length() - 1) + "\n}";
    String answer = new String(PLATFORM.document("tcbInfo", more), StandardCharsets.UTF_8);
    String signature = answer.substring(answer.indexOf("\"signature\""), answer.length() - 1);
    for (String spelling :
        List.of(
            answer,
            "{" + signature + ", \"tcbInfo\" :\n" + more + " }\n",
            "\n" + answer.replace("},\"signature\":", "}, \"signature\": "))) {
      genuine(
          Case.good().with(TdxItems.TCB_INFO, spelling.getBytes(StandardCharsets.UTF_8)).verify());
    }
    for (String spelling :
        List.of(
            answer.replace("},\"signature\"", "},\t\"signature\""),
            answer + "\r",
            answer.replace("{\"tcbInfo\"", "{\"x\":1,\"tcbInfo\""),
            answer.replace("\"signature\"", "\"Signature\""),
            signature)) {
      undetermined(
          ReasonCode.COLLATERAL_UNAVAILABLE,
          "tdx.tcb-info",
          Case.good().with(TdxItems.TCB_INFO, spelling.getBytes(StandardCharsets.UTF_8)).verify());
    }
  }

  @Test
  @DisplayName("the early channel is another judgement with floors of its own")
  void channels() {
    String early = TdxItems.platforms(SimulatedTdxPlatform.FMSPC, UpdateChannel.EARLY);
    List<CollateralItem> items = new ArrayList<>(Case.good().items());
    for (CollateralItem item : Case.of(SimulatedTcb.upToDate().number(30)).items()) {
      String subject =
          item.subject().equals("td")
              ? TdxItems.enclave(UpdateChannel.EARLY)
              : item.subject().equals(SimulatedTdxPlatform.FMSPC) ? early : item.subject();
      items.add(CollateralItem.of(item.kind(), subject, item.bytes()));
    }
    TdxVerifier ofEarly =
        TdxVerifier.builder()
            .anchors(List.of(PLATFORM.anchor()))
            .channel(UpdateChannel.EARLY)
            .build();
    Evidence evidence = Case.good().evidence();
    EvidenceVerification result = ofEarly.verify(evidence, Collateral.of(items), NOW);
    genuine(result);
    assertThat(claim(result, "tcb-evaluation-data-number")).isEqualTo("30");
    CollateralFloors floors = CollateralFloors.NONE.raisedBy(result.collateral());
    EvidenceVerification standard =
        verifier().verify(evidence, Collateral.of(items).withFloors(floors), NOW);
    genuine(standard);
    assertThat(claim(standard, "tcb-evaluation-data-number")).isEqualTo("17");
  }

  @ParameterizedTest(name = "type {0}")
  @ValueSource(ints = {1, 2, 3, 4})
  @DisplayName(
      "a quote that carries less than the chain is judged by one that is presented or known")
  void certificationTypes(int type) throws MalformedEvidenceException {
    Evidence evidence = PLATFORM.evidence(PLATFORM.quote().certificationType(type));
    List<byte[]> chain = Certificates.parsePem(PLATFORM.pckChain());
    List<byte[]> presented = type == 4 ? chain.subList(1, 3) : chain;
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING, "tdx.pck-chain", Case.good().evidence(evidence).verify());
    genuine(
        Case.good()
            .evidence(evidence.withEndorsements(EvidenceAttachments.of(presented)))
            .verify());
    List<CollateralItem> items = new ArrayList<>(Case.good().items());
    items.add(CollateralItem.of(TdxItems.PCK_CHAIN, "another", PLATFORM.another().pckChain()));
    items.add(CollateralItem.of(TdxItems.PCK_CHAIN, "this", PLATFORM.pckChain()));
    genuine(verifier().verify(evidence, Collateral.of(items), NOW));
    items.remove(items.size() - 1);
    EvidenceVerification other = verifier().verify(evidence, Collateral.of(items), NOW);
    undetermined(ReasonCode.ENDORSEMENT_MISSING, "tdx.pck-chain", other);
    Evidence misled =
        evidence.withEndorsements(
            EvidenceAttachments.of(Certificates.parsePem(PLATFORM.another().pckChain())));
    items.add(CollateralItem.of(TdxItems.PCK_CHAIN, "this", PLATFORM.pckChain()));
    genuine(verifier().verify(misled, Collateral.of(items), NOW));
  }

  @Test
  @DisplayName(
      "a corrupted chain in the verifier's folder is no fault of the evidence, and hides no good one")
  void spoiledChainFile() {
    Evidence evidence = PLATFORM.evidence(PLATFORM.quote().certificationType(3));
    List<CollateralItem> items = new ArrayList<>(Case.good().items());
    items.add(CollateralItem.of(TdxItems.PCK_CHAIN, "spoiled", new byte[] {1, 2, 3}));
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        "tdx.pck-chain",
        verifier().verify(evidence, Collateral.of(items), NOW));
    items.add(CollateralItem.of(TdxItems.PCK_CHAIN, "this", PLATFORM.pckChain()));
    genuine(verifier().verify(evidence, Collateral.of(items), NOW));
  }

  @ParameterizedTest(name = "type {0}")
  @ValueSource(ints = {0, 6, 7, 8})
  @DisplayName("certification data of other types is refused")
  void otherCertificationTypes(int type) {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "tdx.format",
        Case.of(PLATFORM.quote().certificationType(type)).verify());
  }

  @Test
  @DisplayName("zeros behind a quote are padding, anything else is refused, and so is a cut quote")
  void lengths() {
    byte[] quote = quote();
    genuine(
        Case.good()
            .evidence(TdxVectors.evidence(Arrays.copyOf(quote, quote.length + 3065)))
            .verify());
    byte[] more = Arrays.copyOf(quote, quote.length + 10);
    more[more.length - 1] = 1;
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "tdx.format",
        Case.good().evidence(TdxVectors.evidence(more)).verify());
    for (int length : new int[] {0, 1, 47, 48, 53, 631, 635, 636, 1000, quote.length - 1}) {
      notGenuine(
          ReasonCode.EVIDENCE_MALFORMED,
          "tdx.format",
          Case.good().evidence(TdxVectors.evidence(Arrays.copyOf(quote, length))).verify());
    }
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        "tdx.format",
        Case.good().evidence(TdxVectors.evidence(Arrays.copyOf(quote, 70_000))).verify());
  }

  @Test
  @DisplayName("a token that is not canonical base64 is no quote")
  void tokens() {
    String token = Case.good().evidence().token();
    for (String other : List.of("", token + "\n", token.substring(1), token + "AAAA ", "{}")) {
      notGenuine(
          ReasonCode.EVIDENCE_MALFORMED,
          "tdx.format",
          Case.good().evidence(Evidence.of(EvidenceForm.TDX_QUOTE, other)).verify());
    }
  }

  @Test
  @DisplayName("Hints of another shape count as absent and are named")
  void attachments() {
    EvidenceVerification result =
        Case.good()
            .evidence(
                Case.good()
                    .evidence()
                    .withEndorsements("{\"crl\":[]}".getBytes(StandardCharsets.UTF_8)))
            .verify();
    genuine(result);
    assertThat(result.checks())
        .anyMatch(
            check ->
                check.name().equals("evidence.endorsements")
                    && check.actual().contains("cannot be used"));
  }

  @Test
  @DisplayName("an event log that does not give the registers is of another TD")
  void eventLog() {
    byte[] log = EventLogTest.log(List.of(EventLogTest.Written.of(3, 0xD, new byte[] {1, 2})));
    Evidence bare = Case.good().evidence();
    undetermined(
        ReasonCode.EVENT_LOG_MISMATCH,
        "tdx.event-log",
        Case.good().evidence(bare.withEndorsements(EvidenceAttachments.ofEventLog(log))).verify());
    Evidence bound =
        PLATFORM
            .evidence(
                PLATFORM
                    .quote()
                    .set(
                        TdxField.RTMR2,
                        io.fedtrust.attestation.providers.codec.Digests.sha384(
                            Arrays.copyOf(new byte[0], 96))))
            .withEndorsements(EvidenceAttachments.ofEventLog(new byte[] {1}));
    undetermined(
        ReasonCode.EVIDENCE_MALFORMED, "tdx.event-log", Case.good().evidence(bound).verify());
  }
}
