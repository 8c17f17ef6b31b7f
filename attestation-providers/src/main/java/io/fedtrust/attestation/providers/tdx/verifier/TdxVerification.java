// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.CollateralTimes;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.pki.RevocationList;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.QeReport;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One authentication of one quote, step by step (Intel TDX DCAP Quoting Library API; Intel PCS API
 * version 4; docs/attestation-tdx.md#what-is-checked-and-where-it-comes-from).
 */
final class TdxVerification {
  static final String DCAP = "Intel TDX DCAP Quoting Library API, appendix A.3";
  static final String PCS = "Intel PCS API version 4";
  private static final int TOKEN_CHARACTERS = (TdxQuote.MAX_BYTES + 2) / 3 * 4;

  private final Evidence evidence;
  private final Instant at;
  private final TdxVerifier.Options options;
  private final Signatures signatures;
  private final TdxCache cache;
  private final CheckRecorder recorder = new CheckRecorder();
  private final CollateralTimes times;
  private final PckChains chains;
  private final IntelCollateral intel;
  private UnaryOperator<Check> weigh = CheckRecorder::unproven;

  TdxVerification(
      Evidence evidence,
      Collateral collateral,
      Instant at,
      TdxVerifier.Options options,
      Signatures signatures,
      TdxCache cache) {
    this.evidence = evidence;
    this.at = at;
    this.options = options;
    this.signatures = signatures;
    this.cache = cache;
    this.times = new CollateralTimes(recorder, collateral.floors(), at);
    this.chains = new PckChains(collateral, signatures, cache, recorder);
    this.intel = new IntelCollateral(collateral, at, options, cache, recorder, times);
  }

  EvidenceVerification run() {
    TdxQuote quote;
    EvidenceAttachments attachments;
    Optional<PckChains.Endorsement> endorsement;
    try {
      quote = TdxQuote.parse(token(), options.trailing());
      recorder.add(
          Check.passed(
              "tdx.format",
              "version 4 or 5",
              "version " + quote.version() + ", " + quote.reportType(),
              DCAP));
      attachments = EvidenceAttachments.withEventLog(evidence, recorder);
      endorsement = chains.of(quote, attachments.certificates(), at);
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(intel.used());
    }
    times.clock("tdx.clock");
    boolean bound = binding(quote);
    boolean signed = signature(quote);
    Optional<EventLog> log = eventLog(quote, attachments);
    if (endorsement.isEmpty()) {
      return recorder
          .add(Check.skipped("tdx.qe-signature", "no PCK certificate to verify with", DCAP))
          .conclude(intel.used());
    }
    boolean usable = endorsement.get().usable();
    weigh = usable ? UnaryOperator.identity() : CheckRecorder::unproven;
    PckChain chain = endorsement.get().chain();
    chain.checks().forEach(this::weighed);
    weighed(
        Check.of(
            "tdx.validity",
            ReasonCode.CERT_NOT_VALID,
            chain.validity().isValid(at),
            chain.validity(),
            times.shown(),
            "RFC 5280 section 4.1.2.5"));
    boolean certified = qeSignature(quote, chain);
    Optional<RevocationList> byRoot = intel.revocation(chain, usable);
    Optional<SignedDocument<TcbInfo>> info = intel.tcbInfo(chain.leaf(), byRoot);
    Optional<SignedDocument<QeIdentity>> identity = intel.qeIdentity(byRoot);
    Optional<TcbEvaluation> evaluation = evaluation(quote, chain.leaf(), info, identity);
    chain.root().ifPresent(root -> root.notes().forEach(recorder::note));
    Optional<Claims> claims =
        bound && signed && certified && usable && chain.proven()
            ? Optional.of(
                new TdxClaims(quote, chain.leaf(), at)
                    .of(
                        info.map(SignedDocument::content),
                        identity.map(SignedDocument::content),
                        evaluation,
                        log))
            : Optional.empty();
    return recorder.conclude(
        claims, intel.used(), Expiry.of(chain.validity().end()).and(intel.ends()));
  }

  private void weighed(Check check) {
    recorder.add(weigh.apply(check));
  }

  private byte[] token() throws MalformedEvidenceException {
    String token = evidence.token();
    Optional<byte[]> quote =
        token.length() <= TOKEN_CHARACTERS ? Base64Text.decode(token) : Optional.empty();
    return quote.orElseThrow(
        () ->
            MalformedEvidenceException.of(
                "tdx.format",
                ReasonCode.EVIDENCE_MALFORMED,
                "at most " + TdxQuote.MAX_BYTES + " bytes in canonical base64",
                token.length() + " characters",
                "docs/protocol/bindings.md#token-bytes"));
  }

  /** The quoting enclave vouches for the attestation key. */
  private boolean binding(TdxQuote quote) {
    byte[] key = quote.attestationKey();
    byte[] auth = quote.qeAuthData();
    byte[] both = Arrays.copyOf(key, key.length + auth.length);
    System.arraycopy(auth, 0, both, key.length, auth.length);
    byte[] expected = Arrays.copyOf(Digests.sha256Bytes(both), QeReport.REPORT_DATA_BYTES);
    boolean good = Arrays.equals(quote.qeReport().reportData(), expected);
    recorder.add(
        Check.of(
            "tdx.qe-binding",
            ReasonCode.SIGNATURE_INVALID,
            good,
            "the digest of attestation key and QE authentication data",
            good ? "yes" : "another value",
            DCAP));
    return good;
  }

  private boolean signature(TdxQuote quote) {
    Optional<PublicKey> key = cache.attestationKey(quote.attestationKey());
    boolean good =
        key.filter(
                known ->
                    signatures.verifyP1363(
                        SignatureScheme.ECDSA_SHA256, known, quote.signed(), quote.signature()))
            .isPresent();
    recorder.add(
        Check.of(
            "tdx.signature",
            ReasonCode.SIGNATURE_INVALID,
            good,
            "ECDSA P-256 by the attestation key",
            good
                ? "yes"
                : key.isPresent() ? "not signed by it" : "a key that is no point of the curve",
            DCAP));
    return good;
  }

  private boolean qeSignature(TdxQuote quote, PckChain chain) {
    boolean good = chain.hasSigned(quote, signatures);
    weighed(
        Check.of(
            "tdx.qe-signature",
            ReasonCode.SIGNATURE_INVALID,
            good,
            "ECDSA P-256 by the PCK",
            good ? "yes" : "not signed by it",
            DCAP));
    return good;
  }

  /** A log is not signed: one that does not explain the registers counts as absent. */
  private Optional<EventLog> eventLog(TdxQuote quote, EvidenceAttachments attachments) {
    String source = "TCG PC Client Platform Firmware Profile; ACPI 6.5, section 5.2.34";
    if (attachments.eventLog().isEmpty()) {
      recorder.add(Check.skipped("tdx.event-log", "none was presented", source));
      return Optional.empty();
    }
    try {
      EventLog log = EventLog.parse(attachments.eventLog().get(), RegisterBank.RTMR);
      List<Integer> differing =
          log.differing(
              Map.of(
                  0, quote.bytes(TdxField.RTMR0),
                  1, quote.bytes(TdxField.RTMR1),
                  2, quote.bytes(TdxField.RTMR2),
                  3, quote.bytes(TdxField.RTMR3)));
      recorder.add(
          CheckRecorder.unproven(
              Check.of(
                  "tdx.event-log",
                  ReasonCode.EVENT_LOG_MISMATCH,
                  differing.isEmpty(),
                  "events that give the quote's RTMRs",
                  differing.isEmpty() ? "they do" : "others in RTMR " + differing,
                  source)));
      return Optional.of(log).filter(ignored -> differing.isEmpty());
    } catch (MalformedEvidenceException e) {
      recorder.add(CheckRecorder.unproven(e.check()));
      return Optional.empty();
    }
  }

  private Optional<TcbEvaluation> evaluation(
      TdxQuote quote,
      PckCertificate pck,
      Optional<SignedDocument<TcbInfo>> info,
      Optional<SignedDocument<QeIdentity>> identity) {
    if (info.isEmpty() || identity.isEmpty()) {
      recorder.add(
          Check.skipped("tdx.tcb-level", "no proven TCB information for this platform", PCS));
      return Optional.empty();
    }
    CheckRecorder found = new CheckRecorder();
    Optional<TcbEvaluation> evaluation =
        TcbEvaluation.of(quote, pck, info.get().content(), identity.get().content(), found);
    found
        .checks()
        .forEach(check -> weighed(intel.current() ? check : CheckRecorder.unproven(check)));
    return evaluation;
  }
}
