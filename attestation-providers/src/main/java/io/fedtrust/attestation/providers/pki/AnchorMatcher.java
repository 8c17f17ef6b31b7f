// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.codec.Digests;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The ways in which a certificate matches an anchor (docs/protocol/collateral.md#trust-anchors).
 */
public enum AnchorMatcher {
  /** The certificate itself is recorded. */
  PINNED,
  /** Another certificate of the recorded key, which signs itself. */
  REISSUED;

  /**
   * Compares a certificate with an anchor.
   *
   * @param anchor the record
   * @param candidate untrusted
   * @param selfSigned tells whether its signature verifies with its own key
   * @return how it matched, or empty
   */
  public static Optional<AnchorMatcher> of(
      TrustAnchor anchor, DerCertificate candidate, Predicate<DerCertificate> selfSigned) {
    X509Certificate certificate = candidate.certificate();
    if (!certificate.getSubjectX500Principal().equals(anchor.subject())) {
      return Optional.empty();
    }
    if (anchor.certificateSha256().contains(Digests.sha256(candidate.der()))) {
      return Optional.of(PINNED);
    }
    boolean sameKey =
        Digests.sha256(certificate.getPublicKey().getEncoded()).equals(anchor.publicKeySha256());
    return sameKey && isCa(certificate) && selfSigned.test(candidate)
        ? Optional.of(REISSUED)
        : Optional.empty();
  }

  /** Tells whether a certificate may sign others: CA in its basic constraints, keyCertSign. */
  public static boolean isCa(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return certificate.getBasicConstraints() >= 0 && (usage == null || usage[5]);
  }
}
