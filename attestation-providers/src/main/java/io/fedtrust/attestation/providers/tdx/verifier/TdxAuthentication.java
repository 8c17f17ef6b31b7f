// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.support.AnchoredRoot;
import io.fedtrust.attestation.providers.support.Base64Text;
import io.fedtrust.attestation.providers.support.Certificates;
import io.fedtrust.attestation.providers.support.CollateralTimes;
import io.fedtrust.attestation.providers.support.Digests;
import io.fedtrust.attestation.providers.support.Ends;
import io.fedtrust.attestation.providers.support.Hints;
import io.fedtrust.attestation.providers.support.RevocationList;
import io.fedtrust.attestation.providers.support.SignatureScheme;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.Trail;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.CertificationData;
import io.fedtrust.attestation.providers.tdx.format.EventLog;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.QeReport;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One authentication of one quote, step by step (Intel TDX DCAP Quoting Library API; Intel PCS API
 * version 4; TDX specification of this project, sections 2, 4.3 and 5).
 */
final class TdxAuthentication {
  private static final String DCAP = "Intel TDX DCAP Quoting Library API, appendix A.3";
  private static final String PCS = "Intel PCS API version 4";
  private static final String PROFILE = "Intel SGX PCK Certificate and CRL Profile";
  private static final int TOKEN_CHARACTERS = (TdxQuote.MAX_BYTES + 2) / 3 * 4;

  private final Evidence evidence;
  private final Collateral collateral;
  private final Instant at;
  private final TdxVerifier.Options options;
  private final Signatures signatures;
  private final TdxCache cache;
  private final Trail trail = new Trail();
  private final CollateralTimes times;
  private final List<CollateralUse> used = new ArrayList<>(4);

  TdxAuthentication(
      Evidence evidence,
      Collateral collateral,
      Instant at,
      TdxVerifier.Options options,
      Signatures signatures,
      TdxCache cache) {
    this.evidence = evidence;
    this.collateral = collateral;
    this.at = at;
    this.options = options;
    this.signatures = signatures;
    this.cache = cache;
    this.times = new CollateralTimes(trail, collateral.floors(), at);
  }

  Authentication run() {
    TdxQuote quote;
    Hints hints;
    Optional<PckChain> endorsement;
    try {
      quote = TdxQuote.parse(token(), options.trailing());
      trail.add(
          Check.passed(
              "tdx.format",
              "version 4 or 5",
              "version " + quote.version() + ", " + quote.reportType(),
              DCAP));
      hints = Hints.withEventLog(evidence);
      endorsement = endorsement(quote, hints.certificates());
    } catch (MalformedEvidenceException e) {
      return trail.add(e.check()).conclude(used);
    }
    times.clock("tdx.clock");
    boolean bound = binding(quote);
    boolean signed = signature(quote);
    Optional<EventLog> log = eventLog(quote, hints);
    if (endorsement.isEmpty()) {
      return trail
          .add(Check.skipped("tdx.qe-signature", "no PCK certificate to verify with", DCAP))
          .conclude(used);
    }
    PckChain chain = endorsement.get();
    trail.addAll(chain.checks());
    trail.add(
        Check.of(
            "tdx.validity",
            ReasonCode.CERT_NOT_VALID,
            chain.validity().isValid(at),
            chain.validity(),
            times.shown(),
            "RFC 5280 section 4.1.2.5"));
    boolean certified = qeSignature(quote, chain);
    Optional<RevocationList> byRoot = revocation(chain);
    Optional<SignedDocument<TcbInfo>> info = tcbInfo(chain.leaf(), byRoot);
    Optional<SignedDocument<QeIdentity>> identity = qeIdentity(byRoot);
    Optional<TcbEvaluation> evaluation = evaluation(quote, chain.leaf(), info, identity);
    chain.root().ifPresent(root -> root.notes().forEach(trail::note));
    Optional<Claims> claims =
        bound && signed && certified && chain.proven()
            ? Optional.of(
                new TdxClaims(quote, chain.leaf(), at)
                    .of(
                        info.map(SignedDocument::content),
                        identity.map(SignedDocument::content),
                        evaluation,
                        log))
            : Optional.empty();
    return trail.conclude(claims, used, ends(chain, info, identity));
  }

  private Ends ends(
      PckChain chain,
      Optional<SignedDocument<TcbInfo>> info,
      Optional<SignedDocument<QeIdentity>> identity) {
    Ends ends = Ends.of(chain.validity().end());
    for (CollateralUse use : used) {
      ends = ends.and(use.validUntil());
    }
    for (SigningChain signing :
        Stream.concat(
                info.map(SignedDocument::chain).stream(),
                identity.map(SignedDocument::chain).stream())
            .toList()) {
      ends = ends.and(signing.validity().end());
    }
    return ends;
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
                "trust protocol, section 3"));
  }

  /** The chain that the quote carries, or for those that carry none, the sender's or our own. */
  private Optional<PckChain> endorsement(TdxQuote quote, List<byte[]> hints)
      throws MalformedEvidenceException {
    if (quote.certificationData() instanceof CertificationData.PckChain own) {
      return Optional.of(cache.chain(own.pem()));
    }
    Optional<byte[]> leaf = leaf(quote);
    if (!hints.isEmpty()) {
      List<byte[]> presented = new ArrayList<>(hints);
      leaf.ifPresent(own -> presented.add(0, own));
      return Optional.of(cache.chain(presented));
    }
    return known(quote, leaf);
  }

  /** Of the chains in our own folder the one that signed, else the first. */
  private Optional<PckChain> known(TdxQuote quote, Optional<byte[]> leaf) {
    Optional<PckChain> first = Optional.empty();
    Optional<Check> spoiled = Optional.empty();
    for (CollateralItem item : collateral.items(TdxItems.PCK_CHAIN)) {
      try {
        PckChain chain = cache.chain(item.bytes());
        if (leaf.filter(own -> !chain.isOf(own)).isPresent()) {
          continue;
        }
        if (isSignedBy(quote, chain)) {
          return Optional.of(chain);
        }
        first = first.or(() -> Optional.of(chain));
      } catch (MalformedEvidenceException e) {
        spoiled = spoiled.or(() -> Optional.of(invalid("tdx.pck-chain", e.check())));
      }
    }
    if (first.isEmpty()) {
      trail.add(
          spoiled.orElseGet(
              () ->
                  Check.missing(
                      "tdx.pck-chain",
                      ReasonCode.ENDORSEMENT_MISSING,
                      "the PCK certificate and those above it",
                      "certification data of type " + quote.certificationData().type(),
                      DCAP)));
    }
    return first;
  }

  private static Optional<byte[]> leaf(TdxQuote quote) throws MalformedEvidenceException {
    if (!(quote.certificationData() instanceof CertificationData.PckLeaf leaf)) {
      return Optional.empty();
    }
    List<byte[]> certificates = Certificates.parsePem(leaf.pem());
    if (certificates.size() != 1) {
      throw MalformedEvidenceException.of(
          "tdx.pck-chain",
          ReasonCode.EVIDENCE_MALFORMED,
          "one certificate in certification data of type 4",
          certificates.size(),
          DCAP);
    }
    return Optional.of(certificates.get(0));
  }

  private boolean isSignedBy(TdxQuote quote, PckChain chain) {
    return chain
        .key()
        .filter(key -> verifies(key, quote.qeReport().bytes(), quote.qeReportSignature()))
        .isPresent();
  }

  private boolean verifies(PublicKey key, byte[] message, byte[] rs) {
    return Signatures.p256(rs)
        .filter(der -> signatures.verify(SignatureScheme.ECDSA_SHA256, key, message, der))
        .isPresent();
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
        key.filter(known -> verifies(known, quote.signed(), quote.signature())).isPresent();
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
    boolean good = isSignedBy(quote, chain);
    trail.add(
        Check.of(
            "tdx.qe-signature",
            ReasonCode.SIGNATURE_INVALID,
            good,
            "ECDSA P-256 by the PCK",
            good ? "yes" : "no",
            DCAP));
    return good;
  }

  /** A log explains the registers, or it is not this TD's. */
  private Optional<EventLog> eventLog(TdxQuote quote, Hints hints) {
    String source = "TCG PC Client Platform Firmware Profile; ACPI table CCEL";
    if (hints.eventLog().isEmpty()) {
      trail.add(Check.skipped("tdx.event-log", "none was presented", source));
      return Optional.empty();
    }
    try {
      EventLog log = EventLog.parse(hints.eventLog().get());
      List<TdxField> registers =
          List.of(TdxField.RTMR0, TdxField.RTMR1, TdxField.RTMR2, TdxField.RTMR3);
      List<String> differing = new ArrayList<>();
      for (int i = 0; i < EventLog.RTMRS; i++) {
        if (!Arrays.equals(log.replay(i), quote.bytes(registers.get(i)))) {
          differing.add(registers.get(i).name());
        }
      }
      trail.add(
          Check.of(
              "tdx.event-log",
              ReasonCode.EVENT_LOG_MISMATCH,
              differing.isEmpty(),
              "events that give the quote's RTMRs",
              differing.isEmpty() ? "they do" : "others in " + differing,
              source));
      return Optional.of(log).filter(ignored -> differing.isEmpty());
    } catch (MalformedEvidenceException e) {
      trail.add(e.check());
      return Optional.empty();
    }
  }

  /** Looks for the PCK certificate and its issuer; returns the root's list for other signers. */
  private Optional<RevocationList> revocation(PckChain chain) {
    if (options.revocation() == Revocation.NOT_CHECKED) {
      trail.add(Check.skipped("tdx.revocation", "switched off in this verifier", PROFILE));
      trail.note("revocation was not checked");
      return Optional.empty();
    }
    if (chain.root().isEmpty()) {
      trail.add(Check.skipped("tdx.revocation", "no chain to check", PROFILE));
      return Optional.empty();
    }
    AnchoredRoot root = chain.root().get();
    Optional<RevocationList> byRoot =
        list(TdxItems.ROOT_CRL, TdxItems.ROOT, "tdx.root-crl", root.certificate(), root.sha256());
    byRoot.ifPresent(
        list -> notNamed("tdx.issuer-revocation", list, chain.issuer(), "the PCK's issuer"));
    // The issuer's list is believed only as far as its certificate is.
    Optional<RevocationList> byIssuer =
        chain.proven()
            ? list(
                TdxItems.PCK_CRL,
                chain.leaf().issuer().path(),
                "tdx.pck-crl",
                chain.issuer(),
                chain.issuerSha256())
            : Optional.empty();
    byIssuer.ifPresent(
        list -> notNamed("tdx.pck-revocation", list, chain.leaf().certificate(), "the PCK"));
    return byRoot;
  }

  private void notNamed(
      String check, RevocationList list, X509Certificate certificate, String what) {
    boolean revoked = list.names(certificate);
    trail.add(
        Check.of(
            check,
            ReasonCode.CERT_REVOKED,
            !revoked,
            what + " not revoked",
            revoked ? "revoked" : "not revoked",
            PROFILE));
  }

  private Optional<RevocationList> list(
      String kind, String subject, String check, X509Certificate issuer, String issuerSha256) {
    List<CollateralItem> items = collateral.items(kind, subject);
    if (items.isEmpty()) {
      trail.add(missing(check, "the revocation list " + subject));
      return Optional.empty();
    }
    try {
      RevocationList list = cache.revocations(items.get(0), issuer, issuerSha256);
      times.current(check, list.use(), "RFC 5280 section 5.1.2");
      used.add(list.use());
      return Optional.of(list);
    } catch (MalformedEvidenceException e) {
      trail.add(invalid(check, e.check()));
      return Optional.empty();
    }
  }

  private static Check missing(String check, String what) {
    return Check.missing(check, ReasonCode.COLLATERAL_MISSING, what, "none", PCS);
  }

  private static Check invalid(String check, Check wrong) {
    return Check.missing(
        check, ReasonCode.COLLATERAL_INVALID, wrong.expected(), wrong.actual(), wrong.source());
  }

  private Optional<SignedDocument<TcbInfo>> tcbInfo(
      PckCertificate pck, Optional<RevocationList> byRoot) {
    String check = "tdx.tcb-info";
    String subject = TdxItems.platforms(pck.fmspc(), options.channel());
    Optional<SignedDocument<TcbInfo>> found =
        document(
            check, TdxItems.TCB_INFO, TdxItems.TCB_INFO_ISSUER, subject, cache::tcbInfo, byRoot);
    return found.filter(
        document -> {
          TcbInfo info = document.content();
          boolean same = info.fmspc().equals(pck.fmspc()) && info.pceId().equals(pck.pceId());
          if (!same) {
            trail.add(
                Check.missing(
                    check,
                    ReasonCode.COLLATERAL_INVALID,
                    "FMSPC " + pck.fmspc() + ", PCEID " + pck.pceId(),
                    "FMSPC " + info.fmspc() + ", PCEID " + info.pceId(),
                    PCS));
          }
          return same;
        });
  }

  private Optional<SignedDocument<QeIdentity>> qeIdentity(Optional<RevocationList> byRoot) {
    return document(
        "tdx.qe-identity-document",
        TdxItems.QE_IDENTITY,
        TdxItems.QE_IDENTITY_ISSUER,
        TdxItems.enclave(options.channel()),
        cache::qeIdentity,
        byRoot);
  }

  /** Verifies a document of Intel's. */
  @FunctionalInterface
  private interface Reading<T> {
    SignedDocument<T> read(CollateralItem item, CollateralItem issuer)
        throws MalformedEvidenceException;
  }

  private <T> Optional<SignedDocument<T>> document(
      String check,
      String kind,
      String issuerKind,
      String subject,
      Reading<T> reading,
      Optional<RevocationList> byRoot) {
    List<CollateralItem> items = collateral.items(kind, subject);
    List<CollateralItem> issuers = collateral.items(issuerKind, subject);
    if (items.isEmpty() || issuers.isEmpty()) {
      trail.add(missing(check, kind + " " + subject + " and its signer"));
      return Optional.empty();
    }
    try {
      SignedDocument<T> document = reading.read(items.get(0), issuers.get(0));
      times.current(check, document.use(), PCS);
      SigningChain chain = document.chain();
      if (!chain.validity().isValid(at)) {
        trail.add(
            Check.missing(
                check + "-signer", ReasonCode.COLLATERAL_EXPIRED, chain.validity(), at, PCS));
      }
      if (byRoot.filter(list -> list.names(chain.signer())).isPresent()) {
        trail.add(
            Check.missing(
                check + "-signer",
                ReasonCode.COLLATERAL_INVALID,
                "a signer that is not revoked",
                "revoked",
                PCS));
      }
      used.add(document.use());
      return Optional.of(document);
    } catch (MalformedEvidenceException e) {
      trail.add(invalid(check, e.check()));
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
    return TcbEvaluation.of(quote, pck, info.get().content(), identity.get().content(), trail);
  }
}
