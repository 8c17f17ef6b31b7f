// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.collateral;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.fetch.CollateralFetcher;
import io.fedtrust.attestation.providers.fetch.CollateralParsers;
import io.fedtrust.attestation.providers.fetch.FetchRequest;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Fetches endorsements from AMD's key distribution service, once each. What was fetched is kept in
 * memory and, if a folder is given, on disk, under the chip and every part of the TCB. A service
 * that refuses or fails is left alone for a growing while. Nothing that is fetched is trusted:
 * verifiers prove it.
 */
public final class KdsClient {
  /** AMD's service. */
  public static final URI AMD = URI.create("https://kdsintf.amd.com");

  private static final int CHAIN_LENGTH = 2;
  private static final int MAX_LIST_BYTES = 1 << 20;
  private static final int MAX_CHAIN_BYTES = 64 << 10;

  private final KdsAddress address;
  private final CollateralFetcher fetcher;

  private KdsClient(FetchSettings settings) {
    this.address = new KdsAddress(settings.base());
    this.fetcher = new CollateralFetcher(settings);
  }

  /**
   * Starts a client.
   *
   * @return a builder for AMD's service, on line, without a folder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the items that a verifier needs for a report: its VCEK, the chain and the revocation
   * list. A stored item is not requested again, except a list, once a day. Never throws because of
   * the content of evidence.
   *
   * @param evidence a report; a VLEK is not fetched, since only its cloud may
   * @return the available items, and why others are missing
   */
  public FetchedCollateral fetch(Evidence evidence) {
    CollateralFetcher.Session session = fetcher.session();
    try {
      SnpReport report =
          SnpReport.parse(Base64Text.decode(evidence.token()).orElseGet(() -> new byte[0]));
      EndorsementKey key = report.signingKey();
      for (ProductLine line : lines(report, session)) {
        String issuer = SnpItems.issuer(key, line);
        session.get(chain(issuer, address.chain(key, line)));
        session.get(list(issuer, address.revocations(key, line)));
      }
    } catch (MalformedEvidenceException e) {
      session.failed(AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, "report", e));
    }
    return session.fetched();
  }

  /**
   * Fetches the VCEK, and returns the product lines that the report may be of. The service of
   * another product receives no request: version 2 names no CPU, so the two lines that wrote it are
   * tried.
   */
  private List<ProductLine> lines(SnpReport report, CollateralFetcher.Session session) {
    Optional<SnpReport.Cpuid> cpuid = report.cpuid();
    List<ProductLine> lines =
        cpuid.isPresent()
            ? cpuid.get().line().map(List::of).orElse(List.of())
            : List.of(ProductLine.MILAN, ProductLine.GENOA);
    if (lines.isEmpty()) {
      session.failed(
          new AttestationException(
              ErrorCode.EVIDENCE_UNREADABLE,
              "report",
              "a CPU of " + List.of(ProductLine.values()),
              cpuid.map(SnpReport.Cpuid::toString).orElse("none")));
    }
    if (report.signingKey() == EndorsementKey.VLEK || report.isChipIdMasked()) {
      return lines;
    }
    for (ProductLine line : lines) {
      Optional<List<CollateralItem>> got = session.get(vcek(report, address.vcek(report, line)));
      if (got.isPresent()) {
        session.clearFailures();
        return List.of(endorsedLine(got.get().get(0)).orElse(line));
      }
    }
    return cpuid.isPresent() ? lines : List.of();
  }

  private static Optional<ProductLine> endorsedLine(CollateralItem item) {
    try {
      return Optional.of(EndorsementCertificate.parse(item.bytes()).line());
    } catch (MalformedEvidenceException e) {
      return Optional.empty();
    }
  }

  private static FetchRequest vcek(SnpReport report, URI uri) {
    String subject = SnpItems.chip(report);
    return FetchRequest.one(
        SnpItems.VCEK,
        subject,
        uri,
        MAX_CHAIN_BYTES,
        (answer, now) -> {
          requireFit(report, EndorsementCertificate.parse(answer.body()));
          return List.of(
              CollateralParsers.permanent(SnpItems.VCEK, subject, answer.body(), uri, now));
        });
  }

  /** An answer for another chip or TCB must not be kept under this one's name. */
  private static void requireFit(SnpReport report, EndorsementCertificate certificate)
      throws IOException {
    if (certificate.chipId().isEmpty()
        || !certificate.isForChip(report)
        || !certificate.isForTcb(report)) {
      throw new UnreadableException("expected the certificate of this chip and TCB, was another");
    }
  }

  private static FetchRequest chain(String issuer, URI uri) {
    return FetchRequest.one(
        SnpItems.CHAIN,
        issuer,
        uri,
        MAX_CHAIN_BYTES,
        (answer, now) -> {
          List<byte[]> certificates = CertificatePem.read(answer.body(), CHAIN_LENGTH);
          for (byte[] der : certificates) {
            Certificates.parse(der);
          }
          // The service writes Turin's lines with CR LF.
          byte[] pem = CertificatePem.write(certificates);
          return List.of(CollateralParsers.permanent(SnpItems.CHAIN, issuer, pem, uri, now));
        });
  }

  private static FetchRequest list(String issuer, URI uri) {
    return FetchRequest.one(
        SnpItems.CRL,
        issuer,
        uri,
        MAX_LIST_BYTES,
        (answer, now) ->
            List.of(
                CollateralParsers.revocationList(SnpItems.CRL, issuer, answer.body(), uri, now)));
  }

  /** Collects the options of a client. */
  public static final class Builder extends FetchSettings.Builder<Builder> {
    private Builder() {
      super(AMD);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Builds the client.
     *
     * @return the client; keep one for all evidence
     */
    public KdsClient build() {
      return new KdsClient(settings());
    }
  }
}
