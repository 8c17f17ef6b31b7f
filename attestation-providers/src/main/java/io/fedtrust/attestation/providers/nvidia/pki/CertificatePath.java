// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.pki;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.pki.DerCertificate;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Certificates of which each is issued by the next, up to a root that is trusted; what is known of
 * them whatever the time is. Steps are spelled out rather than left to a general path builder.
 *
 * @param certificates end entity first, root last
 * @param fingerprints SHA-256 of each, hex
 * @param root the last one, if it is trusted
 * @param checks end entity, signatures, anchor
 * @param proven whether every one of them passed
 * @param validity of all
 */
public record CertificatePath(
    List<DerCertificate> certificates,
    List<String> fingerprints,
    Optional<AnchoredRoot> root,
    List<Check> checks,
    boolean proven,
    Validity validity) {
  private static final String SOURCE = "RFC 5280 section 6.1";

  /**
   * Proves a path.
   *
   * @param name of the checks
   * @param ders end entity first
   * @param length how many there must be
   * @param anchors trusted roots
   * @param issuance how all of them are signed
   * @throws MalformedEvidenceException if they are not so many certificates
   */
  public static CertificatePath prove(
      String name,
      List<byte[]> ders,
      int length,
      List<TrustAnchor> anchors,
      IssuanceChecks issuance)
      throws MalformedEvidenceException {
    if (ders.size() != length) {
      throw MalformedEvidenceException.of(
          name, ReasonCode.CHAIN_INVALID, length + " certificates", ders.size(), SOURCE);
    }
    List<DerCertificate> certificates = new ArrayList<>(length);
    for (byte[] der : ders) {
      certificates.add(DerCertificate.parse(der));
    }
    List<Check> checks = new ArrayList<>();
    X509Certificate first = certificates.get(0).certificate();
    checks.add(
        Check.of(
            name + "-end",
            ReasonCode.CHAIN_INVALID,
            isEndEntity(first),
            "an end entity for signatures first",
            isEndEntity(first) ? "yes" : "a CA, or a certificate without digitalSignature",
            SOURCE));
    Optional<String> broken = broken(certificates, issuance);
    checks.add(
        Check.of(
            name,
            ReasonCode.CHAIN_INVALID,
            broken.isEmpty(),
            "each issued by the next",
            broken.orElse("yes"),
            SOURCE));
    DerCertificate last = certificates.get(length - 1);
    Optional<AnchoredRoot> root = AnchoredRoot.find(anchors, List.of(last), issuance);
    checks.add(
        Check.of(
            name + "-anchor",
            ReasonCode.ANCHOR_UNKNOWN,
            root.isPresent(),
            "a root among the anchors",
            root.map(AnchoredRoot::matched).orElseGet(() -> Digests.sha256(last.der())),
            "docs/protocol/collateral.md#trust-anchors"));
    return new CertificatePath(
        List.copyOf(certificates),
        certificates.stream().map(certificate -> Digests.sha256(certificate.der())).toList(),
        root,
        List.copyOf(checks),
        checks.stream().allMatch(check -> check.outcome() == Check.Outcome.PASSED),
        Validity.of(certificates.stream().map(DerCertificate::certificate).toList()));
  }

  /** Tells which step is not one: an issuer below which fewer may stand counts too. */
  private static Optional<String> broken(
      List<DerCertificate> certificates, IssuanceChecks issuance) {
    for (int i = 0; i + 1 < certificates.size(); i++) {
      X509Certificate upper = certificates.get(i + 1).certificate();
      if (!issuance.issued(certificates.get(i), upper) || upper.getBasicConstraints() < i) {
        return Optional.of("not certificate " + (i + 1));
      }
    }
    return Optional.empty();
  }

  private static boolean isEndEntity(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return certificate.getBasicConstraints() < 0 && usage != null && usage[0];
  }

  /** Returns the end entity. */
  public X509Certificate end() {
    return certificates.get(0).certificate();
  }

  /** Returns a certificate by its distance from the end entity. */
  public X509Certificate certificate(int distance) {
    return certificates.get(distance).certificate();
  }
}
