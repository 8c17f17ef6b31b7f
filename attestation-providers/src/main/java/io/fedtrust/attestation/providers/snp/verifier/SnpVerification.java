// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.CollateralTimes;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.pki.RevocationList;
import io.fedtrust.attestation.providers.pki.RevocationLists;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.snp.format.TcbVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One verification of one report, step by step (AMD 56860; AMD 57230). */
final class SnpVerification {
  private static final String ABI = "AMD 56860, ATTESTATION_REPORT";
  private static final String KDS = "AMD 57230, section 3.1";
  private static final int TOKEN_CHARACTERS = (SnpField.REPORT_BYTES + 2) / 3 * 4;

  private static final String LEFT_ASIDE = "snp.left-aside";
  private static final String LISTS = "AMD 57230, section 4";

  private final Evidence evidence;
  private final Collateral collateral;
  private final Instant at;
  private final Revocation revocation;
  private final Signatures signatures;
  private final EndorsementCache cache;
  private final CheckRecorder recorder = new CheckRecorder();
  private final CollateralTimes times;
  private final List<CollateralUse> used = new ArrayList<>(1);
  private UnaryOperator<Check> weigh = CheckRecorder::unproven;

  SnpVerification(
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
    this.times = new CollateralTimes(recorder, collateral.floors(), at);
  }

  EvidenceVerification run() {
    SnpReport report;
    try {
      report = SnpReport.parse(token());
      recorder.add(Check.passed("snp.format", "versions 2 to 5", report.version(), ABI));
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(used);
    }
    Optional<Endorsement> found =
        endorsement(report, EvidenceAttachments.certificates(evidence, recorder));
    times.clock("snp.clock");
    if (found.isEmpty()) {
      report.cpuid().filter(cpuid -> cpuid.line().isEmpty()).ifPresent(this::unknown);
      return recorder
          .add(Check.skipped("snp.signature", "no endorsement certificate to verify with", ABI))
          .conclude(used);
    }
    Endorsement endorsement = found.get();
    EndorsementChain chain = endorsement.chain();
    weigh = endorsement.usable() ? UnaryOperator.identity() : CheckRecorder::unproven;
    chain.checks().forEach(this::weighed);
    validity(chain);
    Optional<RevocationList> list = revocation(endorsement);
    product(report, chain.leaf());
    match(report, chain.leaf());
    signature(endorsement);
    consistency(report, chain.leaf().line());
    chain.root().ifPresent(root -> root.notes().forEach(recorder::note));
    Optional<Claims> claims =
        endorsement.usable() && endorsement.signed()
            ? Optional.of(SnpClaims.of(report, chain.leaf().line(), chain.leaf().cloudId()))
            : Optional.empty();
    Expiry ends = Expiry.of(chain.validity().end());
    return recorder.conclude(
        claims, used, list.map(crl -> ends.and(crl.use().validUntil())).orElse(ends));
  }

  private void weighed(Check check) {
    recorder.add(weigh.apply(check));
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
                "docs/protocol/bindings.md#token-bytes"));
  }

  /**
   * A certificate of the right kind and what is above it.
   *
   * @param chain whether proven or not
   * @param fits whether it names this chip and TCB
   * @param usable whether it is proven, valid and fits: only then it may speak against a report
   * @param signed whether it signed the report; not checked for a certificate that does not match
   */
  private record Endorsement(EndorsementChain chain, boolean fits, boolean usable, boolean signed) {
    private static final int SIGNED = 3;

    private int rank() {
      if (usable) {
        return signed ? SIGNED : SIGNED - 1;
      }
      return fits ? 1 : 0;
    }

    /** The reason why it is wrong, unless something is only missing. */
    private Optional<String> problem() {
      return fits
          ? chain.checks().stream()
              .filter(check -> check.outcome() == Check.Outcome.FAILED)
              .map(check -> "one that is not proven: " + check.name())
              .findFirst()
              .or(
                  () ->
                      usable || !chain.proven()
                          ? Optional.empty()
                          : Optional.of("one outside its validity, or perhaps of another chip"))
          : Optional.of("one of another chip or TCB");
    }
  }

  /**
   * The certificate that is proven, fits this report and signed it; otherwise the best there is.
   * Others come from services, hosts and senders, so an unusable one is named and hides nothing.
   */
  private Optional<Endorsement> endorsement(SnpReport report, List<byte[]> attachments) {
    EndorsementKey kind = report.signingKey();
    List<byte[]> leaves = new ArrayList<>();
    (kind == EndorsementKey.VCEK
            ? collateral.items(SnpItems.VCEK, SnpItems.chip(report))
            : collateral.items(SnpItems.VLEK))
        .forEach(item -> leaves.add(item.bytes()));
    List<byte[]> above = new ArrayList<>();
    for (byte[] hint : attachments) {
      (cache.isAuthority(hint) ? above : leaves).add(hint);
    }
    Optional<Endorsement> best = Optional.empty();
    for (EndorsementCache.Leaf leaf : readable(leaves, kind)) {
      Optional<Endorsement> next = Optional.of(endorsement(leaf, report, above));
      if (best.isEmpty() || next.get().rank() > best.get().rank()) {
        best = next;
      }
      if (best.get().rank() == Endorsement.SIGNED) {
        break;
      }
    }
    Optional<String> problem = best.isPresent() ? best.get().problem() : Optional.of("none");
    recorder.add(
        problem
            .map(
                why ->
                    Check.missing(
                        "snp.endorsement",
                        ReasonCode.ENDORSEMENT_MISSING,
                        "the " + kind + " certificate of this chip or cloud",
                        why,
                        KDS))
            .orElseGet(() -> Check.passed("snp.endorsement", kind, kind, ABI + ".KEY_INFO")));
    return best;
  }

  private List<EndorsementCache.Leaf> readable(List<byte[]> leaves, EndorsementKey kind) {
    List<EndorsementCache.Leaf> readable = new ArrayList<>();
    for (byte[] der : leaves) {
      try {
        EndorsementCache.Leaf leaf = cache.leaf(der);
        if (leaf.certificate().key() == kind) {
          readable.add(leaf);
        } else {
          recorder.add(
              Check.skipped(
                  LEFT_ASIDE, "a certificate of another kind: " + leaf.certificate().key(), KDS));
        }
      } catch (MalformedEvidenceException e) {
        recorder.leftAside(LEFT_ASIDE, "a certificate", e);
      }
    }
    return readable;
  }

  private Endorsement endorsement(
      EndorsementCache.Leaf leaf, SnpReport report, List<byte[]> above) {
    EndorsementCertificate certificate = leaf.certificate();
    EndorsementChain chain =
        cache.chain(
            leaf,
            collateral.items(
                SnpItems.CHAIN, SnpItems.issuer(certificate.key(), certificate.line())),
            above);
    boolean fits = fits(report, certificate);
    boolean signed = fits && hasSigned(chain, report);
    // Where the host masks CHIP_ID, only its signature shows that a VCEK is of this chip.
    boolean named = certificate.chipId().isEmpty() || !report.isChipIdMasked();
    return new Endorsement(
        chain,
        fits,
        fits && chain.proven() && chain.validity().isValid(at) && (named || signed),
        signed);
  }

  private static boolean fits(SnpReport report, EndorsementCertificate leaf) {
    return leaf.isForTcb(report) && (report.isChipIdMasked() || leaf.isForChip(report));
  }

  private void validity(EndorsementChain chain) {
    weighed(
        Check.of(
            "snp.validity",
            ReasonCode.CERT_NOT_VALID,
            chain.validity().isValid(at),
            chain.validity(),
            at,
            "RFC 5280 section 4.1.2.5"));
  }

  private Optional<RevocationList> revocation(Endorsement endorsement) {
    EndorsementChain chain = endorsement.chain();
    if (revocation == Revocation.NOT_CHECKED) {
      recorder.revocationNotChecked("snp.revocation", LISTS);
      return Optional.empty();
    }
    if (!endorsement.usable() || chain.issuer().isEmpty() || chain.root().isEmpty()) {
      recorder.add(Check.skipped("snp.revocation", "no proven chain to check", LISTS));
      return Optional.empty();
    }
    AnchoredRoot root = chain.root().get();
    RevocationLists lists = new RevocationLists(collateral, recorder, times, LISTS);
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

  private void unknown(SnpReport.Cpuid cpuid) {
    recorder.add(
        Check.failed(
            "snp.product",
            ReasonCode.PRODUCT_UNKNOWN,
            "one of " + List.of(ProductLine.values()),
            cpuid,
            ABI + ".CPUID_FAM_ID"));
  }

  private void product(SnpReport report, EndorsementCertificate leaf) {
    Optional<SnpReport.Cpuid> cpuid = report.cpuid();
    if (cpuid.isEmpty()) {
      recorder.add(
          Check.skipped("snp.product", "version 2 names no CPU; the certificate says it", ABI));
      return;
    }
    Optional<ProductLine> line = cpuid.get().line();
    if (line.isEmpty()) {
      unknown(cpuid.get());
      return;
    }
    weighed(
        Check.of(
            "snp.product",
            ReasonCode.PRODUCT_MISMATCH,
            line.get() == leaf.line(),
            leaf.line(),
            line.get(),
            ABI + ".CPUID_FAM_ID"));
  }

  private void match(SnpReport report, EndorsementCertificate leaf) {
    TcbVersion reported = report.tcb(SnpField.REPORTED_TCB, leaf.line());
    weighed(
        Check.of(
            "snp.endorsement-tcb",
            ReasonCode.ENDORSEMENT_MISMATCH,
            leaf.isForTcb(report),
            leaf.tcb(),
            reported,
            KDS));
    if (leaf.chipId().isEmpty()) {
      recorder.add(Check.skipped("snp.chip-id", "a VLEK is of a cloud, not of a chip", KDS));
    } else if (report.isChipIdMasked()) {
      recorder.add(Check.skipped("snp.chip-id", "the host masks CHIP_ID: policy decides", KDS));
    } else {
      weighed(
          Check.of(
              "snp.chip-id",
              ReasonCode.ENDORSEMENT_MISMATCH,
              leaf.isForChip(report),
              leaf.chipId().get(),
              HexFormat.of().formatHex(report.bytes(SnpField.CHIP_ID)),
              KDS));
    }
  }

  private boolean hasSigned(EndorsementChain chain, SnpReport report) {
    return Signatures.p384(report.signatureR(), report.signatureS())
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
  }

  private void signature(Endorsement endorsement) {
    if (!endorsement.fits()) {
      recorder.add(
          Check.skipped("snp.signature", "no certificate of this chip or cloud and TCB", ABI));
      return;
    }
    weighed(
        Check.of(
            "snp.signature",
            ReasonCode.SIGNATURE_INVALID,
            endorsement.signed(),
            "ECDSA P-384 by the " + endorsement.chain().leaf().key(),
            endorsement.signed() ? "yes" : "not signed by it",
            ABI + ".SIGNATURE"));
  }

  private void consistency(SnpReport report, ProductLine line) {
    TcbVersion reported = report.tcb(SnpField.REPORTED_TCB, line);
    TcbVersion current = report.tcb(SnpField.CURRENT_TCB, line);
    weighed(
        Check.of(
            "snp.tcb",
            ReasonCode.TCB_INCONSISTENT,
            reported.isAtMost(current),
            "reported at most current: " + current,
            reported,
            ABI + ".REPORTED_TCB"));
  }
}
