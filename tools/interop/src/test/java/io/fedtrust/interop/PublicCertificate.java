// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A proxy's certificate as a public authority gives it: another root than the federation's, an
 * intermediate, a P-256 key, and the host name among the alternative names.
 */
record PublicCertificate(Path root, Path chain, Path key) {
  static PublicCertificate make(Path folder) throws Exception {
    Files.createDirectories(folder);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair rootKeys = generator.generateKeyPair();
    KeyPair issuingKeys = generator.generateKeyPair();
    KeyPair leafKeys = generator.generateKeyPair();
    X500Name rootName = new X500Name("CN=Public Root,O=Public CA");
    X500Name issuingName = new X500Name("CN=Issuing CA,O=Public CA");
    X509Certificate root = authority(1, rootName, rootKeys, rootName, rootKeys);
    X509Certificate issuing = authority(2, rootName, rootKeys, issuingName, issuingKeys);
    X509Certificate leaf = leaf(issuingName, issuingKeys, leafKeys);
    return new PublicCertificate(
        write(folder.resolve("root.pem"), root),
        write(folder.resolve("leaf.pem"), leaf, issuing),
        write(folder.resolve("leaf.key"), new JcaPKCS8Generator(leafKeys.getPrivate(), null)));
  }

  private static X509Certificate authority(
      int serial, X500Name issuer, KeyPair issuerKeys, X500Name subject, KeyPair keys)
      throws Exception {
    JcaX509v3CertificateBuilder builder = builder(serial, issuer, issuerKeys, subject, keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    return sign(builder, issuerKeys);
  }

  private static X509Certificate leaf(X500Name issuer, KeyPair issuerKeys, KeyPair keys)
      throws Exception {
    JcaX509v3CertificateBuilder builder =
        builder(3, issuer, issuerKeys, new X500Name("CN=localhost"), keys);
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
    return sign(builder, issuerKeys);
  }

  private static JcaX509v3CertificateBuilder builder(
      int serial, X500Name issuer, KeyPair issuerKeys, X500Name subject, KeyPair keys)
      throws Exception {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(serial),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(Duration.ofDays(1))),
            subject,
            keys.getPublic());
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        identifiers.createSubjectKeyIdentifier(keys.getPublic()));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
    return builder;
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair issuerKeys)
      throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
  }

  private static Path write(Path file, Object... objects) throws Exception {
    try (Writer text = Files.newBufferedWriter(file);
        JcaPEMWriter pem = new JcaPEMWriter(text)) {
      for (Object object : objects) {
        pem.writeObject(object);
      }
    }
    return file;
  }
}
