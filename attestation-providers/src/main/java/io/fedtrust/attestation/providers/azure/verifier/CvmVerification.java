// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.azure.format.TpmQuote;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One authentication of what a confidential VM presents, step by step
 * (docs/protocol/bindings.md#cvm-tpm). A report of the paravisor is as old as the machine's start:
 * without a quote over a challenge it is never trusted.
 */
final class CvmVerification {
  private static final String PROTOCOL = "docs/protocol/bindings.md#cvm-tpm";
  private static final String HCL = "Azure confidential VMs, HCL report";
  private static final String TPM = "TPM 2.0 Library, Part 2, section 10.12";
  private static final String LOG = "TCG PC Client Platform Firmware Profile, section 10";
  private static final int MIN_BITS = 2048;

  private final Evidence evidence;
  private final Collateral collateral;
  private final Instant at;
  private final CvmVerifier.Parts parts;
  private final CheckRecorder recorder = new CheckRecorder();

  CvmVerification(Evidence evidence, Collateral collateral, Instant at, CvmVerifier.Parts parts) {
    this.evidence = evidence;
    this.collateral = collateral;
    this.at = at;
    this.parts = parts;
  }

  EvidenceVerification run() {
    try {
      CvmEvidence presented = CvmEvidence.parse(evidence.token());
      HclReport hcl = HclReport.parse(presented.hcl());
      recorder.add(Check.passed("hcl.format", "a report of SEV-SNP or TDX", hcl.tee(), HCL));
      recorder.note(
          "the launch measurement is of the paravisor; what the guest booted, its PCRs say");
      binding(presented, hcl);
      EvidenceAttachments attachments = EvidenceAttachments.withEventLog(evidence, recorder);
      Optional<Hardware> hardware = hardware(presented, hcl, attachments);
      Optional<TpmQuote> quote = quote(presented, hcl);
      Optional<EventLog> log = eventLog(presented, quote, attachments);
      if (hardware.isEmpty()) {
        return recorder.conclude(List.of());
      }
      Optional<Claims> found = hardware.get().claims();
      Optional<Claims> claims =
          found.isPresent()
              ? Optional.of(CvmClaims.of(found.get(), hcl, quote, presented.quote(), log))
              : Optional.empty();
      return recorder.conclude(claims, hardware.get().used(), hardware.get().ends());
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(List.of());
    }
  }

  /** A TD report can be verified only on the machine itself, so TDX machines also need a quote. */
  private Optional<Hardware> hardware(
      CvmEvidence presented, HclReport hcl, EvidenceAttachments attachments)
      throws MalformedEvidenceException {
    boolean intel = hcl.tee() == HclReport.Tee.TDX;
    recorder.add(
        Check.of(
            "cvm.hardware-quote",
            ReasonCode.EVIDENCE_MALFORMED,
            presented.hardwareQuote().isPresent() == intel,
            intel ? "a quote of TDX" : "none on SEV-SNP",
            presented.hardwareQuote().isPresent() ? "one" : "none",
            PROTOCOL));
    return presented
        .hardware()
        .map(attachments::certify)
        .map(
            own ->
                Hardware.of(
                    (intel ? parts.tdx() : parts.snp()).verify(own, collateral, at), recorder));
  }

  private void binding(CvmEvidence presented, HclReport hcl) throws MalformedEvidenceException {
    byte[] expected = hcl.expectedReportData();
    bound("hcl.report-data", expected, hcl.reportData());
    if (hcl.tee() == HclReport.Tee.TDX && presented.hardwareQuote().isPresent()) {
      bound(
          "cvm.report-data",
          expected,
          TdxQuote.parse(presented.hardwareQuote().get(), TrailingBytes.IGNORED)
              .bytes(TdxField.REPORTDATA));
    }
  }

  private void bound(String name, byte[] expected, byte[] found) {
    recorder.add(
        Check.of(
            name,
            ReasonCode.BINDING_MISMATCH,
            Arrays.equals(expected, found),
            HexFormat.of().formatHex(expected),
            HexFormat.of().formatHex(found),
            HCL));
  }

  private Optional<TpmQuote> quote(CvmEvidence presented, HclReport hcl)
      throws MalformedEvidenceException {
    if (presented.quote().isEmpty()) {
      recorder.add(
          Check.failed(
              "cvm.quote",
              ReasonCode.NO_FRESHNESS,
              "a TPM's quote over a challenge",
              "a report that is as old as the machine's start",
              PROTOCOL));
      return Optional.empty();
    }
    CvmEvidence.Quote made = presented.quote().get();
    TpmQuote quote = TpmQuote.parse(made.attest());
    byte[] signature = TpmQuote.signature(made.signature());
    recorder.add(Check.passed("tpm.format", "a quote", quote.selection(), TPM));
    HclReport.AttestationKey key = hcl.attestationKey();
    Optional<PublicKey> publicKey = publicKey(key);
    recorder.add(
        Check.of(
            "tpm.key",
            ReasonCode.ENDORSEMENT_INVALID,
            publicKey.isPresent(),
            "HCLAkPub, RSA of at least " + MIN_BITS + " bits",
            publicKey.isPresent() ? "one" : "another",
            HCL));
    boolean signed =
        publicKey
            .filter(
                known ->
                    parts
                        .signatures()
                        .verify(SignatureScheme.RSA_SHA256, known, made.attest(), signature))
            .isPresent();
    recorder.add(
        Check.of(
            "tpm.signature",
            ReasonCode.SIGNATURE_INVALID,
            signed,
            "RSASSA with SHA-256 by HCLAkPub",
            signed ? "yes" : "not signed by it",
            "TPM 2.0 Library, Part 2, section 11.3"));
    keyName(key, quote);
    boolean quoted = quote.quotes(made.pcrs()) && !quote.registers(made.pcrs()).isEmpty();
    recorder.add(
        Check.of(
            "tpm.pcrs",
            ReasonCode.SIGNATURE_INVALID,
            quoted,
            "values of registers " + quote.selection() + " that the quote is of",
            quoted ? "yes" : "others",
            "TPM 2.0 Library, Part 2, section 10.12.1"));
    return Optional.of(quote).filter(ignored -> signed && quoted);
  }

  /** A log explains the registers that are quoted, or it is not this machine's. */
  private Optional<EventLog> eventLog(
      CvmEvidence presented, Optional<TpmQuote> quote, EvidenceAttachments attachments) {
    if (attachments.eventLog().isEmpty() || quote.isEmpty()) {
      recorder.add(
          Check.skipped(
              "tpm.event-log",
              quote.isEmpty() ? "no quote to hold a log against" : "none was presented",
              LOG));
      return Optional.empty();
    }
    try {
      EventLog log = EventLog.parse(attachments.eventLog().get(), RegisterBank.PCR);
      SortedMap<Integer, byte[]> explained =
          quote.get().registers(presented.quote().orElseThrow().pcrs());
      explained.keySet().retainAll(log.registers());
      List<Integer> differing = log.differing(explained);
      boolean good = differing.isEmpty() && !explained.isEmpty();
      recorder.add(
          CheckRecorder.unproven(
              Check.of(
                  "tpm.event-log",
                  ReasonCode.EVENT_LOG_MISMATCH,
                  good,
                  "events that give the quoted registers which they are of",
                  good
                      ? "they give " + explained.keySet()
                      : explained.isEmpty() ? "events of none of them" : "others in " + differing,
                  LOG)));
      return Optional.of(log).filter(ignored -> good);
    } catch (MalformedEvidenceException e) {
      recorder.add(CheckRecorder.unproven(e.check()));
      return Optional.empty();
    }
  }

  private void keyName(HclReport.AttestationKey key, TpmQuote quote) {
    String source = "TPM 2.0 Library, Part 1, section 16";
    if (AttestationKeyName.matches(key, quote.qualifiedSigner())) {
      recorder.add(Check.passed("tpm.key-name", "fixedTPM, restricted, sign", "proven", source));
    } else if (parts.acceptUnprovenKey()) {
      recorder.add(Check.skipped("tpm.key-name", "switched off in this verifier", source));
      recorder.note(
          "that HCLAkPub signs nothing but what its TPM made, the paravisor alone asserts");
    } else {
      recorder.add(
          Check.failed(
              "tpm.key-name",
              ReasonCode.ENDORSEMENT_INVALID,
              "the name of HCLAkPub as a primary key, fixedTPM, restricted, sign",
              HexFormat.of().formatHex(quote.qualifiedSigner()),
              source));
    }
  }

  private static Optional<PublicKey> publicKey(HclReport.AttestationKey key) {
    try {
      BigInteger modulus = new BigInteger(1, key.modulus());
      return modulus.bitLength() < MIN_BITS
          ? Optional.empty()
          : Optional.of(
              KeyFactory.getInstance("RSA")
                  .generatePublic(
                      new RSAPublicKeySpec(modulus, new BigInteger(1, key.exponent()))));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
