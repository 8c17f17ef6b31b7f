// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import static io.fedtrust.attestation.providers.Judged.genuine;
import static io.fedtrust.attestation.providers.Judged.notGenuine;
import static io.fedtrust.attestation.providers.Judged.undetermined;
import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralFloors;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.Simulated.Case;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is genuine and what is not: one trap of the specification each. */
class SnpVerifierTest {
  private static final int SIGNATURE_BYTES = 48;

  @ParameterizedTest
  @EnumSource(ProductLine.class)
  @DisplayName("a good report of every product line is authentic, and says it is simulated")
  void everyLine(ProductLine line) {
    SimulatedSnpPlatform platform = Simulated.platform(line);
    EvidenceVerification result = Case.of(platform, platform.report()).verify();
    genuine(result);
    assertThat(result.notes()).anyMatch(note -> note.startsWith("SIMULATED"));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  @DisplayName("report versions 2 to 5 are known")
  void everyVersion(int version) {
    genuine(Case.of(Simulated.milan(), Simulated.milan().report().version(version)).verify());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 6, 0x7FFFFFFF})
  @DisplayName("another version is refused by its number")
  void unknownVersion(int version) {
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        Case.of(Simulated.milan(), Simulated.milan().report().set(SnpField.VERSION, version))
            .verify());
  }

  @Test
  @DisplayName("a VLEK report verifies under the ASVK, names a cloud and no chip")
  void vlek() {
    EvidenceVerification result = Case.vlek().verify();
    genuine(result);
    assertThat(((EvidenceVerification.Genuine) result).claims().find("csp-id"))
        .get()
        .hasToString("Text[text=" + SimulatedSnpPlatform.CLOUD + "]");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1183, 1185, 4000})
  @DisplayName("a report of another length is refused")
  void length(int length) {
    notGenuine(ReasonCode.EVIDENCE_MALFORMED, Case.good().report(new byte[length]).verify());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "not base64 at all", "AAAA\n"})
  @DisplayName("a token that is no base64 is refused")
  void token(String token) {
    Case good = Case.good();
    String spaced = good.evidence().token().replaceFirst("A", "\n");
    for (String wrong : List.of(token, spaced)) {
      notGenuine(
          ReasonCode.EVIDENCE_MALFORMED,
          good.evidence(Evidence.of(EvidenceForm.SNP_REPORT, wrong)).verify());
    }
  }

  private static byte[] signed(Case good) {
    return java.util.Base64.getDecoder().decode(good.evidence().token());
  }

  @ParameterizedTest
  @EnumSource(
      value = SnpField.class,
      names = {
        "GUEST_SVN",
        "REPORT_DATA",
        "MEASUREMENT",
        "REPORTED_TCB",
        "CHIP_ID",
        "RESERVED_208"
      })
  @DisplayName("a changed byte of what is signed")
  void changedField(SnpField field) {
    Case good = Case.good();
    byte[] report = signed(good);
    report[field.offset()] ^= 1;
    assertThat(good.report(report).verify()).isNotInstanceOf(EvidenceVerification.Genuine.class);
  }

  @Test
  @DisplayName("the last signed byte is signed")
  void lastSignedByte() {
    Case good = Case.good();
    byte[] report = signed(good);
    report[SnpField.SIGNED_BYTES - 1] ^= 1;
    notGenuine(ReasonCode.SIGNATURE_INVALID, good.report(report).verify());
  }

  @Test
  @DisplayName("a signature in big-endian order")
  void bigEndian() {
    Case good = Case.good();
    byte[] report = signed(good);
    for (SnpField field : List.of(SnpField.SIGNATURE_R, SnpField.SIGNATURE_S)) {
      for (int i = 0; i < SIGNATURE_BYTES / 2; i++) {
        int first = field.offset() + i;
        int last = field.offset() + SIGNATURE_BYTES - 1 - i;
        byte swap = report[first];
        report[first] = report[last];
        report[last] = swap;
      }
    }
    notGenuine(ReasonCode.SIGNATURE_INVALID, good.report(report).verify());
  }

  @ParameterizedTest
  @EnumSource(
      value = SnpField.class,
      names = {"SIGNATURE_R", "SIGNATURE_S"})
  @DisplayName("numbers of a signature that are zero, too large or the order of the curve")
  void numbersOutOfRange(SnpField field) {
    Case good = Case.good();
    byte[] order =
        new BigInteger(
                "ffffffffffffffffffffffffffffffffffffffffffffffff"
                    + "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
                16)
            .toByteArray();
    byte[] reversed = new byte[field.size()];
    for (int i = 0; i < SIGNATURE_BYTES; i++) {
      reversed[i] = order[order.length - 1 - i];
    }
    byte[] large = new byte[field.size()];
    large[SIGNATURE_BYTES] = 1;
    for (byte[] number : List.of(new byte[field.size()], reversed, large)) {
      byte[] report = signed(good);
      System.arraycopy(number, 0, report, field.offset(), number.length);
      notGenuine(ReasonCode.SIGNATURE_INVALID, good.report(report).verify());
    }
  }

  @Test
  @DisplayName("bytes behind the signature")
  void reservedTail() {
    Case good = Case.good();
    byte[] report = signed(good);
    report[SnpField.REPORT_BYTES - 1] = 1;
    notGenuine(ReasonCode.EVIDENCE_MALFORMED, good.report(report).verify());
  }

  @Test
  @DisplayName("an algorithm, a key or a mask under which firmware would not have signed")
  void unsignedReports() {
    SimulatedSnpPlatform milan = Simulated.milan();
    for (int algorithm : new int[] {0, 2}) {
      notGenuine(
          ReasonCode.ALGORITHM_NOT_ALLOWED,
          Case.of(milan, milan.report().set(SnpField.SIGNATURE_ALGO, algorithm)).verify());
    }
    for (int keyInfo : new int[] {0b00010, 0b01000, 0b11100}) {
      notGenuine(
          ReasonCode.ALGORITHM_NOT_ALLOWED,
          Case.of(milan, milan.report().set(SnpField.KEY_INFO, keyInfo)).verify());
    }
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        Case.of(milan, milan.report().set(SnpField.KEY_INFO, 1 << 5)).verify());
    notGenuine(
        ReasonCode.EVIDENCE_MALFORMED,
        Case.of(milan, milan.report().set(SnpField.POLICY, 0)).verify());
  }

  @Test
  @DisplayName("a VLEK report with a VCEK and the reverse")
  void wrongKindOfKey() {
    Case vlek = Case.vlek();
    byte[] vcek = Case.good().item(SnpItems.VCEK).bytes();
    undetermined(ReasonCode.ENDORSEMENT_MISSING, vlek.with(SnpItems.VLEK, vcek).verify());
    Case good = Case.good();
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        good.with(SnpItems.VCEK, vlek.item(SnpItems.VLEK).bytes()).verify());
  }

  @Test
  @DisplayName("ASK and ASVK swapped")
  void wrongIntermediate() {
    Case vlek = Case.vlek();
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        vlek.with(SnpItems.CHAIN, Case.good().item(SnpItems.CHAIN).bytes()).verify());
  }

  @Test
  @DisplayName("the CPU says another product line than the certificate")
  void productConfusion() {
    SimulatedSnpPlatform milan = Simulated.milan();
    notGenuine(
        ReasonCode.PRODUCT_MISMATCH,
        Case.of(milan, milan.report().set(SnpField.CPUID_MOD_ID, 0x11)).verify());
    notGenuine(
        ReasonCode.PRODUCT_UNKNOWN,
        Case.of(milan, milan.report().set(SnpField.CPUID_MOD_ID, 0x60)).verify());
  }

  @Test
  @DisplayName("a masked CHIP_ID cannot be compared, and the claims say so")
  void maskedChip() {
    Case masked =
        Case.of(
            Simulated.milan(),
            Simulated.milan().report().set(SnpField.CHIP_ID, new byte[SnpField.CHIP_ID.size()]));
    EvidenceVerification result = masked.verify();
    genuine(result);
    assertThat(((EvidenceVerification.Genuine) result).claims().find("masked-chip-id"))
        .get()
        .hasToString("Flag[value=true]");
    byte[] altered = signed(masked);
    altered[SnpField.SIGNATURE_R.offset()] ^= 1;
    undetermined(ReasonCode.ENDORSEMENT_MISSING, masked.report(altered).verify());
  }

  @Test
  @DisplayName("the certificate of another chip or another TCB")
  void otherEndorsement() {
    SimulatedSnpPlatform milan = Simulated.milan();
    SimulatedReport other = milan.report().set(SnpField.CHIP_ID, new byte[] {1, 2, 3});
    SimulatedReport newer = milan.report().tcb(new byte[] {4, 0, 0, 0, 0, 0, 25, (byte) 219});
    for (SimulatedReport wrong : List.of(other, newer)) {
      EvidenceVerification result =
          Case.good().with(SnpItems.VCEK, milan.endorsement(wrong)).verify();
      undetermined(ReasonCode.ENDORSEMENT_MISSING, "snp.endorsement", result);
      assertThat(result.checks())
          .anyMatch(check -> check.code().equals(Optional.of(ReasonCode.ENDORSEMENT_MISMATCH)));
    }
  }

  @Test
  @DisplayName("levels above 127 take two bytes in a certificate")
  void largeLevels() {
    byte[] tcb = {(byte) 200, (byte) 128, 0, 0, 0, 0, (byte) 255, (byte) 219};
    genuine(Case.of(Simulated.milan(), Simulated.milan().report().tcb(tcb)).verify());
  }

  @Test
  @DisplayName("a reported TCB above the current one is impossible")
  void impossibleTcb() {
    SimulatedReport report =
        Simulated.milan().report().set(SnpField.CURRENT_TCB, new byte[] {3, 0, 0, 0, 0, 0, 24, 1});
    notGenuine(ReasonCode.TCB_INCONSISTENT, Case.of(Simulated.milan(), report).verify());
  }

  @Test
  @DisplayName("a look-alike root with the right name is no anchor")
  void lookAlike() {
    SimulatedSnpPlatform impostor =
        SimulatedSnpPlatform.create(ProductLine.MILAN, Simulated.MADE, new SecureRandom());
    Case forged = Case.of(impostor, impostor.report());
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        Simulated.verifier(Simulated.milan())
            .verify(forged.evidence(), forged.collateral(), Simulated.NOW));
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        SnpVerifier.builder()
            .build()
            .verify(forged.evidence(), forged.collateral(), Simulated.NOW));
    // Its signing key under the true root's certificate does not help.
    Case mixed =
        forged.with(
            SnpItems.CHAIN,
            swapRoot(
                forged.item(SnpItems.CHAIN).bytes(), Case.good().item(SnpItems.CHAIN).bytes()));
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        Simulated.verifier(Simulated.milan())
            .verify(mixed.evidence(), mixed.collateral(), Simulated.NOW));
  }

  private static byte[] swapRoot(byte[] lower, byte[] upper) {
    String border = "-----END CERTIFICATE-----\n";
    String first = new String(lower, StandardCharsets.US_ASCII);
    String second = new String(upper, StandardCharsets.US_ASCII);
    return (first.substring(0, first.indexOf(border) + border.length())
            + second.substring(second.indexOf(border) + border.length()))
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  @DisplayName("certificates outside their validity, at both ends")
  void validity() {
    genuine(Case.good().verify(Simulated.NOW));
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING, Case.good().verify(Simulated.MADE.minusSeconds(1)));
    SnpVerifier verifier =
        SnpVerifier.builder()
            .anchors(List.of(Simulated.milan().anchor()))
            .revocation(Revocation.NOT_CHECKED)
            .build();
    Case vlek = Case.vlek();
    Instant end = Simulated.MADE.plus(Duration.ofDays(365));
    genuine(verifier.verify(vlek.evidence(), vlek.collateral(), end));
    undetermined(
        ReasonCode.ENDORSEMENT_MISSING,
        verifier.verify(vlek.evidence(), vlek.collateral(), end.plusSeconds(1)));
  }

  @Test
  @DisplayName("missing collateral makes the result undetermined")
  void missingItems() {
    Case good = Case.good();
    undetermined(ReasonCode.ENDORSEMENT_MISSING, good.without(SnpItems.VCEK).verify());
    undetermined(ReasonCode.COLLATERAL_UNAVAILABLE, good.without(SnpItems.CHAIN).verify());
    undetermined(ReasonCode.COLLATERAL_UNAVAILABLE, good.without(SnpItems.CRL).verify());
    EvidenceVerification withoutList = good.without(SnpItems.CRL).verify();
    assertThat(((EvidenceVerification.Undetermined) withoutList).claims()).isPresent();
    EvidenceVerification withoutChain = good.without(SnpItems.CHAIN).verify();
    assertThat(((EvidenceVerification.Undetermined) withoutChain).claims()).isEmpty();
  }

  @Test
  @DisplayName("what is missing does not hide what is wrong")
  void missingAndWrong() {
    Case good = Case.good();
    byte[] report = signed(good);
    report[SnpField.SIGNATURE_R.offset()] ^= 1;
    notGenuine(ReasonCode.SIGNATURE_INVALID, good.report(report).without(SnpItems.CRL).verify());
    // Without its chain nothing is known of the certificate, so it does not speak against a report.
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE, good.report(report).without(SnpItems.CHAIN).verify());
  }

  @Test
  @DisplayName("revocation lists: revoked, expired, early, of another root, corrupted")
  void revocation() {
    SimulatedSnpPlatform milan = Simulated.milan();
    Case good = Case.good();
    BigInteger ask = milan.issuerSerial(EndorsementKey.VCEK);
    notGenuine(
        ReasonCode.CERT_REVOKED,
        good.with(SnpItems.CRL, milan.revocations(2, Simulated.LISTED, List.of(ask))).verify());
    genuine(
        good.with(
                SnpItems.CRL,
                milan.revocations(2, Simulated.LISTED, List.of(BigInteger.ZERO, BigInteger.TEN)))
            .verify());
    Instant end = Simulated.LISTED.plus(Duration.ofDays(60));
    genuine(good.verify(end));
    undetermined(ReasonCode.COLLATERAL_EXPIRED, good.verify(end.plusSeconds(1)));
    undetermined(ReasonCode.COLLATERAL_EXPIRED, good.verify(Simulated.LISTED.minusSeconds(1)));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        good.with(
                SnpItems.CRL,
                Simulated.platform(ProductLine.GENOA).revocations(1, Simulated.LISTED, List.of()))
            .verify());
    for (byte[] junk : List.of(new byte[0], new byte[] {0x30, 0}, new byte[1 << 20])) {
      undetermined(ReasonCode.COLLATERAL_UNAVAILABLE, good.with(SnpItems.CRL, junk).verify());
    }
  }

  @Test
  @DisplayName("without revocation every verdict says so")
  void revocationSwitchedOff() {
    Case good = Case.good().without(SnpItems.CRL);
    EvidenceVerification result =
        SnpVerifier.builder()
            .anchors(List.of(good.platform().anchor()))
            .revocation(Revocation.NOT_CHECKED)
            .build()
            .verify(good.evidence(), good.collateral(), Simulated.NOW);
    genuine(result);
    assertThat(result.notes()).contains("revocation was not checked");
  }

  @Test
  @DisplayName("an older list than one that verified before is a roll-back")
  void rollback() {
    Case good = Case.good();
    byte[] newer = good.platform().revocations(7, Simulated.LISTED.plusSeconds(60), List.of());
    EvidenceVerification first = good.with(SnpItems.CRL, newer).verify();
    CollateralFloors floors = CollateralFloors.NONE.raisedBy(first.collateral());
    SnpVerifier verifier = Simulated.verifier(good.platform());
    genuine(
        verifier.verify(
            good.evidence(),
            good.with(SnpItems.CRL, newer).collateral().withFloors(floors),
            Simulated.NOW));
    undetermined(
        ReasonCode.COLLATERAL_ROLLBACK,
        verifier.verify(good.evidence(), good.collateral().withFloors(floors), Simulated.NOW));
    byte[] sameNumberOlder = good.platform().revocations(7, Simulated.LISTED, List.of());
    undetermined(
        ReasonCode.COLLATERAL_ROLLBACK,
        verifier.verify(
            good.evidence(),
            good.with(SnpItems.CRL, sameNumberOlder).collateral().withFloors(floors),
            Simulated.NOW));
  }

  @Test
  @DisplayName("a clock behind verified collateral is not believed")
  void clockBehind() {
    Case good = Case.good();
    CollateralFloors floors = CollateralFloors.NONE.raisedBy(good.verify().collateral());
    undetermined(
        ReasonCode.CLOCK_BEHIND,
        Simulated.verifier(good.platform())
            .verify(
                good.evidence(),
                good.collateral().withFloors(floors),
                Simulated.LISTED.minusSeconds(1)));
  }

  @Test
  @DisplayName("certificates may come with the evidence; a list may not")
  void attachments() throws Exception {
    Case good = Case.good();
    List<byte[]> certificates = new ArrayList<>();
    certificates.add(good.item(SnpItems.VCEK).bytes());
    certificates.addAll(Certificates.parsePem(good.item(SnpItems.CHAIN).bytes()));
    Evidence presented = good.evidence().withEndorsements(EvidenceAttachments.of(certificates));
    Collateral own = good.without(SnpItems.VCEK).without(SnpItems.CHAIN).collateral();
    SnpVerifier verifier = Simulated.verifier(good.platform());
    genuine(verifier.verify(presented, own, Simulated.NOW));
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        verifier.verify(presented, Collateral.NONE, Simulated.NOW));
    certificates.add(good.item(SnpItems.CRL).bytes());
    undetermined(
        ReasonCode.COLLATERAL_UNAVAILABLE,
        verifier.verify(
            good.evidence().withEndorsements(EvidenceAttachments.of(certificates)),
            Collateral.NONE,
            Simulated.NOW));
  }

  @Test
  @DisplayName("Hints of another shape count as absent and are named")
  void spoiledHints() {
    Case good = Case.good();
    for (String json :
        List.of(
            "",
            "[]",
            "{}",
            "{\"certificates\":{}}",
            "{\"certificates\":[1]}",
            "{\"certificates\":[\"\"]}",
            "{\"certificates\":[\"AA\"]}",
            "{\"certificates\":[],\"crl\":[]}",
            "{\"certificates\":[],\"certificates\":[]}")) {
      Evidence evidence = good.evidence().withEndorsements(json.getBytes(StandardCharsets.UTF_8));
      if (json.isEmpty()) {
        genuine(good.evidence(evidence).verify());
      } else {
        EvidenceVerification result = good.evidence(evidence).verify();
        genuine(result);
        assertThat(result.checks())
            .as(json)
            .anyMatch(
                check ->
                    check.name().equals("evidence.endorsements")
                        && check.actual().contains("cannot be used"));
      }
    }
  }

  @Test
  @DisplayName("a wrong certificate beside the right one does no harm")
  void additionalCertificates() {
    SimulatedSnpPlatform milan = Simulated.milan();
    Case good = Case.good();
    byte[] other = milan.endorsement(milan.report().set(SnpField.CHIP_ID, new byte[] {9}));
    List<CollateralItem> items = new ArrayList<>();
    items.add(CollateralItem.of(SnpItems.VCEK, good.item(SnpItems.VCEK).subject(), other));
    items.addAll(good.items());
    genuine(Simulated.verifier(milan).verify(good.evidence(), Collateral.of(items), Simulated.NOW));
  }

  @Test
  @DisplayName("Unproven certificates of the sender do not hide the good ones of the folder")
  void spoiledHintsHideNothing() throws Exception {
    Case good = Case.good();
    SimulatedSnpPlatform impostor =
        SimulatedSnpPlatform.create(ProductLine.MILAN, Simulated.MADE, new SecureRandom());
    List<byte[]> presented = new ArrayList<>();
    presented.add(impostor.endorsement(impostor.report()));
    presented.addAll(Certificates.parsePem(impostor.chain(EndorsementKey.VCEK)));
    presented.add(new byte[] {1});
    Evidence evidence = good.evidence().withEndorsements(EvidenceAttachments.of(presented));
    EvidenceVerification result =
        Simulated.verifier(good.platform()).verify(evidence, good.collateral(), Simulated.NOW);
    genuine(result);
    assertThat(result.checks())
        .anyMatch(
            check ->
                check.name().equals("snp.left-aside")
                    && check.actual().startsWith("a certificate cannot be used"));
    byte[] altered = signed(good);
    altered[SnpField.SIGNATURE_R.offset()] ^= 1;
    notGenuine(
        ReasonCode.SIGNATURE_INVALID,
        Simulated.verifier(good.platform())
            .verify(
                Vectors.evidence(altered).withEndorsements(EvidenceAttachments.of(presented)),
                good.collateral(),
                Simulated.NOW));
  }

  @Test
  @DisplayName("a chain file that cannot be read leaves the question open")
  void spoiledChainFile() {
    for (byte[] junk : List.of(new byte[0], new byte[] {1}, new byte[1 << 20])) {
      undetermined(
          ReasonCode.COLLATERAL_UNAVAILABLE, Case.good().with(SnpItems.CHAIN, junk).verify());
    }
  }

  @Test
  @DisplayName("A huge, empty or random endorsement counts as absent and is named")
  void spoiledEndorsement() {
    byte[] random = new byte[1000];
    Arrays.fill(random, (byte) 0x30);
    for (byte[] junk : List.of(new byte[0], random, new byte[1 << 20])) {
      EvidenceVerification result = Case.good().with(SnpItems.VCEK, junk).verify();
      undetermined(ReasonCode.ENDORSEMENT_MISSING, "snp.endorsement", result);
      assertThat(result.checks())
          .anyMatch(
              check ->
                  check.name().equals("snp.left-aside")
                      && check.actual().startsWith("a certificate cannot be used"));
    }
  }

  @Test
  @DisplayName("a reissued root of the recorded key is accepted by its key, and reported")
  void reissuedRoot() {
    Case good = Case.good();
    io.fedtrust.attestation.model.TrustAnchor known = good.platform().anchor();
    io.fedtrust.attestation.model.TrustAnchor byKey =
        new io.fedtrust.attestation.model.TrustAnchor(
            known.family(),
            known.productLine(),
            known.role(),
            known.subject(),
            java.util.Set.of("0".repeat(64)),
            known.publicKeySha256(),
            known.origin());
    EvidenceVerification result =
        SnpVerifier.builder()
            .anchors(List.of(byKey))
            .build()
            .verify(good.evidence(), good.collateral(), Simulated.NOW);
    genuine(result);
    assertThat(result.notes()).anyMatch(note -> note.startsWith("anchor: reissued"));
  }
}
