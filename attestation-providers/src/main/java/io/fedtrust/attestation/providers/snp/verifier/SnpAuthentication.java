// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.format.TcbVersion;
import io.fedtrust.attestation.providers.support.AnchoredRoot;
import io.fedtrust.attestation.providers.support.Base64Text;
import io.fedtrust.attestation.providers.support.CollateralTimes;
import io.fedtrust.attestation.providers.support.Ends;
import io.fedtrust.attestation.providers.support.Hints;
import io.fedtrust.attestation.providers.support.RevocationList;
import io.fedtrust.attestation.providers.support.RevocationLists;
import io.fedtrust.attestation.providers.support.SignatureScheme;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.Trail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** One authentication of one report, step by step (SEV-SNP Firmware ABI; AMD KDS). */
final class SnpAuthentication {
  private static final String ABI = "SEV-SNP Firmware ABI, ATTESTATION_REPORT";
  private static final String KDS = "AMD VCEK certificate specification, section 3.1";
  private static final int TOKEN_CHARACTERS = (SnpField.REPORT_BYTES + 2) / 3 * 4;

  private static final String LISTS = "AMD KDS specification, section 4";

  private final Evidence evidence;
  private final Collateral collateral;
  private final Instant at;
  private final Revocation revocation;
  private final Signatures signatures;
  private final EndorsementCache cache;
  private final Trail trail = new Trail();
  private final CollateralTimes times;
  private final List<CollateralUse> used = new ArrayList<>(1);

  SnpAuthentication(
      Evidence evidence,
      Collateral collateral,
      Instant at,
      Revocation revocation,
      Signatures signatures,
      EndorsementCache cache) {
    this.evidence = evidence;
    this.collateral = collateral;
    this.at = at;
    this.revocation = revocation;
    this.signatures = signatures;
    this.cache = cache;
    this.times = new CollateralTimes(trail, collateral.floors(), at);
  }

  Authentication run() {
    SnpReport report;
    List<byte[]> hints;
    try {
      report = SnpReport.parse(token());
      trail.add(Check.passed("snp.format", "versions 2 to 5", report.version(), ABI));
      hints = Hints.certificates(evidence);
    } catch (MalformedEvidenceException e) {
      return trail.add(e.check()).conclude(used);
    }
    Optional<EndorsementChain> endorsement = endorsement(report, hints);
    times.clock("snp.clock");
    if (endorsement.isEmpty()) {
      return trail
          .add(Check.skipped("snp.signature", "no endorsement certificate to verify with", ABI))
          .conclude(used);
    }
    EndorsementChain chain = endorsement.get();
    trail.addAll(chain.checks());
    validity(chain);
    Optional<RevocationList> list = revocation(chain);
    product(report, chain.leaf());
    match(report, chain.leaf());
    boolean genuine = signature(report, chain);
    consistency(report, chain.leaf().line());
    chain.root().ifPresent(root -> root.notes().forEach(trail::note));
    Optional<Claims> claims =
        genuine && chain.proven()
            ? Optional.of(SnpClaims.of(report, chain.leaf().line(), chain.leaf().cloudId()))
            : Optional.empty();
    Ends ends = Ends.of(chain.validity().end());
    return trail.conclude(
        claims, used, list.map(crl -> ends.and(crl.use().validUntil())).orElse(ends));
  }

  private byte[] token() throws MalformedEvidenceException {
    String token = evidence.token();
    Optional<byte[]> report =
        token.length() == TOKEN_CHARACTERS ? Base64Text.decode(token) : Optional.empty();
    return report.orElseThrow(
        () ->
            MalformedEvidenceException.of(
                "snp.format",
                ReasonCode.EVIDENCE_MALFORMED,
                SnpField.REPORT_BYTES + " bytes in canonical base64",
                token.length() + " characters",
                "trust protocol, section 3"));
  }

  /** The certificate that fits this report, else the first of its kind; with what is above it. */
  private Optional<EndorsementChain> endorsement(SnpReport report, List<byte[]> hints) {
    EndorsementKey kind = report.signingKey();
    List<byte[]> leaves = new ArrayList<>();
    (kind == EndorsementKey.VCEK
            ? collateral.items(SnpItems.VCEK, SnpItems.chip(report))
            : collateral.items(SnpItems.VLEK))
        .forEach(item -> leaves.add(item.bytes()));
    List<byte[]> above = new ArrayList<>();
    for (byte[] hint : hints) {
      (cache.isAuthority(hint) ? above : leaves).add(hint);
    }
    Optional<EndorsementCache.Leaf> chosen = Optional.empty();
    Optional<Check> spoiled = Optional.empty();
    for (byte[] der : leaves) {
      try {
        EndorsementCache.Leaf leaf = cache.leaf(der);
        if (leaf.certificate().key() == kind && fits(report, leaf.certificate())) {
          chosen = Optional.of(leaf);
          break;
        }
        chosen = chosen.or(() -> Optional.of(leaf));
      } catch (MalformedEvidenceException e) {
        spoiled = spoiled.or(() -> Optional.of(e.check()));
      }
    }
    if (chosen.isEmpty()) {
      trail.add(
          spoiled.orElseGet(
              () ->
                  Check.missing(
                      "snp.endorsement",
                      ReasonCode.ENDORSEMENT_MISSING,
                      "the " + kind + " certificate of this chip or cloud",
                      "none",
                      KDS)));
      return Optional.empty();
    }
    EndorsementCertificate leaf = chosen.get().certificate();
    trail.add(
        Check.of(
            "snp.endorsement",
            ReasonCode.ENDORSEMENT_INVALID,
            leaf.key() == kind,
            kind,
            leaf.key(),
            ABI + ".KEY_INFO"));
    return Optional.of(
        cache.chain(
            chosen.get(),
            collateral.items(SnpItems.CHAIN, SnpItems.issuer(leaf.key(), leaf.line())),
            above));
  }

  private static boolean fits(SnpReport report, EndorsementCertificate leaf) {
    return leaf.isForTcb(report) && (report.chipIdMasked() || leaf.isForChip(report));
  }

  private void validity(EndorsementChain chain) {
    trail.add(
        Check.of(
            "snp.validity",
            ReasonCode.CERT_NOT_VALID,
            chain.validity().isValid(at),
            chain.validity(),
            at,
            "RFC 5280 section 4.1.2.5"));
  }

  private Optional<RevocationList> revocation(EndorsementChain chain) {
    if (revocation == Revocation.NOT_CHECKED) {
      trail.revocationNotChecked("snp.revocation", LISTS);
      return Optional.empty();
    }
    if (chain.issuer().isEmpty() || chain.root().isEmpty()) {
      trail.add(Check.skipped("snp.revocation", "no chain to check", LISTS));
      return Optional.empty();
    }
    AnchoredRoot root = chain.root().get();
    RevocationLists lists = new RevocationLists(collateral, trail, times, LISTS);
    Optional<RevocationList> found =
        lists.find(
            "snp.crl",
            SnpItems.CRL,
            SnpItems.issuer(chain.leaf().key(), chain.leaf().line()),
            item -> cache.revocation(item, root));
    found.ifPresent(
        list -> {
          used.add(list.use());
          // Serial numbers of endorsement certificates are all zero and say nothing.
          lists.notNamed(
              "snp.revocation", list, chain.issuer().get(), chain.leaf().key().issuerRole());
        });
    return found;
  }

  private void product(SnpReport report, EndorsementCertificate leaf) {
    Optional<SnpReport.Cpuid> cpuid = report.cpuid();
    if (cpuid.isEmpty()) {
      trail.add(
          Check.skipped("snp.product", "version 2 names no CPU; the certificate says it", ABI));
      return;
    }
    Optional<ProductLine> line = cpuid.get().line();
    trail.add(
        Check.of(
            "snp.product",
            line.isPresent() ? ReasonCode.PRODUCT_MISMATCH : ReasonCode.PRODUCT_UNKNOWN,
            line.filter(leaf.line()::equals).isPresent(),
            leaf.line(),
            line.map(ProductLine::text).orElse(cpuid.get().toString()),
            ABI + ".CPUID_FAM_ID"));
  }

  private void match(SnpReport report, EndorsementCertificate leaf) {
    TcbVersion reported = report.tcb(SnpField.REPORTED_TCB, leaf.line());
    trail.add(
        Check.of(
            "snp.endorsement-tcb",
            ReasonCode.ENDORSEMENT_MISMATCH,
            leaf.isForTcb(report),
            leaf.tcb(),
            reported,
            KDS));
    if (leaf.chipId().isEmpty()) {
      trail.add(Check.skipped("snp.chip-id", "a VLEK is of a cloud, not of a chip", KDS));
    } else if (report.chipIdMasked()) {
      trail.add(Check.skipped("snp.chip-id", "the host masks CHIP_ID: policy decides", KDS));
    } else {
      trail.add(
          Check.of(
              "snp.chip-id",
              ReasonCode.ENDORSEMENT_MISMATCH,
              leaf.isForChip(report),
              leaf.chipId().get(),
              HexFormat.of().formatHex(report.bytes(SnpField.CHIP_ID)),
              KDS));
    }
  }

  private boolean signature(SnpReport report, EndorsementChain chain) {
    boolean good =
        Signatures.p384(report.signatureR(), report.signatureS())
            .filter(
                der ->
                    chain
                        .key()
                        .filter(
                            key ->
                                signatures.verify(
                                    SignatureScheme.ECDSA_SHA384, key, report.signed(), der))
                        .isPresent())
            .isPresent();
    trail.add(
        Check.of(
            "snp.signature",
            ReasonCode.SIGNATURE_INVALID,
            good,
            "ECDSA P-384 by the " + chain.leaf().key(),
            good ? "yes" : "no",
            ABI + ".SIGNATURE"));
    return good;
  }

  private void consistency(SnpReport report, ProductLine line) {
    TcbVersion reported = report.tcb(SnpField.REPORTED_TCB, line);
    TcbVersion current = report.tcb(SnpField.CURRENT_TCB, line);
    trail.add(
        Check.of(
            "snp.tcb",
            ReasonCode.TCB_INCONSISTENT,
            reported.isAtMost(current),
            "reported at most current: " + current,
            reported,
            ABI + ".REPORTED_TCB"));
  }
}
