// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.snp.format.EndorsementCertificate;
import io.fedtrust.attestation.providers.support.Anchoring;
import io.fedtrust.attestation.providers.support.Digests;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.SignedAsn1;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Three steps that are spelled out rather than left to a general path builder: VCEK or VLEK by ASK
 * or ASVK, that by ARK, that in the anchors (SEV-SNP specification of this project, section 8).
 */
final class ChainChecks {
  private static final String CHAIN = "snp.chain";
  private static final String SOURCE = "AMD VCEK certificate specification, section 3";
  private static final int CURVE_BITS = 384;
  private static final int RSA_BITS = 4096;
  private static final int ALGORITHM_IN_TBS = 2;

  private final List<TrustAnchor> anchors;
  private final Signatures signatures;
  private final EndorsementCertificate leaf;
  private final byte[] leafDer;
  private final List<CaCertificate> candidates;
  private final List<Check> checks;

  ChainChecks(
      List<TrustAnchor> anchors,
      Signatures signatures,
      EndorsementCache.Leaf leaf,
      List<CaCertificate> candidates,
      List<Check> before) {
    this.anchors = anchors;
    this.signatures = signatures;
    this.leaf = leaf.certificate();
    this.leafDer = leaf.der();
    this.candidates = candidates;
    this.checks = new ArrayList<>(before);
  }

  EndorsementChain run() {
    Optional<PublicKey> key = key();
    Optional<EndorsementChain.Root> root = root();
    Optional<X509Certificate> issuer = issuer();
    root.ifPresent(this::names);
    if (issuer.isPresent()) {
      constraints(issuer.get());
      add(
          "snp.endorsement-signature",
          ReasonCode.CHAIN_INVALID,
          signed(leafDer, leaf.certificate(), issuer.get().getPublicKey()),
          "signed by " + issuer.get().getSubjectX500Principal());
      root.ifPresent(
          ark ->
              add(
                  "snp.issuer-signature",
                  ReasonCode.CHAIN_INVALID,
                  signedBy(issuer.get(), ark.certificate()),
                  "signed by " + ark.certificate().getSubjectX500Principal()));
    }
    return EndorsementChain.of(leaf, key, issuer, root, checks);
  }

  private Optional<PublicKey> key() {
    Optional<PublicKey> key = Optional.empty();
    if (leaf.certificate().getPublicKey() instanceof ECPublicKey point
        && point.getParams().getCurve().getField().getFieldSize() == CURVE_BITS) {
      try {
        key = Optional.of(signatures.curveKey(point));
      } catch (GeneralSecurityException e) {
        key = Optional.empty();
      }
    }
    add(
        "snp.endorsement-public-key",
        ReasonCode.ENDORSEMENT_INVALID,
        key.isPresent(),
        "a key on P-384");
    return key;
  }

  private Optional<EndorsementChain.Root> root() {
    List<TrustAnchor> fitting =
        anchors.stream().filter(anchor -> anchor.productLine().equals(leaf.line().text())).toList();
    List<CaCertificate> roots = candidates.stream().filter(ChainChecks::isRoot).toList();
    for (CaCertificate candidate : roots) {
      for (TrustAnchor anchor : fitting) {
        Optional<Anchoring> how =
            Anchoring.of(
                anchor, candidate.certificate(), candidate.der(), ark -> signedBy(ark, ark));
        if (how.isPresent()) {
          checks.add(
              Check.passed(
                  "snp.anchor",
                  "a trusted " + anchor.role(),
                  anchor.subject().getName() + ", " + how.get(),
                  "trust protocol, section 9"));
          return Optional.of(
              new EndorsementChain.Root(
                  candidate.certificate(), Digests.sha256(candidate.der()), anchor, how.get()));
        }
      }
    }
    String expected = "a root of " + leaf.line() + " among the anchors";
    checks.add(
        roots.isEmpty()
            ? Check.missing(
                "snp.anchor",
                ReasonCode.CHAIN_MISSING,
                expected,
                "none",
                "trust protocol, section 9")
            : Check.failed(
                "snp.anchor",
                ReasonCode.ANCHOR_UNKNOWN,
                expected,
                Digests.sha256(roots.get(0).der()),
                "trust protocol, section 9"));
    return Optional.empty();
  }

  private static boolean isRoot(CaCertificate candidate) {
    X509Certificate certificate = candidate.certificate();
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private Optional<X509Certificate> issuer() {
    X500Principal name = leaf.certificate().getIssuerX500Principal();
    List<X509Certificate> named =
        candidates.stream()
            .map(CaCertificate::certificate)
            .filter(certificate -> certificate.getSubjectX500Principal().equals(name))
            .toList();
    if (named.isEmpty()) {
      checks.add(
          Check.missing(
              CHAIN,
              ReasonCode.CHAIN_MISSING,
              "a certificate of " + name.getName(),
              "none",
              SOURCE));
    }
    return named.stream()
        .filter(certificate -> signed(leafDer, leaf.certificate(), certificate.getPublicKey()))
        .findFirst()
        .or(() -> named.stream().findFirst());
  }

  /** Every name but the root's is the root's with another common name. */
  private void names(EndorsementChain.Root root) {
    String anchor = root.anchor().subject().getName();
    String rest = anchor.substring(anchor.indexOf(','));
    X500Principal subject = new X500Principal("CN=" + leaf.key().commonName() + rest);
    X500Principal issuer = new X500Principal("CN=" + leaf.key().issuerName(leaf.line()) + rest);
    X509Certificate certificate = leaf.certificate();
    add(
        "snp.endorsement-names",
        ReasonCode.ENDORSEMENT_INVALID,
        certificate.getSubjectX500Principal().equals(subject)
            && certificate.getIssuerX500Principal().equals(issuer),
        subject.getName() + " by " + issuer.getName());
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
        "an RSA-4096 CA of path length 0 with keyCertSign");
  }

  private boolean signedBy(X509Certificate lower, X509Certificate upper) {
    try {
      return lower.getIssuerX500Principal().equals(upper.getSubjectX500Principal())
          && Anchoring.isCa(upper)
          && signed(lower.getEncoded(), lower, upper.getPublicKey());
    } catch (CertificateEncodingException e) {
      return false;
    }
  }

  private boolean signed(byte[] der, X509Certificate certificate, PublicKey key) {
    try {
      return SignedAsn1.isPssSha384(der, ALGORITHM_IN_TBS)
          && signatures.pssSha384(key, certificate.getTBSCertificate(), certificate.getSignature());
    } catch (CertificateEncodingException e) {
      return false;
    }
  }

  private void add(String name, ReasonCode code, boolean good, String expected) {
    checks.add(Check.of(name, code, good, expected, good ? "yes" : "no", SOURCE));
  }
}
