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
 * @param proven whether every one of them passed
 * @param begin first instant at which all its certificates are valid
 * @param end last instant at which all its certificates are valid
 */
record EndorsementChain(
    EndorsementCertificate leaf,
    Optional<PublicKey> key,
    Optional<X509Certificate> issuer,
    Optional<Root> root,
    List<Check> checks,
    boolean proven,
    Instant begin,
    Instant end) {

  /**
   * A root that matched an anchor.
   *
   * @param certificate the root
   * @param sha256 of its bytes, hex
   * @param anchor the record
   * @param how it matched
   */
  record Root(X509Certificate certificate, String sha256, TrustAnchor anchor, Anchoring how) {}

  static EndorsementChain of(
      EndorsementCertificate leaf,
      Optional<PublicKey> key,
      Optional<X509Certificate> issuer,
      Optional<Root> root,
      List<Check> checks) {
    List<X509Certificate> certificates =
        Stream.of(Optional.of(leaf.certificate()), issuer, root.map(Root::certificate))
            .flatMap(Optional::stream)
            .toList();
    return new EndorsementChain(
        leaf,
        key,
        issuer,
        root,
        List.copyOf(checks),
        checks.stream().allMatch(check -> check.outcome() == Check.Outcome.PASSED),
        certificates.stream()
            .map(certificate -> certificate.getNotBefore().toInstant())
            .max(Instant::compareTo)
            .orElseThrow(),
        certificates.stream()
            .map(certificate -> certificate.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow());
  }

  /** The last instant of a certificate is one of its validity (RFC 5280 section 4.1.2.5). */
  boolean isValid(Instant at) {
    return !at.isBefore(begin) && !at.isAfter(end);
  }
}
