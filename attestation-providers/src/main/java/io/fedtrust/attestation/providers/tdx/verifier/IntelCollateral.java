// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.support.AnchoredRoot;
import io.fedtrust.attestation.providers.support.CollateralTimes;
import io.fedtrust.attestation.providers.support.Ends;
import io.fedtrust.attestation.providers.support.RevocationList;
import io.fedtrust.attestation.providers.support.Trail;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What Intel says of a platform, from the relying party's own folder: revocation lists, TCB Info
 * and QE identity, each signed, current and for this platform (Intel PCS API version 4; TDX
 * specification of this project, section 4.3).
 */
final class IntelCollateral {
  private static final String PCS = TdxAuthentication.PCS;
  private static final String PROFILE = "Intel SGX PCK Certificate and CRL Profile";

  private final Collateral collateral;
  private final Instant at;
  private final TdxVerifier.Options options;
  private final TdxCache cache;
  private final Trail trail;
  private final CollateralTimes times;
  private final List<CollateralUse> used = new ArrayList<>(4);
  private Ends ends = Ends.of(Instant.MAX);

  IntelCollateral(
      Collateral collateral,
      Instant at,
      TdxVerifier.Options options,
      TdxCache cache,
      Trail trail,
      CollateralTimes times) {
    this.collateral = collateral;
    this.at = at;
    this.options = options;
    this.cache = cache;
    this.trail = trail;
    this.times = times;
  }

  /** What was found good so far. */
  List<CollateralUse> used() {
    return used;
  }

  /** Until when all of that holds. */
  Ends ends() {
    return ends;
  }

  /** Looks for the PCK certificate and its issuer; returns the root's list for other signers. */
  Optional<RevocationList> revocation(PckChain chain) {
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
      use(list.use());
      return Optional.of(list);
    } catch (MalformedEvidenceException e) {
      trail.add(invalid(check, e.check()));
      return Optional.empty();
    }
  }

  private static Check missing(String check, String what) {
    return Check.missing(check, ReasonCode.COLLATERAL_MISSING, what, "none", PCS);
  }

  static Check invalid(String check, Check wrong) {
    return Check.missing(
        check, ReasonCode.COLLATERAL_INVALID, wrong.expected(), wrong.actual(), wrong.source());
  }

  Optional<SignedDocument<TcbInfo>> tcbInfo(PckCertificate pck, Optional<RevocationList> byRoot) {
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

  Optional<SignedDocument<QeIdentity>> qeIdentity(Optional<RevocationList> byRoot) {
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
      use(document.use());
      ends = ends.and(chain.validity().end());
      return Optional.of(document);
    } catch (MalformedEvidenceException e) {
      trail.add(invalid(check, e.check()));
      return Optional.empty();
    }
  }

  private void use(CollateralUse item) {
    used.add(item);
    ends = ends.and(item.validUntil());
  }
}
