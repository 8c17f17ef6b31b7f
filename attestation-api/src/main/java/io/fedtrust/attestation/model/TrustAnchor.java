// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Objects;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * A root that is trusted, as a record: certificate bytes are always untrusted input and are
 * accepted only when they match (docs/protocol/collateral.md#trust-anchors).
 *
 * @param family vendor and technology, for example {@code amd-sev-snp}
 * @param productLine for example {@code Milan}
 * @param role of the certificate, for example {@code ARK}
 * @param subject exact subject of the certificate
 * @param certificateSha256 digests of accepted certificates, 64 lower-case hex digits each
 * @param publicKeySha256 digest of the DER SubjectPublicKeyInfo; a certificate that matches only
 *     this one is reported as reissued
 * @param origin who vouches for it
 */
public record TrustAnchor(
    String family,
    String productLine,
    String role,
    X500Principal subject,
    Set<String> certificateSha256,
    String publicKeySha256,
    Origin origin) {

  /** Who vouches for an anchor. */
  public enum Origin {
    /** The hardware vendor. */
    VENDOR,
    /** Whoever configured it. */
    PRIVATE,
    /** Nobody: evidence under it is made in software. */
    SIMULATED
  }

  /**
   * Checks the digests.
   *
   * @param family vendor and technology, for example {@code amd-sev-snp}
   * @param productLine for example {@code Milan}
   * @param role of the certificate, for example {@code ARK}
   * @param subject exact subject of the certificate
   * @param certificateSha256 digests of accepted certificates, 64 lower-case hex digits each
   * @param publicKeySha256 digest of the DER SubjectPublicKeyInfo; a certificate that matches only
   *     this one is reported as reissued
   * @param origin who vouches for it
   */
  public TrustAnchor {
    Objects.requireNonNull(origin, "origin");
    certificateSha256 = Set.copyOf(certificateSha256);
    certificateSha256.forEach(TrustAnchor::requireDigest);
    requireDigest(publicKeySha256);
  }

  private static void requireDigest(String text) {
    if (!text.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "digest: expected 64 lower-case hex digits, was " + text.length() + " characters");
    }
  }
}
