// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import io.fedtrust.provisioning.model.CertType;
import io.fedtrust.provisioning.model.ParticipantKind;
import io.fedtrust.provisioning.spi.CaSigner;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** Builds and signs the three certificate profiles of the project PKI. */
public final class CertificateIssuer {
  /**
   * How long before the present validity begins: sites whose clocks are a little behind must be
   * able to use a fresh certificate. Roots begin as early, so that the certificates of their first
   * minutes still differ in their beginning and can be compared by age.
   */
  public static final Duration BACKDATING = Duration.ofMinutes(5);

  private static final int SERIAL_BITS = 159;
  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");

  private final CaSigner signer;
  private final SecureRandom random;

  /** Signs with a signer; serial numbers come from {@code random}. */
  public CertificateIssuer(CaSigner signer, SecureRandom random) {
    this.signer = signer;
    this.random = random;
  }

  /** Makes a root certificate. Returns its DER form. */
  public byte[] root(
      String project,
      Optional<String> organization,
      PublicKey key,
      Instant notBefore,
      Instant notAfter)
      throws GeneralSecurityException, IOException {
    X500Name name = Subject.of(project, organization, Optional.empty());
    SubjectPublicKeyInfo keyInfo = SubjectPublicKeyInfo.getInstance(key.getEncoded());
    byte[] keyId = keyId(keyInfo.getPublicKeyData().getBytes());
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId));
    extensions.addExtension(
        Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyId));
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    extensions.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
    extensions.addExtension(
        Extension.subjectAlternativeName, false, new GeneralNames(dnsName(project)));
    return sign(unsigned(name, name, keyInfo, notBefore, notAfter, extensions).der());
  }

  /** What a leaf certificate says. */
  public record Leaf(
      String commonName,
      String organization,
      CertType type,
      List<String> subjectAlternativeNames,
      byte[] subjectPublicKeyInfo,
      Instant notBefore,
      Instant notAfter) {}

  /**
   * A certificate before it is signed. Signing it again gives the same certificate.
   *
   * @param serial {@code 0x} and lower-case hex
   * @param der TBSCertificate (RFC 5280 section 4.1)
   */
  public record Unsigned(String serial, byte[] der) {}

  /** Decides everything that a leaf certificate under a root says. */
  public Unsigned leaf(Leaf leaf, CertificateFile root) throws IOException {
    boolean user = leaf.type().kind() == ParticipantKind.USER;
    SubjectPublicKeyInfo keyInfo = SubjectPublicKeyInfo.getInstance(leaf.subjectPublicKeyInfo());
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    addKeyIds(extensions, keyInfo, root);
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    extensions.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(
            KeyUsage.digitalSignature
                | (user ? KeyUsage.nonRepudiation : KeyUsage.keyEncipherment)));
    extensions.addExtension(
        Extension.extendedKeyUsage,
        false,
        user
            ? new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)
            : new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth}));
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            leaf.subjectAlternativeNames().stream()
                .map(CertificateIssuer::generalName)
                .toArray(GeneralName[]::new)));
    // The root's full subject, so that the chain verifies also where it carries an organization.
    return unsigned(
        root.subject(),
        Subject.of(
            leaf.commonName(), Optional.of(leaf.organization()), Optional.of(leaf.type().text())),
        keyInfo,
        leaf.notBefore(),
        leaf.notAfter(),
        extensions);
  }

  /** What the certificate of a job CA says. */
  public record JobCa(
      String commonName, byte[] subjectPublicKeyInfo, Instant notBefore, Instant notAfter) {}

  /** Decides everything that the certificate of a job CA under a root says. */
  public Unsigned jobCa(JobCa jobCa, CertificateFile root) throws IOException {
    SubjectPublicKeyInfo keyInfo = SubjectPublicKeyInfo.getInstance(jobCa.subjectPublicKeyInfo());
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    addKeyIds(extensions, keyInfo, root);
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    extensions.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(
                  GeneralName.uniformResourceIdentifier, new DERIA5String(NvflareUris.JOB_CA)),
              dnsName(jobCa.commonName())
            }));
    return unsigned(
        root.subject(),
        Subject.of(jobCa.commonName(), Optional.empty(), Optional.empty()),
        keyInfo,
        jobCa.notBefore(),
        jobCa.notAfter(),
        extensions);
  }

  private static void addKeyIds(
      ExtensionsGenerator extensions, SubjectPublicKeyInfo keyInfo, CertificateFile root)
      throws IOException {
    extensions.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new SubjectKeyIdentifier(keyId(keyInfo.getPublicKeyData().getBytes())));
    extensions.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(keyId(root.subjectKeyBits())));
  }

  /** Returns {@code IP:} for an IPv4 literal and {@code DNS:} for anything else. */
  public static String alternativeName(String host) {
    return (isIpv4(host) ? "IP:" : "DNS:") + host;
  }

  private Unsigned unsigned(
      X500Name issuer,
      X500Name subject,
      SubjectPublicKeyInfo key,
      Instant notBefore,
      Instant notAfter,
      ExtensionsGenerator extensions)
      throws IOException {
    BigInteger serial = serial();
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(new ASN1Integer(serial));
    generator.setSignature(SigningRequest.SHA256_RSA);
    generator.setIssuer(issuer);
    generator.setSubject(subject);
    generator.setSubjectPublicKeyInfo(key);
    generator.setStartDate(CertificateTimes.time(notBefore));
    generator.setEndDate(CertificateTimes.time(notAfter));
    generator.setExtensions(extensions.generate());
    return new Unsigned(
        "0x" + serial.toString(16),
        generator.generateTBSCertificate().getEncoded(ASN1Encoding.DER));
  }

  /** Returns the start of validity that a TBSCertificate says. */
  public static Instant notBefore(byte[] tbsCertificate) {
    return CertificateTimes.instant(TBSCertificate.getInstance(tbsCertificate).getStartDate());
  }

  /** Signs a TBSCertificate. Returns the certificate's DER form. */
  public byte[] sign(byte[] tbsCertificate) throws GeneralSecurityException, IOException {
    byte[] value = signer.sign(CaSigner.Algorithm.SHA256_WITH_RSA, tbsCertificate);
    return new DERSequence(
            new ASN1Encodable[] {
              ASN1Primitive.fromByteArray(tbsCertificate),
              SigningRequest.SHA256_RSA,
              new DERBitString(value)
            })
        .getEncoded(ASN1Encoding.DER);
  }

  private BigInteger serial() {
    BigInteger serial = new BigInteger(SERIAL_BITS, random);
    return serial.signum() == 0 ? BigInteger.ONE : serial;
  }

  private static byte[] keyId(byte[] keyBits) {
    return Jca.digest("SHA-1", keyBits);
  }

  private static GeneralName generalName(String text) {
    String value = text.substring(text.indexOf(':') + 1);
    return text.startsWith("IP:")
        ? new GeneralName(GeneralName.iPAddress, new DEROctetString(ipv4(value)))
        : dnsName(value);
  }

  /** A raw IA5String: names here may hold '_' and '@', which are no DNS names. */
  private static GeneralName dnsName(String name) {
    return new GeneralName(GeneralName.dNSName, new DERIA5String(name));
  }

  private static boolean isIpv4(String host) {
    return IPV4.matcher(host).matches();
  }

  private static byte[] ipv4(String host) {
    byte[] address = new byte[4];
    int at = 0;
    for (String octet : host.split("\\.", -1)) {
      address[at++] = (byte) Integer.parseInt(octet);
    }
    return address;
  }
}
