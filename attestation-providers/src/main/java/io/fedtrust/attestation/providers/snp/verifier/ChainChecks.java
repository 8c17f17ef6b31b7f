// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.pki.DerCertificate;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import io.fedtrust.attestation.providers.pki.KeyKind;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Checks that ASK or ASVK signed the endorsement certificate, that ARK signed ASK or ASVK, and that
 * ARK is a trust anchor (docs/attestation-snp.md#what-is-checked-and-where-it-comes-from).
 */
final class ChainChecks {
  private static final String CHAIN = "snp.chain";
  private static final String SOURCE = "AMD 57230, section 3";
  private static final String NOT_SIGNED = "not signed by it";
  private static final int CURVE_BITS = 384;
  private static final int RSA_BITS = 4096;

  private final List<TrustAnchor> anchors;
  private final IssuanceChecks issuance;
  private final EndorsementCertificate leaf;
  private final DerCertificate document;
  private final List<DerCertificate> candidates;
  private final List<Check> checks;

  ChainChecks(
      List<TrustAnchor> anchors,
      IssuanceChecks issuance,
      EndorsementCache.Leaf leaf,
      List<DerCertificate> candidates,
      List<Check> before) {
    this.anchors = anchors;
    this.issuance = issuance;
    this.leaf = leaf.certificate();
    this.document = leaf.document();
    this.candidates = candidates;
    this.checks = new ArrayList<>(before);
  }

  EndorsementChain run() {
    Optional<PublicKey> key = key();
    Optional<AnchoredRoot> root = root();
    List<DerCertificate> named = named();
    Optional<DerCertificate> signer =
        named.stream().filter(above -> issuance.signed(document, above.certificate())).findFirst();
    Optional<DerCertificate> issuer = signer.or(() -> named.stream().findFirst());
    root.ifPresent(this::names);
    if (issuer.isPresent()) {
      X509Certificate certificate = issuer.get().certificate();
      constraints(certificate);
      add(
          "snp.endorsement-signature",
          ReasonCode.CHAIN_INVALID,
          signer.isPresent(),
          "signed by " + certificate.getSubjectX500Principal(),
          NOT_SIGNED);
      root.ifPresent(
          ark ->
              add(
                  "snp.issuer-signature",
                  ReasonCode.CHAIN_INVALID,
                  issuance.issued(issuer.get(), ark.certificate()),
                  "signed by " + ark.certificate().getSubjectX500Principal(),
                  NOT_SIGNED));
    }
    return EndorsementChain.of(leaf, key, issuer.map(DerCertificate::certificate), root, checks);
  }

  private Optional<PublicKey> key() {
    Optional<PublicKey> key =
        issuance.signatures().curveKey(leaf.certificate().getPublicKey(), CURVE_BITS);
    add(
        "snp.endorsement-public-key",
        ReasonCode.ENDORSEMENT_INVALID,
        key.isPresent(),
        "a key on P-384",
        KeyKind.notOnCurve(leaf.certificate().getPublicKey(), CURVE_BITS));
    return key;
  }

  private Optional<AnchoredRoot> root() {
    List<TrustAnchor> fitting =
        anchors.stream()
            .filter(anchor -> anchor.family().equals(AmdAnchors.FAMILY))
            .filter(anchor -> anchor.productLine().equals(leaf.line().text()))
            .toList();
    List<DerCertificate> roots = candidates.stream().filter(ChainChecks::isRoot).toList();
    Optional<AnchoredRoot> found = AnchoredRoot.find(fitting, roots, issuance);
    if (found.isPresent()) {
      checks.add(
          Check.passed(
              "snp.anchor",
              "a trusted " + found.get().anchor().role(),
              found.get().matched(),
              "docs/protocol/collateral.md#trust-anchors"));
      return found;
    }
    String expected = "a root of " + leaf.line() + " among the anchors";
    checks.add(
        roots.isEmpty()
            ? Check.missing(
                "snp.anchor",
                ReasonCode.COLLATERAL_UNAVAILABLE,
                expected,
                "none",
                "docs/protocol/collateral.md#trust-anchors")
            : Check.failed(
                "snp.anchor",
                ReasonCode.ANCHOR_UNKNOWN,
                expected,
                Digests.sha256(roots.get(0).der()),
                "docs/protocol/collateral.md#trust-anchors"));
    return Optional.empty();
  }

  private static boolean isRoot(DerCertificate candidate) {
    X509Certificate certificate = candidate.certificate();
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private List<DerCertificate> named() {
    X500Principal name = leaf.certificate().getIssuerX500Principal();
    List<DerCertificate> named =
        candidates.stream()
            .filter(above -> above.certificate().getSubjectX500Principal().equals(name))
            .toList();
    if (named.isEmpty()) {
      checks.add(
          Check.missing(
              CHAIN,
              ReasonCode.COLLATERAL_UNAVAILABLE,
              "a certificate of " + name.getName(),
              "none",
              SOURCE));
    }
    return named;
  }

  /** Every name but the root's is the root's with another common name, as RFC 2253 writes it. */
  private void names(AnchoredRoot root) {
    String anchor = root.anchor().subject().getName();
    String rest = anchor.substring(anchor.indexOf(','));
    String subject = "CN=" + leaf.key().commonName() + rest;
    String issuer = "CN=" + leaf.key().issuerName(leaf.line()) + rest;
    String foundSubject = leaf.certificate().getSubjectX500Principal().getName();
    String foundIssuer = leaf.certificate().getIssuerX500Principal().getName();
    add(
        "snp.endorsement-names",
        ReasonCode.ENDORSEMENT_INVALID,
        foundSubject.equals(subject) && foundIssuer.equals(issuer),
        subject + " by " + issuer,
        foundSubject + " by " + foundIssuer);
  }

  private void constraints(X509Certificate issuer) {
    boolean rsa =
        issuer.getPublicKey() instanceof RSAPublicKey key
            && key.getModulus().bitLength() == RSA_BITS;
    boolean[] usage = issuer.getKeyUsage();
    add(
        "snp.issuer-constraints",
        ReasonCode.CHAIN_INVALID,
        rsa && issuer.getBasicConstraints() == 0 && usage != null && usage[5],
        "an RSA-4096 CA of path length 0 with keyCertSign",
        KeyKind.ofIssuer(issuer));
  }

  private void add(String name, ReasonCode code, boolean good, String expected, String otherwise) {
    checks.add(Check.of(name, code, good, expected, good ? "yes" : otherwise, SOURCE));
  }
}
