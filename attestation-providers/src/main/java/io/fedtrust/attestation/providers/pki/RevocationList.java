// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;

/**
 * A revocation list that its issuer signed (RFC 5280 section 5).
 *
 * @param use its entry in a verdict
 * @param revoked serial numbers
 */
public record RevocationList(CollateralUse use, Set<BigInteger> revoked) {
  private static final String CHECK = "collateral.crl";
  private static final String SOURCE = "RFC 5280 section 5";
  private static final String CRL_NUMBER = "2.5.29.20";
  private static final int MAX_BYTES = 1 << 20;

  /**
   * Verifies a list, whatever the time is.
   *
   * @param item at most 1 MiB
   * @param channel what a newer list replaces
   * @param issuer whose list it must be
   * @param issuance how that issuer signs
   * @return the list
   * @throws MalformedEvidenceException saying what is wrong
   */
  public static RevocationList verified(
      CollateralItem item, String channel, X509Certificate issuer, IssuanceChecks issuance)
      throws MalformedEvidenceException {
    SignedAsn1 document = SignedAsn1.parse(item.bytes(), MAX_BYTES);
    X509CRL list = parse(document.der());
    require(
        list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()),
        issuer.getSubjectX500Principal(),
        list.getIssuerX500Principal());
    Set<String> critical = list.getCriticalExtensionOIDs();
    require(critical == null || critical.isEmpty(), "no critical extension", critical);
    require(list.getNextUpdate() != null, "a next update", "none");
    require(issuance.signed(document, list, issuer), "a signature of its issuer", "another");
    return new RevocationList(
        new CollateralUse(
            channel,
            item.sha256(),
            Optional.of(number(list)),
            list.getThisUpdate().toInstant(),
            list.getNextUpdate().toInstant()),
        revoked(list));
  }

  private static X509CRL parse(byte[] der) throws MalformedEvidenceException {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (CertificateException | CRLException e) {
      throw malformed("a certificate revocation list", "bytes that are none");
    }
  }

  private static BigInteger number(X509CRL list) throws MalformedEvidenceException {
    byte[] value = list.getExtensionValue(CRL_NUMBER);
    // A list of version 1 has no extensions, so it ends here too.
    require(value != null, "a CRL number", "none");
    try {
      return ASN1Integer.getInstance(ASN1OctetString.getInstance(value).getOctets()).getValue();
    } catch (RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw malformed("a CRL number", "another type");
    }
  }

  private static Set<BigInteger> revoked(X509CRL list) {
    Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
    return (entries == null ? Stream.<X509CRLEntry>of() : entries.stream())
        .map(X509CRLEntry::getSerialNumber)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Tells whether a certificate is named. */
  public boolean names(X509Certificate certificate) {
    return revoked.contains(certificate.getSerialNumber());
  }

  private static void require(boolean good, Object expected, Object actual)
      throws MalformedEvidenceException {
    if (!good) {
      throw malformed(expected, actual);
    }
  }

  private static MalformedEvidenceException malformed(Object expected, Object actual) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.COLLATERAL_UNAVAILABLE, expected, actual, SOURCE);
  }
}
