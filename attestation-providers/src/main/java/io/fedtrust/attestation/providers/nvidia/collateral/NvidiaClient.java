// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.collateral;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import io.fedtrust.attestation.providers.fetch.BoundedHttp;
import io.fedtrust.attestation.providers.fetch.CollateralFetcher;
import io.fedtrust.attestation.providers.fetch.FetchRequest;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.SignedManifest;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.nvidia.pki.Ocsp;
import io.fedtrust.attestation.providers.nvidia.pki.OcspStatus;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Fetches NVIDIA's statements about devices, once each: manifests by their id, and the status of
 * certificates of devices and of those who sign manifests. What was fetched is kept in memory and,
 * if a folder is given, on disk. Nothing that is fetched is trusted: verifiers prove it.
 */
public final class NvidiaClient {
  /** NVIDIA's service of manifests. */
  public static final URI NVIDIA = URI.create("https://rim.attestation.nvidia.com");

  /** NVIDIA's OCSP responder. */
  public static final URI NVIDIA_OCSP = URI.create("https://ocsp.ndis.nvidia.com/");

  private static final int NONCE_BYTES = 32;
  private static final int MAX_ANSWER_BYTES = 2 * SignedManifest.MAX_BYTES;
  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "nvidia.manifest", ReasonCode.COLLATERAL_UNAVAILABLE, "NVIDIA RIM service, version 1");

  private final String manifests;
  private final URI responder;
  private final Ocsp.IdDigest digest;
  private final Optional<Supplier<String>> key;
  private final SecureRandom random;
  private final CollateralFetcher fetcher;

  private NvidiaClient(Builder parts, FetchSettings settings) {
    this.manifests = settings.base().toString().replaceFirst("/+$", "") + "/v1/rim/";
    this.responder = parts.responder;
    this.digest = parts.sha384 ? Ocsp.IdDigest.SHA384 : Ocsp.IdDigest.SHA1;
    this.key = parts.key;
    this.random = parts.random;
    this.fetcher = new CollateralFetcher(settings);
  }

  /**
   * Starts a client.
   *
   * @return a builder for NVIDIA's services, on line, without a folder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the items that a verifier needs for devices. A stored item is not requested again until
   * it expires, or for a day. Never throws for what evidence contains.
   *
   * @param evidence of the form {@code nv-evidence}
   * @return the available items, and why others are missing
   */
  public FetchedCollateral fetch(Evidence evidence) {
    CollateralFetcher.Session session = fetcher.session();
    try {
      List<String> asked = new ArrayList<>();
      for (GpuEvidence.Device device : GpuEvidence.parse(evidence.token()).devices()) {
        SpdmReport report = SpdmReport.parse(device.report().bytes());
        statuses(session, certificates(device.certificates()), 1, asked);
        for (ManifestId id : ManifestId.of(device.architecture(), report)) {
          if (!asked.contains(id.id())) {
            asked.add(id.id());
            manifest(session, id, asked);
          }
        }
      }
    } catch (MalformedEvidenceException e) {
      session.failed(AttestationException.because(ErrorCode.EVIDENCE_UNREADABLE, "devices", e));
    }
    return session.fetched();
  }

  private static List<X509Certificate> certificates(List<byte[]> ders)
      throws MalformedEvidenceException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : ders) {
      certificates.add(Certificates.parse(der));
    }
    return certificates;
  }

  private void manifest(CollateralFetcher.Session session, ManifestId id, List<String> asked)
      throws MalformedEvidenceException {
    Optional<List<CollateralItem>> got = session.get(manifest(id));
    if (got.isPresent()) {
      SignedManifest manifest = SignedManifest.parse(got.get().get(0).bytes());
      statuses(session, certificates(manifest.certificates()), 0, asked);
    }
  }

  /** Requests the status of all certificates from one on, except the root. */
  private void statuses(
      CollateralFetcher.Session session, List<X509Certificate> path, int from, List<String> asked)
      throws MalformedEvidenceException {
    for (int i = from; i + 1 < path.size(); i++) {
      String subject = sha256(path.get(i));
      if (!asked.contains(subject)) {
        asked.add(subject);
        session.get(status(path.get(i), path.get(i + 1), subject));
      }
    }
  }

  private static String sha256(X509Certificate certificate) throws MalformedEvidenceException {
    try {
      return Digests.sha256(certificate.getEncoded());
    } catch (java.security.cert.CertificateEncodingException e) {
      throw KIND.refused("a certificate", "another structure");
    }
  }

  private Map<String, String> headers() {
    return key.map(one -> Map.of("Authorization", "Bearer " + one.get())).orElse(Map.of());
  }

  private FetchRequest manifest(ManifestId id) {
    URI uri = URI.create(manifests + id.id());
    return FetchRequest.one(
            NvidiaItems.MANIFEST,
            id.id(),
            uri,
            MAX_ANSWER_BYTES,
            (answer, now) -> List.of(entry(xml(answer, id), id, uri, now)))
        .withHeaders(headers());
  }

  /** A manifest ends with its signers: NVIDIA signs it anew before. */
  private static CollateralEntry entry(byte[] xml, ManifestId id, URI uri, Instant now)
      throws MalformedEvidenceException {
    List<X509Certificate> signers = certificates(SignedManifest.parse(xml).certificates());
    if (signers.isEmpty()) {
      throw KIND.refused("a manifest with certificates", "none");
    }
    Validity validity = Validity.of(signers);
    return new CollateralEntry(
        CollateralItem.of(NvidiaItems.MANIFEST, id.id(), xml),
        uri.toString(),
        now,
        Optional.of(validity.begin()),
        Optional.of(validity.end()));
  }

  private static byte[] xml(BoundedHttp.Response answer, ManifestId id)
      throws IOException, MalformedEvidenceException {
    JsonObject json = JsonObject.read(KIND, answer.body(), MAX_ANSWER_BYTES);
    if (!json.text("id").equals(id.id())) {
      throw new UnreadableException("expected " + id + ", was " + json.text("id"));
    }
    byte[] xml =
        Base64Text.decode(json.text("rim"))
            .orElseThrow(() -> new UnreadableException("expected canonical base64, was another"));
    Optional<String> stated = json.findText("sha256");
    if (stated.isPresent() && !stated.get().equalsIgnoreCase(Digests.sha256(xml))) {
      throw new UnreadableException(
          "expected sha256 " + stated.get() + ", was " + Digests.sha256(xml));
    }
    return xml;
  }

  /** A live answer must be to this very question. */
  private FetchRequest status(X509Certificate certificate, X509Certificate issuer, String subject) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return FetchRequest.one(
            NvidiaItems.OCSP,
            subject,
            responder,
            Ocsp.MAX_BYTES,
            (answer, now) ->
                List.of(entry(answer.body(), certificate, issuer, subject, nonce, now)))
        .withBody("application/ocsp-request", Ocsp.request(certificate, issuer, digest, nonce))
        .withHeaders(headers());
  }

  private CollateralEntry entry(
      byte[] der,
      X509Certificate certificate,
      X509Certificate issuer,
      String subject,
      byte[] nonce,
      Instant now)
      throws IOException, MalformedEvidenceException {
    Ocsp.Answer answer = Ocsp.read(der, certificate, issuer, SignatureScheme.ECDSA_SHA384);
    if (answer.nonce().filter(echoed -> Arrays.equals(echoed, nonce)).isEmpty()) {
      throw new UnreadableException("expected the nonce of the question, was another or none");
    }
    return new CollateralEntry(
        CollateralItem.of(NvidiaItems.OCSP, subject, der),
        responder.toString(),
        now,
        Optional.of(answer.thisUpdate()),
        Optional.of(answer.nextUpdate().orElse(answer.thisUpdate().plus(OcspStatus.LIFE))));
  }

  /** Collects the options of a client. */
  public static final class Builder extends FetchSettings.Builder<Builder> {
    private URI responder = NVIDIA_OCSP;
    private boolean sha384;
    private Optional<Supplier<String>> key = Optional.empty();
    private SecureRandom random = new SecureRandom();

    private Builder() {
      super(NVIDIA);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Uses another OCSP responder, for example a proxy.
     *
     * @param uri http or https
     * @return this builder
     */
    public Builder responder(URI uri) {
      this.responder = Objects.requireNonNull(uri, "uri");
      return this;
    }

    /**
     * Identifies issuers by SHA-384 in requests, like NVIDIA's first verifier.
     *
     * @param chosen false unless said otherwise: SHA-1, as responders have it
     * @return this builder
     */
    public Builder sha384Ids(boolean chosen) {
      this.sha384 = chosen;
      return this;
    }

    /**
     * Shows a key to both services.
     *
     * @param supplier returns the project's key, for each request
     * @return this builder
     */
    public Builder serviceKey(Supplier<String> supplier) {
      this.key = Optional.of(supplier);
      return this;
    }

    /**
     * Makes the nonces of questions.
     *
     * @param source a strong one unless said otherwise
     * @return this builder
     */
    public Builder random(SecureRandom source) {
      this.random = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Builds the client.
     *
     * @return the client; keep one for all evidence
     */
    public NvidiaClient build() {
      return new NvidiaClient(this, settings());
    }
  }
}
