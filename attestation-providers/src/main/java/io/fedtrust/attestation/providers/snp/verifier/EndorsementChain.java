// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The facts about an endorsement certificate and the certificates above it that do not depend on
 * the time. Validity depends on the time and is checked again each time.
 *
 * @param leaf the endorsement certificate
 * @param key its public key, ready for many verifications; empty if it is none on P-384
 * @param issuer ASK or ASVK, if available
 * @param root ARK, if a trusted one is available
 * @param checks names, constraints, signatures, anchor
 * @param proven whether none of them failed or could not be made
 * @param validity of all its certificates
 */
record EndorsementChain(
    EndorsementCertificate leaf,
    Optional<PublicKey> key,
    Optional<X509Certificate> issuer,
    Optional<AnchoredRoot> root,
    List<Check> checks,
    boolean proven,
    Validity validity) {

  static EndorsementChain of(
      EndorsementCertificate leaf,
      Optional<PublicKey> key,
      Optional<X509Certificate> issuer,
      Optional<AnchoredRoot> root,
      List<Check> checks) {
    return new EndorsementChain(
        leaf,
        key,
        issuer,
        root,
        List.copyOf(checks),
        checks.stream().allMatch(check -> check.code().isEmpty()),
        Validity.of(
            Stream.of(Optional.of(leaf.certificate()), issuer, root.map(AnchoredRoot::certificate))
                .flatMap(Optional::stream)
                .toList()));
  }
}
