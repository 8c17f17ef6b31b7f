// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.collateral;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.ErrorCode;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpReport;
import io.fedtrust.attestation.providers.support.BackOff;
import io.fedtrust.attestation.providers.support.Base64Text;
import io.fedtrust.attestation.providers.support.BoundedHttp;
import io.fedtrust.attestation.providers.support.Certificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Fetches endorsements from AMD's key distribution service, once each. What was fetched is kept in
 * memory and, if a folder is given, on disk, under the chip and every part of the TCB. A service
 * that refuses or fails is left alone for a growing while. Nothing that is fetched is trusted:
 * verifiers prove it.
 */
public final class KdsClient {
  /** AMD's service. */
  public static final URI AMD = URI.create("https://kdsintf.amd.com");

  private static final int MAX_KEPT = 20_000;
  private static final int MAX_LIST_BYTES = 1 << 20;
  private static final int MAX_CHAIN_BYTES = 64 << 10;
  private static final int NOT_FOUND = 404;
  private static final int SUCCESS = 200;

  private final KdsAddress address;
  private final boolean offline;
  private final Duration listLife;
  private final Clock clock;
  private final BoundedHttp http;
  private final Optional<CollateralFolder> folder;
  private final Cache<String, CollateralEntry> kept =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).build();
  private final Map<String, Object> flights = new ConcurrentHashMap<>();
  private final BackOff backOff = new BackOff();

  private KdsClient(Builder parts) {
    this.address = new KdsAddress(parts.base);
    this.offline = parts.offline;
    this.listLife = parts.listLife;
    this.clock = parts.clock;
    this.http = new BoundedHttp(parts.timeout);
    this.folder = Optional.ofNullable(parts.folder);
    folder.stream()
        .flatMap(known -> known.entries().stream())
        .forEach(entry -> kept.put(name(entry.item().kind(), entry.item().subject()), entry));
  }

  /**
   * What was got, and what was not.
   *
   * @param collateral everything at hand for the evidence
   * @param failures why the rest is not
   */
  public record Fetched(Collateral collateral, List<AttestationException> failures) {
    /**
     * Copies the list.
     *
     * @param collateral everything at hand for the evidence
     * @param failures why the rest is not
     */
    public Fetched {
      failures = List.copyOf(failures);
    }
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
   * Gets what a verifier needs for a report: its VCEK, the chain and the revocation list. What is
   * at hand is not asked for again; a list is, once a day. Never throws for what evidence contains.
   *
   * @param evidence a report; a VLEK is not fetched, since only its cloud may
   * @return what is at hand, and why the rest is not
   */
  public Fetched fetch(Evidence evidence) {
    List<CollateralItem> items = new ArrayList<>();
    List<AttestationException> failures = new ArrayList<>();
    try {
      SnpReport report =
          SnpReport.parse(Base64Text.decode(evidence.token()).orElseGet(() -> new byte[0]));
      ProductLine line = vcek(report, items, failures);
      EndorsementKey key = report.signingKey();
      String issuer = SnpItems.issuer(key, line);
      get(SnpItems.CHAIN, issuer, report, address.chain(key, line), items, failures);
      get(SnpItems.CRL, issuer, report, address.revocations(key, line), items, failures);
    } catch (MalformedEvidenceException e) {
      failures.add(AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, "report", e));
    }
    Collateral collateral = Collateral.of(items);
    return new Fetched(
        folder.map(known -> collateral.withFloors(known.floors())).orElse(collateral), failures);
  }

  /** Gets the VCEK and returns the product line; version 2 does not name it, so lines are tried. */
  private ProductLine vcek(
      SnpReport report, List<CollateralItem> items, List<AttestationException> failures) {
    List<ProductLine> lines =
        report
            .cpuid()
            .flatMap(SnpReport.Cpuid::line)
            .map(List::of)
            .orElse(List.of(ProductLine.MILAN, ProductLine.GENOA));
    if (report.signingKey() == EndorsementKey.VLEK || report.chipIdMasked()) {
      return lines.get(0);
    }
    List<AttestationException> refused = new ArrayList<>();
    for (ProductLine line : lines) {
      if (get(
          SnpItems.VCEK,
          SnpItems.chip(report),
          report,
          address.vcek(report, line),
          items,
          refused)) {
        return endorsedLine(items).orElse(line);
      }
    }
    failures.addAll(refused);
    return lines.get(0);
  }

  private static Optional<ProductLine> endorsedLine(List<CollateralItem> items) {
    try {
      return Optional.of(EndorsementCertificate.parse(items.get(0).bytes()).line());
    } catch (MalformedEvidenceException e) {
      return Optional.empty();
    }
  }

  private boolean get(
      String kind,
      String subject,
      SnpReport report,
      URI uri,
      List<CollateralItem> items,
      List<AttestationException> failures) {
    String name = name(kind, subject);
    // One request for one thing, however many ask.
    synchronized (flights.computeIfAbsent(name, ignored -> new Object())) {
      try {
        CollateralEntry known = kept.getIfPresent(name);
        if (known == null || isStale(known)) {
          known = refreshed(kind, subject, report, uri, Optional.ofNullable(known));
        }
        items.add(known.item());
        return true;
      } catch (AttestationException e) {
        failures.add(e);
        return false;
      } finally {
        flights.remove(name);
      }
    }
  }

  private static String name(String kind, String subject) {
    return kind + "/" + subject;
  }

  private boolean isStale(CollateralEntry entry) {
    Instant now = clock.instant();
    return entry.nextUpdate().isPresent()
        && (entry.isExpired(now) || !now.isBefore(entry.fetchedAt().plus(listLife)));
  }

  private CollateralEntry refreshed(
      String kind, String subject, SnpReport report, URI uri, Optional<CollateralEntry> known) {
    try {
      CollateralEntry fresh = entry(kind, subject, report, uri, ask(uri, kind));
      kept.put(name(kind, subject), fresh);
      folder.ifPresent(place -> place.add(List.of(fresh)));
      return fresh;
    } catch (AttestationException e) {
      if (known.isPresent() && !known.get().isExpired(clock.instant())) {
        return known.get();
      }
      throw e;
    }
  }

  private byte[] ask(URI uri, String kind) {
    if (offline) {
      throw unavailable(uri, "an item at hand", "off line and none");
    }
    Instant now = clock.instant();
    Optional<Instant> rest = backOff.restingUntil(now);
    if (rest.isPresent()) {
      throw unavailable(uri, "no request before " + rest.get(), "a request at " + now);
    }
    try {
      BoundedHttp.Answer answer =
          http.get(uri, kind.equals(SnpItems.CRL) ? MAX_LIST_BYTES : MAX_CHAIN_BYTES);
      if (answer.status() == SUCCESS) {
        backOff.succeeded();
        return answer.body();
      }
      if (answer.status() != NOT_FOUND) {
        backOff.failed(clock.instant(), answer.retryAfter().orElse(Duration.ZERO));
      }
      throw unavailable(uri, "status 200", answer.status());
    } catch (IOException e) {
      backOff.failed(clock.instant(), Duration.ZERO);
      throw AttestationException.because(ErrorCode.COLLATERAL_UNAVAILABLE, uri.toString(), e);
    }
  }

  private CollateralEntry entry(
      String kind, String subject, SnpReport report, URI uri, byte[] bytes) {
    Instant now = clock.instant();
    CollateralItem item = CollateralItem.of(kind, subject, bytes);
    try {
      switch (kind) {
        case SnpItems.VCEK -> {
          requireFit(report, EndorsementCertificate.parse(bytes), uri);
          return new CollateralEntry(item, uri.toString(), now, Optional.empty(), Optional.empty());
        }
        case SnpItems.CHAIN -> {
          for (byte[] der : Certificates.parsePem(bytes)) {
            Certificates.parse(der);
          }
          return new CollateralEntry(item, uri.toString(), now, Optional.empty(), Optional.empty());
        }
        default -> {
          X509CRL list =
              (X509CRL)
                  CertificateFactory.getInstance("X.509")
                      .generateCRL(new ByteArrayInputStream(bytes));
          if (list.getNextUpdate() == null) {
            throw unavailable(uri, "a list with a next update", "one without");
          }
          return new CollateralEntry(
              item,
              uri.toString(),
              now,
              Optional.of(list.getThisUpdate().toInstant()),
              Optional.of(list.getNextUpdate().toInstant()));
        }
      }
    } catch (MalformedEvidenceException | GeneralSecurityException e) {
      throw AttestationException.because(ErrorCode.COLLATERAL_UNAVAILABLE, uri.toString(), e);
    }
  }

  /** An answer for another chip or TCB must not be kept under this one's name. */
  private static void requireFit(SnpReport report, EndorsementCertificate certificate, URI uri) {
    if (certificate.chipId().isEmpty()
        || !certificate.isForChip(report)
        || !certificate.isForTcb(report)) {
      throw unavailable(uri, "the certificate of this chip and TCB", "another");
    }
  }

  private static AttestationException unavailable(URI uri, Object expected, Object actual) {
    return new AttestationException(
        ErrorCode.COLLATERAL_UNAVAILABLE, uri.toString(), expected, actual);
  }

  /** Collects the options of a client. */
  public static final class Builder {
    private URI base = AMD;
    private boolean offline;
    private Duration listLife = Duration.ofDays(1);
    private Duration timeout = Duration.ofSeconds(30);
    private Clock clock = Clock.systemUTC();
    private @Nullable CollateralFolder folder;

    private Builder() {}

    /**
     * Asks another service, for example a mirror.
     *
     * @param uri http or https
     * @return this builder
     */
    public Builder base(URI uri) {
      String scheme = uri.getScheme();
      if (!"https".equals(scheme) && !"http".equals(scheme)) {
        throw new IllegalArgumentException("base: expected http or https, was " + scheme);
      }
      this.base = uri;
      return this;
    }

    /**
     * Never asks anybody.
     *
     * @param never true for what is at hand only
     * @return this builder
     */
    public Builder offline(boolean never) {
      this.offline = never;
      return this;
    }

    /**
     * Keeps what is fetched on disk, and starts from what is there.
     *
     * @param place a collateral folder
     * @return this builder
     */
    public Builder folder(CollateralFolder place) {
      this.folder = Objects.requireNonNull(place, "folder");
      return this;
    }

    /**
     * Says how long a revocation list is used before a newer one is asked for.
     *
     * @param life one day unless said otherwise; never longer than the list itself says
     * @return this builder
     */
    public Builder listLife(Duration life) {
      this.listLife = Objects.requireNonNull(life, "life");
      return this;
    }

    /**
     * Says how long one request may take as a whole.
     *
     * @param limit thirty seconds unless said otherwise
     * @return this builder
     */
    public Builder timeout(Duration limit) {
      this.timeout = Objects.requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Tells the time.
     *
     * @param source the system's clock unless said otherwise
     * @return this builder
     */
    public Builder clock(Clock source) {
      this.clock = Objects.requireNonNull(source, "clock");
      return this;
    }

    /**
     * Builds the client.
     *
     * @return the client; keep one for all evidence
     */
    public KdsClient build() {
      return new KdsClient(this);
    }
  }
}
