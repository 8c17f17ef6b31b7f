// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/**
 * Who a site is, as its certificate says (docs/protocol/README.md#keys-and-names).
 *
 * @param name the one common name
 * @param role the one {@code unstructuredName}: {@code server}, {@code client} or a user's role
 * @param publicKey DER SubjectPublicKeyInfo of the site's key
 * @param root DER of the project's root certificate above it
 * @param expiresAt last instant of the certificate's validity
 * @param serialNumber of the certificate, as its issuer assigned it
 */
public record SiteCertificate(
    String name,
    String role,
    Bytes publicKey,
    Bytes root,
    Instant expiresAt,
    BigInteger serialNumber) {
  /** The least length of a site's RSA key, in bits. */
  public static final int MINIMUM_RSA_BITS = 2048;

  private static final String CHECK = "exchange.certificate";
  private static final String SOURCE = "docs/protocol/README.md#keys-and-names";
  private static final String COMMON_NAME = "CN";
  private static final String ROLE = "ROLE";
  private static final Map<String, String> ROLE_OID = Map.of("1.2.840.113549.1.9.2", ROLE);

  /**
   * Reads name, role and key. Does not verify that the root issued it.
   *
   * @param leaf the site's certificate
   * @param root the project's root certificate
   * @return who it names
   * @throws MalformedEvidenceException unless there are exactly one name, one role and an RSA key
   */
  public static SiteCertificate of(X509Certificate leaf, X509Certificate root)
      throws MalformedEvidenceException {
    String name = only(COMMON_NAME, leaf.getSubjectX500Principal());
    if (name.isBlank() || name.startsWith("*")) {
      throw malformed("a name that does not begin with *", name);
    }
    if (!(leaf.getPublicKey() instanceof RSAPublicKey key)
        || key.getModulus().bitLength() < MINIMUM_RSA_BITS) {
      throw malformed(
          "an RSA key of at least " + MINIMUM_RSA_BITS + " bits",
          leaf.getPublicKey().getAlgorithm());
    }
    try {
      return new SiteCertificate(
          name,
          only(ROLE, leaf.getSubjectX500Principal()),
          Bytes.of(key.getEncoded()),
          Bytes.of(root.getEncoded()),
          leaf.getNotAfter().toInstant(),
          leaf.getSerialNumber());
    } catch (CertificateEncodingException e) {
      throw malformed("a certificate", "bytes that are none");
    }
  }

  private static String only(String type, X500Principal subject) throws MalformedEvidenceException {
    List<String> values = new ArrayList<>();
    try {
      for (Rdn rdn : new LdapName(subject.getName(X500Principal.RFC2253, ROLE_OID)).getRdns()) {
        Attribute attribute = rdn.toAttributes().get(type);
        for (int i = 0; attribute != null && i < attribute.size(); i++) {
          values.add(String.valueOf(attribute.get(i)));
        }
      }
    } catch (InvalidNameException e) {
      throw malformed("a distinguished name", "another");
    } catch (NamingException e) {
      throw malformed("a distinguished name of texts", "another");
    }
    if (values.size() != 1) {
      String what = type.equals(ROLE) ? "role (unstructuredName)" : "common name";
      throw malformed("exactly one " + what, values.size());
    }
    return values.get(0);
  }

  private static MalformedEvidenceException malformed(Object expected, Object was) {
    return MalformedEvidenceException.of(
        CHECK, ReasonCode.SITE_CERTIFICATE_INVALID, expected, was, SOURCE);
  }
}
