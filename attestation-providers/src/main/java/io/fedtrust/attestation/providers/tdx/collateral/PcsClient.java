// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.collateral;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.fetch.BoundedHttp;
import io.fedtrust.attestation.providers.fetch.CollateralFetcher;
import io.fedtrust.attestation.providers.fetch.CollateralParsers;
import io.fedtrust.attestation.providers.fetch.FetchRequest;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.tdx.format.CertificationData;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.QeIdentity;
import io.fedtrust.attestation.providers.tdx.format.SignedAnswer;
import io.fedtrust.attestation.providers.tdx.format.TcbInfo;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import io.fedtrust.attestation.providers.tdx.format.TrailingBytes;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches Intel's documents about platforms, once each: TCB Info by FMSPC, the identity of the TD
 * quoting enclave, and revocation lists. From Intel's service, or from a caching service (PCCS) of
 * a cloud or of one's own. What was fetched is kept in memory and, if a folder is given, on disk.
 * Fetched items are not trusted; verifiers check them.
 */
public final class PcsClient {
  /** Intel's service. */
  public static final URI INTEL = URI.create("https://api.trustedservices.intel.com");

  /** The address of the root's revocation list; its name suggests a certificate. */
  public static final URI INTEL_ROOT_CRL =
      URI.create("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der");

  private static final int MAX_LIST_BYTES = 1 << 20;
  private static final int MAX_CHAIN_CHARACTERS = 64 << 10;
  private static final int SIGNING_CHAIN = 2;
  private static final Pattern HEX = Pattern.compile("([0-9a-fA-F]{2})+");

  private final PcsAddress address;
  private final UpdateChannel channel;
  private final CollateralFetcher fetcher;

  private PcsClient(Builder parts, FetchSettings settings) {
    Optional<URI> root = Optional.ofNullable(parts.rootRevocations);
    this.channel = parts.channel;
    this.address =
        new PcsAddress(
            settings.base(),
            channel,
            settings.base().equals(INTEL) ? root.or(() -> Optional.of(INTEL_ROOT_CRL)) : root);
    this.fetcher = new CollateralFetcher(settings);
  }

  /**
   * Starts a client.
   *
   * @return a builder for Intel's service, on line, without a folder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the items that a verifier needs for a quote. A stored item is not requested again until
   * it expires, or for a day. Never throws for what evidence contains.
   *
   * @param evidence a quote
   * @return the available items, and why others are missing
   */
  public FetchedCollateral fetch(Evidence evidence) {
    CollateralFetcher.Session session = fetcher.session();
    try {
      TdxQuote quote =
          TdxQuote.parse(
              Base64Text.decode(evidence.token()).orElseGet(() -> new byte[0]),
              TrailingBytes.IGNORED);
      PckCertificate pck = pck(quote, evidence);
      session.get(tcbInfo(pck.fmspc()));
      session.get(qeIdentity());
      session.get(
          list(TdxItems.PCK_CRL, pck.issuer().path(), address.pckRevocations(pck.issuer())));
      session.get(list(TdxItems.ROOT_CRL, TdxItems.ROOT, address.rootRevocations()));
    } catch (MalformedEvidenceException e) {
      session.failed(AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, "quote", e));
    }
    return session.fetched();
  }

  private static PckCertificate pck(TdxQuote quote, Evidence evidence)
      throws MalformedEvidenceException {
    if (quote.certificationData() instanceof CertificationData.PckChain chain) {
      return PckCertificate.parse(CertificatePem.read(chain.pem()).get(0));
    }
    if (quote.certificationData() instanceof CertificationData.PckLeaf leaf) {
      return PckCertificate.parse(CertificatePem.read(leaf.pem()).get(0));
    }
    List<byte[]> attachments = EvidenceAttachments.withEventLog(evidence).certificates();
    if (attachments.isEmpty()) {
      throw MalformedEvidenceException.of(
          "tdx.pck-chain",
          ReasonCode.ENDORSEMENT_MISSING,
          "a PCK certificate, in the quote or beside it",
          "certification data of type " + quote.certificationData().type(),
          "Intel TDX DCAP Quoting Library API, appendix A.3");
    }
    return PckCertificate.parse(attachments.get(0));
  }

  private FetchRequest tcbInfo(String fmspc) {
    String subject = TdxItems.platforms(fmspc, channel);
    URI uri = address.tcbInfo(fmspc);
    return document(
        TdxItems.TCB_INFO,
        TdxItems.TCB_INFO_ISSUER,
        subject,
        uri,
        TcbInfo.MAX_BYTES,
        List.of("TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"),
        body -> {
          TcbInfo info = TcbInfo.parse(SignedAnswer.tcbInfo(body).object());
          // An answer for another kind of platform must not be kept under this one's name.
          if (!info.fmspc().equals(fmspc)) {
            throw new UnreadableException("expected FMSPC " + fmspc + ", was " + info.fmspc());
          }
          return new Times(info.issueDate(), info.nextUpdate());
        });
  }

  private FetchRequest qeIdentity() {
    return document(
        TdxItems.QE_IDENTITY,
        TdxItems.QE_IDENTITY_ISSUER,
        TdxItems.enclave(channel),
        address.qeIdentity(),
        QeIdentity.MAX_BYTES,
        List.of("SGX-Enclave-Identity-Issuer-Chain"),
        body -> {
          QeIdentity identity = QeIdentity.parse(SignedAnswer.qeIdentity(body).object());
          return new Times(identity.issueDate(), identity.nextUpdate());
        });
  }

  /** The time of issue and the expiry of a document. */
  private record Times(Instant issued, Instant next) {}

  /** Reads a document's times. */
  @FunctionalInterface
  private interface Dated {
    Times read(byte[] body) throws IOException, MalformedEvidenceException;
  }

  private static FetchRequest document(
      String kind,
      String issuerKind,
      String subject,
      URI uri,
      int maxBytes,
      List<String> headers,
      Dated dated) {
    return new FetchRequest(
        List.of(
            new FetchRequest.ItemName(kind, subject),
            new FetchRequest.ItemName(issuerKind, subject)),
        uri,
        maxBytes,
        (answer, now) -> {
          Times times = dated.read(answer.body());
          return List.of(
              new CollateralEntry(
                  CollateralItem.of(kind, subject, answer.body()),
                  uri.toString(),
                  now,
                  Optional.of(times.issued()),
                  Optional.of(times.next())),
              CollateralParsers.permanent(issuerKind, subject, chain(answer, headers), uri, now));
        });
  }

  /** The header's value is percent-encoded PEM; a plus sign in it is base64, not a space. */
  private static byte[] chain(BoundedHttp.Response answer, List<String> names)
      throws IOException, MalformedEvidenceException {
    List<String> values = names.stream().flatMap(name -> answer.values(name).stream()).toList();
    if (values.size() != 1 || values.get(0).length() > MAX_CHAIN_CHARACTERS) {
      throw new UnreadableException(
          "expected one header " + names.get(0) + ", was " + values.size());
    }
    String pem;
    try {
      pem = URLDecoder.decode(values.get(0).replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new UnreadableException("expected percent-encoding in " + names.get(0), e);
    }
    return CertificatePem.write(
        CertificatePem.read(pem.getBytes(StandardCharsets.UTF_8), SIGNING_CHAIN));
  }

  private static FetchRequest list(String kind, String subject, URI uri) {
    return FetchRequest.one(
        kind,
        subject,
        uri,
        MAX_LIST_BYTES,
        (answer, now) ->
            List.of(CollateralParsers.revocationList(kind, subject, der(answer.body()), uri, now)));
  }

  /** Some caching services answer in hex. */
  private static byte[] der(byte[] body) {
    String text = new String(body, StandardCharsets.ISO_8859_1).strip();
    return HEX.matcher(text).matches() ? HexFormat.of().parseHex(text) : body;
  }

  /** Collects the options of a client. */
  public static final class Builder extends FetchSettings.Builder<Builder> {
    private UpdateChannel channel = UpdateChannel.STANDARD;
    private @Nullable URI rootRevocations;

    private Builder() {
      super(INTEL);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Sets which of Intel's TCB evaluations is requested; the verifier needs the same setting.
     *
     * @param choice {@link UpdateChannel#STANDARD} unless said otherwise
     * @return this builder
     */
    public Builder channel(UpdateChannel choice) {
      this.channel = Objects.requireNonNull(choice, "channel");
      return this;
    }

    /**
     * Sets the address of the root's revocation list.
     *
     * @param uri of Intel's own service {@link #INTEL_ROOT_CRL}, of others {@code
     *     /sgx/certification/v4/rootcacrl} unless said otherwise
     * @return this builder
     */
    public Builder rootRevocations(URI uri) {
      this.rootRevocations = Objects.requireNonNull(uri, "uri");
      return this;
    }

    /**
     * Builds the client.
     *
     * @return the client; keep one for all evidence
     */
    public PcsClient build() {
      return new PcsClient(this, settings());
    }
  }
}
