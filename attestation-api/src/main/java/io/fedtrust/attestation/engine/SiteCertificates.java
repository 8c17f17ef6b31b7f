// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteCertificate;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Holds certificates of sites against the project's roots (docs/protocol/README.md#keys-and-names).
 */
final class SiteCertificates {
  private static final String CHECK = "exchange.certificate";
  private static final String SOURCE = "docs/protocol/README.md#keys-and-names; RFC 5280 section 6";

  /** Users have certificates of the same root, and are no sites. */
  private static final Set<String> ROLES = Set.of("server", "client");

  private static final int MAX_REMEMBERED = 10_000;

  private final Supplier<Set<X509Certificate>> projectRoots;
  private final Map<Bytes, Bytes> roots = new ConcurrentHashMap<>();
  private final Map<List<Bytes>, Chain> proven = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Has proven nothing yet.
   *
   * @param projectRoots several while a root is replaced; what leads to one that has left counts no
   *     longer
   */
  SiteCertificates(Supplier<Set<X509Certificate>> projectRoots) {
    this.projectRoots = projectRoots;
  }

  /** A site whose certificates lead to a root of the project, and its key. */
  record Proven(SiteCertificate site, PublicKey key) {}

  /** Certificates that led to a root once; only their validity changes with time. */
  private record Chain(Proven proven, X509Certificate root, Instant notBefore, Instant notAfter) {
    boolean isValid(Instant at) {
      return !at.isBefore(notBefore) && !at.isAfter(notAfter);
    }
  }

  Proven validate(List<Bytes> chain, Instant at) throws MalformedEvidenceException {
    Set<X509Certificate> now = projectRoots.get();
    Optional<Chain> remembered =
        remembered(chain).filter(known -> known.isValid(at) && now.contains(known.root()));
    if (remembered.isPresent()) {
      return remembered.get().proven();
    }
    Chain fresh = prove(chain, now, at);
    remember(List.copyOf(chain), fresh);
    return fresh.proven();
  }

  private synchronized Optional<Chain> remembered(List<Bytes> chain) {
    return Optional.ofNullable(proven.get(chain));
  }

  private synchronized void remember(List<Bytes> chain, Chain fresh) {
    proven.put(chain, fresh);
    if (proven.size() > MAX_REMEMBERED) {
      proven.remove(proven.keySet().iterator().next());
    }
  }

  private Chain prove(List<Bytes> chain, Set<X509Certificate> now, Instant at)
      throws MalformedEvidenceException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Bytes der : chain) {
      certificates.add(parse(der.bytes()));
    }
    if (certificates.isEmpty()) {
      throw malformed("a certificate", "none");
    }
    X509Certificate leaf = certificates.get(0);
    X509Certificate root = root(certificates, now, at);
    if (leaf.getBasicConstraints() >= 0) {
      throw malformed("an end-entity certificate", "a CA");
    }
    requireNoJob(certificates);
    SiteCertificate site = sharing(SiteCertificate.of(leaf, root));
    if (!ROLES.contains(site.role())) {
      throw malformed("the certificate of a server or a client", "that of a " + site.role());
    }
    certificates.add(root);
    Instant from = latest(certificates);
    Instant until = earliest(certificates);
    Chain result = new Chain(new Proven(site, leaf.getPublicKey()), root, from, until);
    if (!result.isValid(at)) {
      throw malformed("certificates that are valid at " + at, "some valid until " + until);
    }
    return result;
  }

  /** A job's certificate and whatever a job CA issued lead to the root too, and name no site. */
  private static void requireNoJob(List<X509Certificate> certificates)
      throws MalformedEvidenceException {
    try {
      NvflareUris.requireParticipant(certificates.toArray(X509Certificate[]::new));
    } catch (CertificateException e) {
      throw malformed("the certificate of a site", String.valueOf(e.getMessage()));
    }
  }

  /** All sites under a root have its bytes in common. */
  private SiteCertificate sharing(SiteCertificate site) {
    return new SiteCertificate(
        site.name(),
        site.role(),
        site.publicKey(),
        roots.computeIfAbsent(site.root(), root -> root),
        site.expiresAt(),
        site.serialNumber());
  }

  private static Instant latest(List<X509Certificate> certificates) {
    return certificates.stream()
        .map(certificate -> certificate.getNotBefore().toInstant())
        .max(Instant::compareTo)
        .orElseThrow();
  }

  private static Instant earliest(List<X509Certificate> certificates) {
    return certificates.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  private static X509Certificate root(
      List<X509Certificate> certificates, Set<X509Certificate> now, Instant at)
      throws MalformedEvidenceException {
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              now.stream()
                  .map(root -> new TrustAnchor(root, null))
                  .collect(Collectors.toUnmodifiableSet()));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      PKIXCertPathValidatorResult result =
          (PKIXCertPathValidatorResult)
              CertPathValidator.getInstance("PKIX")
                  .validate(
                      CertificateFactory.getInstance("X.509").generateCertPath(certificates),
                      parameters);
      return result.getTrustAnchor().getTrustedCert();
    } catch (GeneralSecurityException e) {
      throw malformed("a chain to the project's root", "certificates that form none");
    }
  }

  /** One certificate in its one spelling (docs/protocol/README.md#one-spelling). */
  private static X509Certificate parse(byte[] der) throws MalformedEvidenceException {
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (Arrays.equals(CertificateEncoding.of(certificate), der)) {
        return certificate;
      }
    } catch (CertificateException e) {
      throw malformed("a certificate in DER", "bytes that are none");
    }
    throw malformed("one certificate in DER", "another spelling");
  }

  private static MalformedEvidenceException malformed(Object expected, Object was) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.SITE_CERTIFICATE_INVALID, expected, was, SOURCE);
  }
}
