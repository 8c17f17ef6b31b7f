// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.azure.format.DidX509;
import io.fedtrust.attestation.providers.azure.format.UvmEndorsement;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.pki.DerCertificate;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import io.fedtrust.attestation.providers.pki.SignatureScheme;
import io.fedtrust.attestation.providers.pki.Signatures;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Proves endorsements of utility VMs, each once: few of them stand behind all container groups.
 * Stores nothing that depends on the time, and nothing that failed.
 */
final class UvmProof {
  private static final String SOURCE = "Confidential containers on Azure, UVM reference info";
  private static final long PS384 = -38;
  private static final int MIN_BITS = 2048;
  private static final int MAX_KNOWN = 256;

  private final List<TrustAnchor> anchors;
  private final Signatures signatures;
  private final Cache<String, ProvenUvm> known =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();

  UvmProof(List<TrustAnchor> anchors, Signatures signatures) {
    this.anchors = anchors;
    this.signatures = signatures;
  }

  ProvenUvm of(byte[] cose) throws MalformedEvidenceException {
    String sha256 = Digests.sha256(cose);
    ProvenUvm proven = known.getIfPresent(sha256);
    if (proven == null) {
      proven = prove(UvmEndorsement.parse(cose));
      if (proven.proven()) {
        known.put(sha256, proven);
      }
    }
    return proven;
  }

  private ProvenUvm prove(UvmEndorsement endorsement) throws MalformedEvidenceException {
    List<Check> checks = new ArrayList<>();
    long algorithm = endorsement.algorithm();
    checks.add(
        check(
            "uvm.algorithm",
            ReasonCode.ALGORITHM_NOT_ALLOWED,
            algorithm == PS384,
            "PS384 (" + PS384 + ")",
            algorithm));
    List<DerCertificate> documents = new ArrayList<>();
    for (byte[] der : endorsement.chain()) {
      documents.add(DerCertificate.parse(der));
    }
    List<X509Certificate> chain = documents.stream().map(DerCertificate::certificate).toList();
    String issuer = endorsement.statement().issuer();
    Optional<String> mismatch = DidX509.parse(issuer).mismatch(chain);
    checks.add(
        check(
            "uvm.chain",
            ReasonCode.CHAIN_INVALID,
            mismatch.isEmpty(),
            issuer,
            mismatch.orElse("yes")));
    Optional<AnchoredRoot> root =
        AnchoredRoot.find(
            anchors,
            documents.subList(documents.size() - 1, documents.size()),
            new IssuanceChecks(SignatureScheme.RSA_SHA384, signatures));
    checks.add(
        check(
            "uvm.anchor",
            ReasonCode.ANCHOR_UNKNOWN,
            root.isPresent(),
            "a root among the anchors",
            root.map(AnchoredRoot::matched)
                .orElseGet(() -> Digests.sha256(documents.get(documents.size() - 1).der()))));
    X509Certificate signer = chain.get(0);
    boolean fit = isSigner(signer);
    checks.add(
        check(
            "uvm.key",
            ReasonCode.ENDORSEMENT_INVALID,
            fit,
            "an RSA key of at least " + MIN_BITS + " bits for signatures",
            fit ? "yes" : "another"));
    boolean signed =
        signatures.verify(
            SignatureScheme.PSS_SHA384,
            signer.getPublicKey(),
            endorsement.signed(),
            endorsement.signature());
    checks.add(
        check(
            "uvm.signature",
            ReasonCode.SIGNATURE_INVALID,
            signed,
            "PS384 by the first certificate",
            signed ? "yes" : "not signed by it"));
    return new ProvenUvm(
        endorsement.statement(),
        List.copyOf(checks),
        checks.stream().allMatch(check -> check.outcome() == Check.Outcome.PASSED),
        root,
        Validity.of(chain));
  }

  private static boolean isSigner(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return certificate.getPublicKey() instanceof RSAPublicKey key
        && key.getModulus().bitLength() >= MIN_BITS
        && certificate.getBasicConstraints() < 0
        && (usage == null || usage[0]);
  }

  private static Check check(
      String name, ReasonCode code, boolean good, Object expected, Object actual) {
    return Check.of(name, code, good, expected, actual, SOURCE);
  }
}
