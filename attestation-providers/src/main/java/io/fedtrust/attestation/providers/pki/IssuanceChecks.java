// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;

/**
 * Checks who issued a certificate or a list: names, constraints and signature of one step, written
 * out rather than left to a general path builder.
 *
 * @param scheme the only one in which this vendor signs
 * @param signatures verifies
 */
public record IssuanceChecks(SignatureScheme scheme, Signatures signatures) {
  private static final int ALGORITHM_IN_CERTIFICATE = 2;
  private static final int ALGORITHM_IN_LIST = 1;

  /** Tells whether a certificate was issued by another that may do so. */
  public boolean issued(DerCertificate lower, X509Certificate upper) {
    return lower.certificate().getIssuerX500Principal().equals(upper.getSubjectX500Principal())
        && AnchorMatcher.isCa(upper)
        && signed(lower, upper);
  }

  /** Tells whether a certificate's signature is by another's key, whatever their names are. */
  public boolean signed(DerCertificate lower, X509Certificate upper) {
    X509Certificate certificate = lower.certificate();
    try {
      return lower.signed().names(scheme, ALGORITHM_IN_CERTIFICATE)
          && signatures.verify(
              scheme,
              upper.getPublicKey(),
              certificate.getTBSCertificate(),
              certificate.getSignature());
    } catch (CertificateEncodingException e) {
      return false;
    }
  }

  /** Tells whether a certificate is signed by its own key and may sign others. */
  public boolean selfIssued(DerCertificate root) {
    return issued(root, root.certificate());
  }

  /** Tells whether a list's signature is by a certificate's key. */
  public boolean signed(SignedAsn1 document, X509CRL list, X509Certificate issuer) {
    try {
      return document.names(scheme, ALGORITHM_IN_LIST)
          && signatures.verify(
              scheme, issuer.getPublicKey(), list.getTBSCertList(), list.getSignature());
    } catch (CRLException e) {
      return false;
    }
  }
}
