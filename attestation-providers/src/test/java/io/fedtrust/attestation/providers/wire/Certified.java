// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.wire;

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
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Sites with certificates of one project. */
final class Certified {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static final X500Name PROJECT = new X500Name("CN=project");
  private static final KeyPair ROOT_KEYS = keys();
  private static final X509Certificate ROOT = certificate(PROJECT, ROOT_KEYS, true);

  private Certified() {}

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(X500Name subject, KeyPair keys, boolean ca) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              new JcaX509v3CertificateBuilder(
                      PROJECT,
                      BigInteger.valueOf(System.nanoTime()),
                      Date.from(NOW.minus(Duration.ofDays(1))),
                      Date.from(NOW.plus(Duration.ofDays(1))),
                      subject,
                      keys.getPublic())
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(ca))
                  .build(
                      new JcaContentSignerBuilder("SHA256withRSA").build(ROOT_KEYS.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static SiteIdentity site(String name, String role) {
    KeyPair keys = keys();
    X500Name subject =
        new X500NameBuilder()
            .addRDN(BCStyle.CN, new DERUTF8String(name))
            .addRDN(BCStyle.UnstructuredName, new DERUTF8String(role))
            .build();
    return SiteIdentity.of(
        "federation", List.of(certificate(subject, keys, false)), keys.getPrivate(), ROOT);
  }
}
