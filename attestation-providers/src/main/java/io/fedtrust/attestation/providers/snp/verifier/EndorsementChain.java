// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.support.Anchoring;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is known of an endorsement certificate and the certificates above it, whatever the time is.
 * Validity is a question of the instant and is asked again each time.
 *
 * @param leaf the endorsement certificate
 * @param key its public key, ready for many verifications; empty if it is none on P-384
 * @param issuer ASK or ASVK, if one is at hand
 * @param root ARK, if one is at hand that is trusted
 * @param checks names, constraints, signatures, anchor
 */
record EndorsementChain(
    EndorsementCertificate leaf,
    Optional<PublicKey> key,
    Optional<X509Certificate> issuer,
    Optional<Root> root,
    List<Check> checks) {

  /**
   * A root that matched an anchor.
   *
   * @param certificate the root
   * @param sha256 of its bytes, hex
   * @param anchor the record
   * @param how it matched
   */
  record Root(X509Certificate certificate, String sha256, TrustAnchor anchor, Anchoring how) {}

  /** Tells whether leaf, issuer and root are there and every check passed. */
  boolean isProven() {
    return checks.stream().allMatch(check -> check.outcome() == Check.Outcome.PASSED);
  }

  Stream<X509Certificate> certificates() {
    return Stream.of(Optional.of(leaf.certificate()), issuer, root.map(Root::certificate))
        .flatMap(Optional::stream);
  }

  /** The first instant at which one of its certificates is no longer valid, less one second. */
  Instant end() {
    return certificates()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }
}
