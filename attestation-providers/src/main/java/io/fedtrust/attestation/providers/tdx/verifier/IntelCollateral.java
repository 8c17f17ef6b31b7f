// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.CollateralTimes;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.pki.RevocationList;
import io.fedtrust.attestation.providers.pki.RevocationLists;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Intel's documents about a platform, from the relying party's own folder: revocation lists, TCB
 * Info and QE identity, each signed, current and for this platform (Intel PCS API version 4;
 * docs/attestation-tdx.md#what-is-checked-and-where-it-comes-from).
 */
final class IntelCollateral {
  private static final String PCS = TdxVerification.PCS;
  private static final String PROFILE = "Intel SGX PCK Certificate and CRL Profile";

  private final Collateral collateral;
  private final Instant at;
  private final TdxVerifier.Options options;
  private final TdxCache cache;
  private final CheckRecorder recorder;
  private final CollateralTimes times;
  private final List<CollateralUse> used = new ArrayList<>(4);
  private Expiry ends = Expiry.of(Instant.MAX);
  private boolean current = true;

  IntelCollateral(
      Collateral collateral,
      Instant at,
      TdxVerifier.Options options,
      TdxCache cache,
      CheckRecorder recorder,
      CollateralTimes times) {
    this.collateral = collateral;
    this.at = at;
    this.options = options;
    this.cache = cache;
    this.recorder = recorder;
    this.times = times;
  }

  /** The collateral that is verified so far. */
  List<CollateralUse> used() {
    return used;
  }

  /**
   * Returns whether every document so far is current. Only then can a document prove that a
   * platform is bad.
   */
  boolean current() {
    return current;
  }

  /** Until when all of that holds. */
  Expiry ends() {
    return ends;
  }

  /** Looks for the PCK certificate and its issuer; returns the root's list for other signers. */
  Optional<RevocationList> revocation(PckChain chain, boolean usable) {
    if (options.revocation() == Revocation.NOT_CHECKED) {
      recorder.revocationNotChecked("tdx.revocation", PROFILE);
      return Optional.empty();
    }
    if (!usable || chain.root().isEmpty()) {
      recorder.add(Check.skipped("tdx.revocation", "no proven chain to check", PROFILE));
      return Optional.empty();
    }
    AnchoredRoot root = chain.root().get();
    RevocationLists lists = new RevocationLists(collateral, recorder, times, PROFILE);
    Optional<RevocationList> byRoot =
        lists.find(
            "tdx.root-crl",
            TdxItems.ROOT_CRL,
            TdxItems.ROOT,
            item -> cache.revocations(item, root.certificate(), root.sha256()));
    byRoot.ifPresent(
        list -> {
          use(list.use());
          lists.notNamed("tdx.issuer-revocation", list, chain.issuer(), "the PCK's issuer");
        });
    // The issuer's list is trusted only as far as its certificate is.
    if (chain.proven()) {
      lists
          .find(
              "tdx.pck-crl",
              TdxItems.PCK_CRL,
              chain.leaf().issuer().path(),
              item -> cache.revocations(item, chain.issuer(), chain.issuerSha256()))
          .ifPresent(
              list -> {
                use(list.use());
                lists.notNamed("tdx.pck-revocation", list, chain.leaf().certificate(), "the PCK");
              });
    }
    return byRoot;
  }

  private static Check missing(String check, String what) {
    return Check.missing(check, ReasonCode.COLLATERAL_UNAVAILABLE, what, "none", PCS);
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
            recorder.add(
                Check.missing(
                    check,
                    ReasonCode.COLLATERAL_UNAVAILABLE,
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
      recorder.add(missing(check, kind + " " + subject + " and its signer"));
      return Optional.empty();
    }
    try {
      SignedDocument<T> document = reading.read(items.get(0), issuers.get(0));
      SigningChain chain = document.chain();
      if (byRoot.filter(list -> list.names(chain.signer())).isPresent()) {
        recorder.add(
            Check.missing(
                check + "-signer",
                ReasonCode.COLLATERAL_UNAVAILABLE,
                "a signer that is not revoked",
                "revoked",
                PCS));
        return Optional.empty();
      }
      current &= times.current(check, document.use(), PCS);
      if (!chain.validity().isValid(at)) {
        current = false;
        recorder.add(
            Check.missing(
                check + "-signer", ReasonCode.COLLATERAL_EXPIRED, chain.validity(), at, PCS));
      }
      use(document.use());
      ends = ends.and(chain.validity().end());
      return Optional.of(document);
    } catch (MalformedEvidenceException e) {
      recorder.add(CheckRecorder.invalid(check, e));
      return Optional.empty();
    }
  }

  private void use(CollateralUse item) {
    used.add(item);
    ends = ends.and(item.validUntil());
  }
}
