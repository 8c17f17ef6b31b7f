// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.azure.format.CvmEvidence;
import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.azure.format.TpmQuote;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.support.Hints;
import io.fedtrust.attestation.providers.support.SignatureScheme;
import io.fedtrust.attestation.providers.support.Trail;
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
final class CvmAuthentication {
  private static final String PROTOCOL = "docs/protocol/bindings.md#cvm-tpm";
  private static final String HCL = "Azure confidential VMs, HCL report";
  private static final String TPM = "TPM 2.0 Library, Part 2, section 10.12";
  private static final String LOG = "TCG PC Client Platform Firmware Profile, section 10";
  private static final int MIN_BITS = 2048;

  private final Evidence evidence;
  private final Collateral collateral;
  private final Instant at;
  private final CvmVerifier.Parts parts;
  private final Trail trail = new Trail();

  CvmAuthentication(Evidence evidence, Collateral collateral, Instant at, CvmVerifier.Parts parts) {
    this.evidence = evidence;
    this.collateral = collateral;
    this.at = at;
    this.parts = parts;
  }

  Authentication run() {
    try {
      CvmEvidence presented = CvmEvidence.parse(evidence.token());
      HclReport hcl = HclReport.parse(presented.hcl());
      trail.add(Check.passed("hcl.format", "a report of SEV-SNP or TDX", hcl.tee(), HCL));
      trail.note("the launch measurement is of the paravisor; what the guest booted, its PCRs say");
      binding(presented, hcl);
      Hints hints = Hints.withEventLog(evidence);
      Optional<Hardware> hardware = hardware(presented, hcl, hints);
      Optional<TpmQuote> quote = quote(presented, hcl);
      Optional<EventLog> log = eventLog(presented, quote, hints);
      if (hardware.isEmpty()) {
        return trail.conclude(List.of());
      }
      Optional<Claims> found = hardware.get().claims();
      Optional<Claims> claims =
          found.isPresent()
              ? Optional.of(CvmClaims.of(found.get(), hcl, quote, presented.quote(), log))
              : Optional.empty();
      return trail.conclude(claims, hardware.get().used(), hardware.get().ends());
    } catch (MalformedEvidenceException e) {
      return trail.add(e.check()).conclude(List.of());
    }
  }

  /** A TD report can be judged on the machine itself alone, so Intel's needs a quote beside. */
  private Optional<Hardware> hardware(CvmEvidence presented, HclReport hcl, Hints hints)
      throws MalformedEvidenceException {
    boolean intel = hcl.tee() == HclReport.Tee.TDX;
    trail.add(
        Check.of(
            "cvm.hardware-quote",
            ReasonCode.EVIDENCE_MALFORMED,
            presented.hardwareQuote().isPresent() == intel,
            intel ? "a quote of TDX" : "none on SEV-SNP",
            presented.hardwareQuote().isPresent() ? "one" : "none",
            PROTOCOL));
    return presented
        .hardware()
        .map(hints::certify)
        .map(
            own ->
                Hardware.of(
                    (intel ? parts.tdx() : parts.snp()).authenticate(own, collateral, at), trail));
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
    trail.add(
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
      trail.add(
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
    trail.add(Check.passed("tpm.format", "a quote", quote.selection(), TPM));
    HclReport.AttestationKey key = hcl.attestationKey();
    Optional<PublicKey> publicKey = publicKey(key);
    trail.add(
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
    trail.add(
        Check.of(
            "tpm.signature",
            ReasonCode.SIGNATURE_INVALID,
            signed,
            "RSASSA with SHA-256 by HCLAkPub",
            signed ? "yes" : "no",
            "TPM 2.0 Library, Part 2, section 11.3"));
    keyName(key, quote);
    boolean quoted = quote.quotes(made.pcrs()) && !quote.registers(made.pcrs()).isEmpty();
    trail.add(
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
      CvmEvidence presented, Optional<TpmQuote> quote, Hints hints) {
    if (hints.eventLog().isEmpty() || quote.isEmpty()) {
      trail.add(
          Check.skipped(
              "tpm.event-log",
              quote.isEmpty() ? "no quote to hold a log against" : "none was presented",
              LOG));
      return Optional.empty();
    }
    try {
      EventLog log = EventLog.parse(hints.eventLog().get(), RegisterBank.PCR);
      SortedMap<Integer, byte[]> explained =
          quote.get().registers(presented.quote().orElseThrow().pcrs());
      explained.keySet().retainAll(log.registers());
      List<Integer> differing = log.differing(explained);
      boolean good = differing.isEmpty() && !explained.isEmpty();
      trail.add(
          Trail.unproven(
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
      trail.add(Trail.unproven(e.check()));
      return Optional.empty();
    }
  }

  private void keyName(HclReport.AttestationKey key, TpmQuote quote) {
    String source = "TPM 2.0 Library, Part 1, section 16";
    if (AttestationKeyName.matches(key, quote.qualifiedSigner())) {
      trail.add(Check.passed("tpm.key-name", "fixedTPM, restricted, sign", "proven", source));
    } else if (parts.acceptUnprovenKey()) {
      trail.add(Check.skipped("tpm.key-name", "switched off in this verifier", source));
      trail.note("that HCLAkPub signs nothing but what its TPM made, the paravisor alone asserts");
    } else {
      trail.add(
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
