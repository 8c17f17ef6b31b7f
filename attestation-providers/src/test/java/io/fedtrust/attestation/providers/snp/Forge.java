// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.collateral.SnpItems;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A chain for the good report of {@link Simulated} under keys of its own, in which one thing at a
 * time can be made wrong.
 */
final class Forge {
  static final KeyPair ROOT = rsa(4096);
  static final KeyPair ISSUER = rsa(4096);
  static final String PSS = "SHA384withRSAandMGF1";

  private static final Date FROM = Date.from(Simulated.MADE);
  private static final Date TO = Date.from(Simulated.MADE.plus(Duration.ofDays(2000)));

  final Simulated.Case good = Simulated.Case.good();
  final X509CertificateHolder leaf;
  final X509CertificateHolder issuer;
  final X509CertificateHolder root;

  /** Names and constraints of the issuing certificate. */
  UnaryOperator<X509v3CertificateBuilder> issuerExtensions =
      builder -> ca(builder, new BasicConstraints(0), KeyUsage.keyCertSign);

  /** Each extension of the endorsement certificate, as it is or another; empty leaves it out. */
  Function<Extension, Optional<Extension>> leafExtension = Optional::of;

  Consumer<X509v3CertificateBuilder> leafAddition = builder -> {};

  X500Name issuerName;
  X500Name leafName;
  X500Name leafIssuer;
  PublicKey leafKey;
  KeyPair issuerKeys = ISSUER;
  KeyPair leafSigner = ISSUER;
  KeyPair issuerSigner = ROOT;
  String leafAlgorithm = PSS;
  String issuerAlgorithm = PSS;

  Consumer<X509v2CRLBuilder> listContent =
      list -> {
        list.setNextUpdate(Date.from(Simulated.NOW.plusSeconds(1)));
        extension(list, Extension.cRLNumber, false);
      };

  X500Name listName;
  KeyPair listSigner = ROOT;
  String listAlgorithm = PSS;

  Forge() {
    try {
      this.leaf = new X509CertificateHolder(good.item(SnpItems.VCEK).bytes());
      var chain = Certificates.parsePem(good.item(SnpItems.CHAIN).bytes());
      this.issuer = new X509CertificateHolder(chain.get(0));
      this.root = new X509CertificateHolder(chain.get(1));
      this.leafKey = Certificates.parse(leaf.getEncoded()).getPublicKey();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    this.issuerName = issuer.getSubject();
    this.leafName = leaf.getSubject();
    this.leafIssuer = issuer.getSubject();
    this.listName = root.getSubject();
  }

  static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static X509v3CertificateBuilder ca(
      X509v3CertificateBuilder builder, BasicConstraints constraints, int usage) {
    try {
      return builder
          .addExtension(Extension.basicConstraints, true, constraints)
          .addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static Extension amd(String suffix, boolean critical, ASN1Encodable value) {
    try {
      return new Extension(
          new ASN1ObjectIdentifier("1.3.6.1.4.1.3704.1." + suffix),
          critical,
          new DEROctetString(value.toASN1Primitive().getEncoded()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static void extension(X509v2CRLBuilder list, ASN1ObjectIdentifier id, boolean critical) {
    try {
      list.addExtension(id, critical, new CRLNumber(BigInteger.ONE));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Name signer, BigInteger serial, X500Name holder, PublicKey key) {
    return new X509v3CertificateBuilder(
        signer, serial, FROM, TO, holder, SubjectPublicKeyInfo.getInstance(key.getEncoded()));
  }

  private static byte[] signed(X509v3CertificateBuilder builder, KeyPair signer, String algorithm)
      throws Exception {
    return builder
        .build(
            new JcaContentSignerBuilder(algorithm)
                .setProvider(new BouncyCastleProvider())
                .build(signer.getPrivate()))
        .getEncoded();
  }

  private byte[] rootDer() throws Exception {
    return signed(
        ca(
            builder(root.getSubject(), BigInteger.ONE, root.getSubject(), ROOT.getPublic()),
            new BasicConstraints(true),
            KeyUsage.keyCertSign),
        ROOT,
        PSS);
  }

  /** The good report with what was forged. */
  Simulated.Case forged() throws Exception {
    X509v3CertificateBuilder leafBuilder = builder(leafIssuer, BigInteger.ZERO, leafName, leafKey);
    for (Object id : leaf.getExtensionOIDs()) {
      Optional<Extension> extension =
          leafExtension.apply(leaf.getExtension((ASN1ObjectIdentifier) id));
      if (extension.isPresent()) {
        leafBuilder.addExtension(extension.get());
      }
    }
    leafAddition.accept(leafBuilder);
    byte[] issuerDer =
        signed(
            issuerExtensions.apply(
                builder(root.getSubject(), BigInteger.TEN, issuerName, issuerKeys.getPublic())),
            issuerSigner,
            issuerAlgorithm);
    X509v2CRLBuilder list = new X509v2CRLBuilder(listName, Date.from(Simulated.LISTED));
    listContent.accept(list);
    byte[] pem = CertificatePem.write(List.of(issuerDer, rootDer()));
    return good.with(SnpItems.VCEK, signed(leafBuilder, leafSigner, leafAlgorithm))
        .with(SnpItems.CHAIN, pem)
        .with(
            SnpItems.CRL,
            list.build(
                    new JcaContentSignerBuilder(listAlgorithm)
                        .setProvider(new BouncyCastleProvider())
                        .build(listSigner.getPrivate()))
                .getEncoded());
  }

  /** By its key alone: the certificate differs each time it is signed. */
  TrustAnchor anchor(TrustAnchor.Origin origin) throws Exception {
    X509Certificate certificate = Certificates.parse(rootDer());
    return new TrustAnchor(
        AmdAnchors.FAMILY,
        "Milan",
        AmdAnchors.ROLE,
        certificate.getSubjectX500Principal(),
        Set.of(),
        Digests.sha256(certificate.getPublicKey().getEncoded()),
        origin);
  }
}
