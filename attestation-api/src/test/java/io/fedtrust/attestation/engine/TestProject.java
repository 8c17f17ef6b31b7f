// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.SiteIdentity;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A project with a root certificate that issues sites theirs. */
final class TestProject {
  static final String NAME = "hospital_federation";
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  static final TestProject HOSPITALS = new TestProject("hospitals");

  final KeyPair rootKeys = keys(2048);
  final X509Certificate root;

  TestProject(String name) {
    this.root = certificate(new X500Name("CN=" + name), rootKeys, rootKeys, name, true);
  }

  static KeyPair keys(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static X500Name subject(String name, String role) {
    return new X500NameBuilder()
        .addRDN(BCStyle.CN, new DERUTF8String(name))
        .addRDN(BCStyle.O, new DERUTF8String("org"))
        .addRDN(BCStyle.UnstructuredName, new DERUTF8String(role))
        .build();
  }

  private static X509Certificate certificate(
      X500Name subject, KeyPair subjectKeys, KeyPair signer, String issuer, boolean ca) {
    return certificate(subject, subjectKeys, signer, issuer, ca, List.of());
  }

  private static X509Certificate certificate(
      X500Name subject,
      KeyPair subjectKeys,
      KeyPair signer,
      String issuer,
      boolean ca,
      List<String> uris) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
                  new X500Name("CN=" + issuer),
                  BigInteger.valueOf(System.identityHashCode(subjectKeys)),
                  Date.from(NOW.minus(Duration.ofDays(1))),
                  Date.from(NOW.plus(Duration.ofDays(365))),
                  subject,
                  subjectKeys.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      if (!uris.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                uris.stream()
                    .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                    .toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withRSA").build(signer.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  X509Certificate certificate(X500Name subject, KeyPair keys) {
    return certificate(
        subject, keys, rootKeys, root.getSubjectX500Principal().getName().substring(3), false);
  }

  /** A certificate of a site with URIs. */
  X509Certificate certificate(X500Name subject, KeyPair keys, List<String> uris) {
    return certificate(
        subject,
        keys,
        rootKeys,
        root.getSubjectX500Principal().getName().substring(3),
        false,
        uris);
  }

  /** A CA below the root, with URIs. */
  X509Certificate authority(String name, KeyPair keys, List<String> uris) {
    return certificate(
        new X500Name("CN=" + name),
        keys,
        rootKeys,
        root.getSubjectX500Principal().getName().substring(3),
        true,
        uris);
  }

  /** A site's certificate that another CA than the root issued. */
  static X509Certificate below(String issuer, KeyPair issuerKeys, X500Name subject, KeyPair keys) {
    return certificate(subject, keys, issuerKeys, issuer, false);
  }

  SiteIdentity site(String name, String role) {
    return site(name, role, keys(2048));
  }

  SiteIdentity site(String name, String role, KeyPair keys) {
    return SiteIdentity.of(
        NAME, List.of(certificate(subject(name, role), keys)), keys.getPrivate(), root);
  }
}
