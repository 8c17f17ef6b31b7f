// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** An X.509 certificate (RFC 5280) as read from PEM, with the fields this PKI looks at. */
public final class CertificateFile {
  private final Certificate certificate;
  private final byte[] der;
  private final PublicKey publicKey;
  private final byte[] subjectPublicKeyInfo;
  private final Jca jca;
  private volatile @Nullable Boolean selfSigned;

  private CertificateFile(Certificate certificate, byte[] der, Jca jca, KeyRule rule)
      throws IOException, GeneralSecurityException {
    this.certificate = certificate;
    this.der = der;
    this.jca = jca;
    SubjectPublicKeyInfo keyInfo = certificate.getSubjectPublicKeyInfo();
    rule.require(RSAPublicKey.getInstance(keyInfo.parsePublicKey()));
    this.subjectPublicKeyInfo = keyInfo.getEncoded(ASN1Encoding.DER);
    this.publicKey = jca.publicKey(subjectPublicKeyInfo);
  }

  /**
   * Reads a participant's certificate: the first one of a PEM file.
   *
   * @throws IOException if there is none, or its key is not RSA or refused; its message says which
   */
  public static CertificateFile read(byte[] pem, Jca jca) throws IOException {
    List<byte[]> certificates = Pem.certificates(pem);
    if (certificates.isEmpty()) {
      throw new IOException("no certificate in PEM form");
    }
    return ofCertified(certificates.get(0), jca);
  }

  /**
   * Reads a certificate in DER form that this PKI issued.
   *
   * @throws IOException if it is none, or its key is not RSA or refused; its message says which
   */
  static CertificateFile ofCertified(byte[] der, Jca jca) throws IOException {
    return of(der, jca, jca.keyCheck()::requireCertified);
  }

  /**
   * Reads {@code rootCA.pem}: the only certificate of a PEM file. NVFlare's runtime trusts every
   * certificate of that file, while the fingerprint covers the first.
   *
   * @throws IOException if there is another text, or the key is not RSA or refused; its message
   *     says which
   */
  public static CertificateFile readRoot(byte[] pem, Jca jca) throws IOException {
    return of(Pem.only(pem, Pem.CERTIFICATE), jca, jca.keyCheck()::requireRoot);
  }

  /** Reads a certificate in DER form whose key was checked before. */
  public static CertificateFile ofDer(byte[] der, Jca jca) throws IOException {
    return of(der, jca, key -> {});
  }

  @FunctionalInterface
  private interface KeyRule {
    void require(RSAPublicKey key) throws InvalidKeyException;
  }

  private static CertificateFile of(byte[] der, Jca jca, KeyRule rule) throws IOException {
    try {
      Certificate certificate = Certificate.getInstance(der);
      CertificateFile file = new CertificateFile(certificate, der, jca, rule);
      // Dates are parsed late by the library; a malformed one must show here.
      file.notBefore();
      file.notAfter();
      return file;
    } catch (InvalidKeyException e) {
      throw new IOException("a certificate with " + e.getMessage(), e);
    } catch (RuntimeException | GeneralSecurityException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw new IOException("not a certificate with an RSA key", e);
    }
  }

  /** Returns the DER form as received. */
  public byte[] der() {
    return der.clone();
  }

  /** Returns the subject. */
  public X500Name subject() {
    return certificate.getSubject();
  }

  /** Returns the subject's key. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /** Returns the SHA-256 hash of the DER SubjectPublicKeyInfo. */
  public String publicKeySha256() {
    return Jca.sha256(subjectPublicKeyInfo);
  }

  byte[] subjectKeyBits() {
    return certificate.getSubjectPublicKeyInfo().getPublicKeyData().getBytes();
  }

  /** Returns the serial number as {@code 0x} and lower-case hex. */
  public String serial() {
    return "0x" + certificate.getSerialNumber().getValue().toString(16);
  }

  /**
   * {@return the subject alternative names that are DNS names or IP addresses: as {@code DNS:name}
   * or {@code IP:address}, in order}
   *
   * @throws IOException if they cannot be read
   */
  public List<String> subjectAlternativeNames() throws IOException {
    try {
      List<String> names = new ArrayList<>();
      GeneralNames all =
          extensions()
              .map(
                  extensions ->
                      GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName))
              .orElse(null);
      for (GeneralName name : all == null ? new GeneralName[0] : all.getNames()) {
        if (name.getTagNo() == GeneralName.dNSName) {
          names.add("DNS:" + ASN1IA5String.getInstance(name.getName()).getString());
        } else if (name.getTagNo() == GeneralName.iPAddress) {
          byte[] address = ASN1OctetString.getInstance(name.getName()).getOctets();
          names.add("IP:" + InetAddress.getByAddress(address).getHostAddress());
        }
      }
      return List.copyOf(names);
    } catch (RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw new IOException("unreadable subject alternative names", e);
    }
  }

  /** Returns the start of validity. */
  public Instant notBefore() {
    return CertificateTimes.instant(certificate.getStartDate());
  }

  /** Returns the end of validity. */
  public Instant notAfter() {
    return CertificateTimes.instant(certificate.getEndDate());
  }

  /** Tells whether BasicConstraints say CA:TRUE. */
  public boolean isCa() {
    return extensions()
        .map(BasicConstraints::fromExtensions)
        .map(BasicConstraints::isCA)
        .orElse(false);
  }

  /** Tells whether KeyUsage, where present, allows signing certificates. */
  public boolean mayCertify() {
    return extensions()
        .map(KeyUsage::fromExtensions)
        .map(usage -> usage.hasUsages(KeyUsage.keyCertSign))
        .orElse(true);
  }

  /** Tells whether this is a certificate by its own name and key; asked often, verified once. */
  public boolean isSelfSigned() {
    Boolean known = selfSigned;
    if (known == null) {
      known = isSelfIssued() && isSignedBy(publicKey);
      selfSigned = known;
    }
    return known;
  }

  private boolean isSelfIssued() {
    return certificate.getSubject().equals(certificate.getIssuer());
  }

  /** Tells whether another certificate's subject is this one's issuer. */
  public boolean names(CertificateFile issuer) {
    return certificate.getIssuer().equals(issuer.subject());
  }

  /** Tells whether the signature verifies with a key: SHA-256 with RSA. */
  public boolean isSignedBy(PublicKey issuerKey) {
    try {
      return certificate
              .getSignatureAlgorithm()
              .getAlgorithm()
              .equals(SigningRequest.SHA256_RSA.getAlgorithm())
          && jca.verifyPkcs1(
              issuerKey,
              certificate.getTBSCertificate().getEncoded(),
              certificate.getSignature().getBytes());
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns the JDK's view of this certificate. */
  public X509Certificate toX509() throws IOException {
    try {
      return Jca.certificate(der);
    } catch (GeneralSecurityException e) {
      throw new IOException("not a certificate the JDK can use", e);
    }
  }

  private Optional<Extensions> extensions() {
    return Optional.ofNullable(certificate.getTBSCertificate().getExtensions());
  }
}
