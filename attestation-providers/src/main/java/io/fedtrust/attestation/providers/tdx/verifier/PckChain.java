// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.pki.DerCertificate;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import io.fedtrust.attestation.providers.pki.KeyKind;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.tdx.format.PckCertificate;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The facts about a PCK certificate and the two above it that do not depend on the time. Three
 * steps that are spelled out rather than left to a general path builder: PCK by its CA, that by the
 * root, that in the anchors. Validity depends on the time and is checked again each time.
 *
 * @param leaf the PCK certificate
 * @param key its public key, ready for many verifications; empty if it is none on P-256
 * @param issuer the Platform or Processor CA
 * @param issuerSha256 of its public key
 * @param root Intel's root, if it is trusted
 * @param checks names, constraints, signatures, anchor
 * @param proven whether every one of them passed
 * @param validity of all three
 */
record PckChain(
    PckCertificate leaf,
    Optional<PublicKey> key,
    X509Certificate issuer,
    String issuerSha256,
    Optional<AnchoredRoot> root,
    List<Check> checks,
    boolean proven,
    Validity validity) {
  private static final String SOURCE = "Intel SGX PCK Certificate and CRL Profile, section 1";
  private static final int LENGTH = 3;
  private static final String NOT_ISSUED = "not issued by it";
  private static final int CURVE_BITS = 256;
  private static final int CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  /**
   * Proves a chain.
   *
   * @param ders leaf, issuer, root
   * @throws MalformedEvidenceException if they are not three certificates, the first of a platform
   */
  static PckChain prove(List<TrustAnchor> anchors, IssuanceChecks issuance, List<byte[]> ders)
      throws MalformedEvidenceException {
    if (ders.size() != LENGTH) {
      throw MalformedEvidenceException.of(
          "tdx.pck-chain",
          ReasonCode.CHAIN_INVALID,
          "PCK certificate, its issuer, the root",
          ders.size() + " certificates",
          SOURCE);
    }
    DerCertificate leaf = DerCertificate.parse(ders.get(0));
    DerCertificate issuer = DerCertificate.parse(ders.get(1));
    DerCertificate root = DerCertificate.parse(ders.get(2));
    return new Proof(anchors, issuance).run(leaf, issuer, root);
  }

  /** Tells whether the PCK signed the quoting enclave's report. */
  boolean hasSigned(TdxQuote quote, Signatures signatures) {
    return key.filter(
            pck ->
                signatures.verifyP1363(
                    SignatureScheme.ECDSA_SHA256,
                    pck,
                    quote.qeReport().bytes(),
                    quote.qeReportSignature()))
        .isPresent();
  }

  /** Makes the checks. */
  private record Proof(List<TrustAnchor> anchors, IssuanceChecks issuance, List<Check> checks) {
    private Proof(List<TrustAnchor> anchors, IssuanceChecks issuance) {
      this(anchors, issuance, new ArrayList<>());
    }

    private PckChain run(DerCertificate leaf, DerCertificate issuer, DerCertificate root)
        throws MalformedEvidenceException {
      PckCertificate pck = PckCertificate.of(leaf.certificate());
      Optional<PublicKey> key = key(leaf.certificate());
      Optional<AnchoredRoot> anchored = anchored(root);
      add(
          "tdx.pck-names",
          ReasonCode.ENDORSEMENT_INVALID,
          isNamed(pck, root),
          "as Intel names",
          leaf.certificate().getSubjectX500Principal()
              + " by "
              + leaf.certificate().getIssuerX500Principal());
      add(
          "tdx.issuer-constraints",
          ReasonCode.CHAIN_INVALID,
          mayIssue(issuer.certificate()),
          "a P-256 CA of path length 0 with keyCertSign and cRLSign",
          KeyKind.ofIssuer(issuer.certificate()));
      add(
          "tdx.pck-signature",
          ReasonCode.CHAIN_INVALID,
          issuance.issued(leaf, issuer.certificate()),
          "issued by " + issuer.certificate().getSubjectX500Principal(),
          NOT_ISSUED);
      add(
          "tdx.issuer-signature",
          ReasonCode.CHAIN_INVALID,
          issuance.issued(issuer, root.certificate()),
          "issued by " + root.certificate().getSubjectX500Principal(),
          NOT_ISSUED);
      return new PckChain(
          pck,
          key,
          issuer.certificate(),
          Digests.sha256(issuer.certificate().getPublicKey().getEncoded()),
          anchored,
          List.copyOf(checks),
          checks.stream().allMatch(check -> check.outcome() == Check.Outcome.PASSED),
          Validity.of(List.of(leaf.certificate(), issuer.certificate(), root.certificate())));
    }

    private Optional<PublicKey> key(X509Certificate certificate) {
      Optional<PublicKey> key =
          issuance.signatures().curveKey(certificate.getPublicKey(), CURVE_BITS);
      add(
          "tdx.pck-public-key",
          ReasonCode.ENDORSEMENT_INVALID,
          key.isPresent(),
          "a key on P-256",
          KeyKind.notOnCurve(certificate.getPublicKey(), CURVE_BITS));
      return key;
    }

    private Optional<AnchoredRoot> anchored(DerCertificate root) {
      Optional<AnchoredRoot> found = AnchoredRoot.find(anchors, List.of(root), issuance);
      checks.add(
          Check.of(
              "tdx.anchor",
              ReasonCode.ANCHOR_UNKNOWN,
              found.isPresent(),
              "a root among the anchors",
              found.map(AnchoredRoot::matched).orElseGet(() -> Digests.sha256(root.der())),
              "docs/protocol/collateral.md#trust-anchors"));
      return found;
    }

    /** Every name is the root's with another common name. */
    private static boolean isNamed(PckCertificate pck, DerCertificate root) {
      X509Certificate certificate = pck.certificate();
      return SigningChain.isNamed(
              certificate.getSubjectX500Principal(), PckCertificate.COMMON_NAME, root)
          && SigningChain.isNamed(
              certificate.getIssuerX500Principal(), pck.issuer().commonName(), root);
    }

    private void add(
        String name, ReasonCode code, boolean good, String expected, String otherwise) {
      checks.add(Check.of(name, code, good, expected, good ? "yes" : otherwise, SOURCE));
    }
  }

  /** Tells whether this is the chain of a certificate. */
  boolean isOf(byte[] der) {
    try {
      return Arrays.equals(leaf.certificate().getEncoded(), der);
    } catch (CertificateEncodingException e) {
      return false;
    }
  }

  private static boolean mayIssue(X509Certificate issuer) {
    boolean[] usage = issuer.getKeyUsage();
    return isOnCurve(issuer)
        && issuer.getBasicConstraints() == 0
        && usage != null
        && usage[CERT_SIGN]
        && usage[CRL_SIGN];
  }

  static boolean isOnCurve(X509Certificate certificate) {
    return Signatures.isOnCurve(certificate.getPublicKey(), CURVE_BITS);
  }
}
