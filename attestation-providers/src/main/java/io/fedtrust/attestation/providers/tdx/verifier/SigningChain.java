// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.checks.Validity;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.pki.AnchoredRoot;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.DerCertificate;
import io.fedtrust.attestation.providers.pki.IssuanceChecks;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * The signer of TCB Info and QE identity: a certificate that the root issues directly (Intel PCS
 * API version 4, issuer chains).
 *
 * @param signer its certificate
 * @param root trusted
 * @param validity of both
 */
record SigningChain(X509Certificate signer, AnchoredRoot root, Validity validity) {
  private static final String COMMON_NAME = "Intel SGX TCB Signing";
  private static final int LENGTH = 2;

  /** The kind of refusals of documents and their signers; the verification adds the document. */
  static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "tdx.collateral", ReasonCode.COLLATERAL_UNAVAILABLE, "Intel PCS API version 4");

  /**
   * Verifies a chain, whatever the time is.
   *
   * @param pem signer, root
   * @throws MalformedEvidenceException saying what is wrong
   */
  static SigningChain verified(byte[] pem, List<TrustAnchor> anchors, IssuanceChecks issuance)
      throws MalformedEvidenceException {
    List<byte[]> ders = CertificatePem.read(pem, LENGTH);
    DerCertificate signer = DerCertificate.parse(ders.get(0));
    DerCertificate root = DerCertificate.parse(ders.get(1));
    AnchoredRoot anchored =
        AnchoredRoot.find(anchors, List.of(root), issuance)
            .orElseThrow(() -> KIND.refused("a root among the anchors", "another"));
    X509Certificate certificate = signer.certificate();
    boolean[] usage = certificate.getKeyUsage();
    if (!isNamed(certificate.getSubjectX500Principal(), COMMON_NAME, root)
        || certificate.getBasicConstraints() >= 0
        || usage == null
        || !usage[0]
        || !PckChain.isOnCurve(certificate)) {
      throw KIND.refused(COMMON_NAME + ", a P-256 key for digital signatures", "another");
    }
    if (!issuance.issued(signer, root.certificate())) {
      throw KIND.refused("a signer that the root issued", "another");
    }
    return new SigningChain(
        certificate, anchored, Validity.of(List.of(certificate, root.certificate())));
  }

  /** Tells whether a name is the root's with another common name. */
  static boolean isNamed(X500Principal name, String commonName, DerCertificate root) {
    return root.certificate()
        .getSubjectX500Principal()
        .getName()
        .replaceFirst("CN=[^,+]+", "CN=" + commonName)
        .equals(name.getName());
  }
}
