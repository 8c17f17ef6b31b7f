// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.eventlog.RegisterBank;
import io.fedtrust.attestation.providers.support.Base64Text;
import io.fedtrust.attestation.providers.support.CollateralTimes;
import io.fedtrust.attestation.providers.support.Digests;
import io.fedtrust.attestation.providers.support.Ends;
import io.fedtrust.attestation.providers.support.Hints;
import io.fedtrust.attestation.providers.support.RevocationList;
import io.fedtrust.attestation.providers.support.SignatureScheme;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.Trail;
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
final class TdxAuthentication {
  static final String DCAP = "Intel TDX DCAP Quoting Library API, appendix A.3";
  static final String PCS = "Intel PCS API version 4";
  private static final int TOKEN_CHARACTERS = (TdxQuote.MAX_BYTES + 2) / 3 * 4;

  private final Evidence evidence;
  private final Instant at;
  private final TdxVerifier.Options options;
  private final Signatures signatures;
  private final TdxCache cache;
  private final Trail trail = new Trail();
  private final CollateralTimes times;
  private final PckChains chains;
  private final IntelCollateral intel;
  private UnaryOperator<Check> weigh = Trail::unproven;

  TdxAuthentication(
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
    this.times = new CollateralTimes(trail, collateral.floors(), at);
    this.chains = new PckChains(collateral, signatures, cache, trail);
    this.intel = new IntelCollateral(collateral, at, options, cache, trail, times);
  }

  Authentication run() {
    TdxQuote quote;
    Hints hints;
    Optional<PckChains.Endorsement> endorsement;
    try {
      quote = TdxQuote.parse(token(), options.trailing());
      trail.add(
          Check.passed(
              "tdx.format",
              "version 4 or 5",
              "version " + quote.version() + ", " + quote.reportType(),
              DCAP));
      hints = Hints.withEventLog(evidence, trail);
      endorsement = chains.of(quote, hints.certificates(), at);
    } catch (MalformedEvidenceException e) {
      return trail.add(e.check()).conclude(intel.used());
    }
    times.clock("tdx.clock");
    boolean bound = binding(quote);
    boolean signed = signature(quote);
    Optional<EventLog> log = eventLog(quote, hints);
    if (endorsement.isEmpty()) {
      return trail
          .add(Check.skipped("tdx.qe-signature", "no PCK certificate to verify with", DCAP))
          .conclude(intel.used());
    }
    boolean usable = endorsement.get().usable();
    weigh = usable ? UnaryOperator.identity() : Trail::unproven;
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
    chain.root().ifPresent(root -> root.notes().forEach(trail::note));
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
    return trail.conclude(claims, intel.used(), Ends.of(chain.validity().end()).and(intel.ends()));
  }

  private void weighed(Check check) {
    trail.add(weigh.apply(check));
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
    trail.add(
        Check.of(
            "tdx.qe-binding",
            ReasonCode.SIGNATURE_INVALID,
            good,
            "the digest of attestation key and QE authentication data",
            good ? "yes" : "no",
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
    trail.add(
        Check.of(
            "tdx.signature",
            ReasonCode.SIGNATURE_INVALID,
            good,
            "ECDSA P-256 by the attestation key",
            good ? "yes" : key.isPresent() ? "no" : "a key that is no point of the curve",
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
            good ? "yes" : "no",
            DCAP));
    return good;
  }

  /** Nobody signs a log: one that does not explain the registers counts as absent. */
  private Optional<EventLog> eventLog(TdxQuote quote, Hints hints) {
    String source = "TCG PC Client Platform Firmware Profile; ACPI table CCEL";
    if (hints.eventLog().isEmpty()) {
      trail.add(Check.skipped("tdx.event-log", "none was presented", source));
      return Optional.empty();
    }
    try {
      EventLog log = EventLog.parse(hints.eventLog().get(), RegisterBank.RTMR);
      List<Integer> differing =
          log.differing(
              Map.of(
                  0, quote.bytes(TdxField.RTMR0),
                  1, quote.bytes(TdxField.RTMR1),
                  2, quote.bytes(TdxField.RTMR2),
                  3, quote.bytes(TdxField.RTMR3)));
      trail.add(
          Trail.unproven(
              Check.of(
                  "tdx.event-log",
                  ReasonCode.EVENT_LOG_MISMATCH,
                  differing.isEmpty(),
                  "events that give the quote's RTMRs",
                  differing.isEmpty() ? "they do" : "others in RTMR " + differing,
                  source)));
      return Optional.of(log).filter(ignored -> differing.isEmpty());
    } catch (MalformedEvidenceException e) {
      trail.add(Trail.unproven(e.check()));
      return Optional.empty();
    }
  }

  private Optional<TcbEvaluation> evaluation(
      TdxQuote quote,
      PckCertificate pck,
      Optional<SignedDocument<TcbInfo>> info,
      Optional<SignedDocument<QeIdentity>> identity) {
    if (info.isEmpty() || identity.isEmpty()) {
      trail.add(Check.skipped("tdx.tcb-level", "nothing to judge the platform by", PCS));
      return Optional.empty();
    }
    Trail found = new Trail();
    Optional<TcbEvaluation> evaluation =
        TcbEvaluation.of(quote, pck, info.get().content(), identity.get().content(), found);
    found.checks().forEach(check -> weighed(intel.current() ? check : Trail.unproven(check)));
    return evaluation;
  }
}
