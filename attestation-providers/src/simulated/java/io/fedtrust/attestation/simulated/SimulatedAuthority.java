// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A key that signs certificates as vendors do: RSA-4096 with RSASSA-PSS and SHA-384 (AMD), P-256
 * with SHA-256 (Intel), or P-384 with SHA-384 (NVIDIA).
 */
final class SimulatedAuthority {
  private static final Provider PROVIDER = new BouncyCastleProvider();
  private static final int BITS = 4096;
  private static final int LARGE_CURVE_BITS = 384;
  private static final Duration VALIDITY = Duration.ofDays(25 * 365L);
  private static final Duration LIST_VALIDITY = Duration.ofDays(60);
  private static final String ORGANISATION =
      ",O=FedTrust SIMULATED platform - not hardware,L=nowhere,OU=Simulation";

  private final KeyPair keys;
  private final X500Name name;
  private final X509CertificateHolder certificate;

  private SimulatedAuthority(KeyPair keys, X500Name name, X509CertificateHolder certificate) {
    this.keys = keys;
    this.name = name;
    this.certificate = certificate;
  }

  static X500Principal principal(String commonName) {
    return new X500Principal("CN=" + commonName + ORGANISATION);
  }

  private static X500Name name(String commonName) {
    return X500Name.getInstance(principal(commonName).getEncoded());
  }

  static KeyPair rsa(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(BITS, RSAKeyGenParameterSpec.F4), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair p256(SecureRandom random) {
    return curve("secp256r1", random);
  }

  static KeyPair p384(SecureRandom random) {
    return curve("secp384r1", random);
  }

  static KeyPair curve(String name, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(name), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static SimulatedAuthority root(String commonName, KeyPair keys, Instant from) {
    X500Name name = name(commonName);
    X509v3CertificateBuilder builder =
        builder(name, BigInteger.valueOf(0x10000), from, VALIDITY, name, keys);
    return new SimulatedAuthority(
        keys, name, sign(constrained(builder, new BasicConstraints(true)), keys));
  }

  SimulatedAuthority issuer(String commonName, BigInteger serial, KeyPair subject, Instant from) {
    X500Name subjectName = name(commonName);
    X509v3CertificateBuilder builder = builder(name, serial, from, VALIDITY, subjectName, subject);
    return new SimulatedAuthority(
        subject, subjectName, sign(constrained(builder, new BasicConstraints(0)), keys));
  }

  /** An issuer below which others may stand. */
  SimulatedAuthority authority(
      String commonName, BigInteger serial, KeyPair subject, Instant from) {
    X500Name subjectName = name(commonName);
    X509v3CertificateBuilder builder = builder(name, serial, from, VALIDITY, subjectName, subject);
    return new SimulatedAuthority(
        subject, subjectName, sign(constrained(builder, new BasicConstraints(true)), keys));
  }

  /** Somebody who signs documents rather than certificates. */
  SimulatedAuthority endEntity(
      String commonName, BigInteger serial, KeyPair subject, Instant from, Duration validity) {
    X509v3CertificateBuilder builder =
        builder(name, serial, from, validity, name(commonName), subject);
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SimulatedAuthority(subject, name(commonName), sign(builder, keys));
  }

  /** Another certificate of the same key. */
  SimulatedAuthority renewed(
      String commonName, SimulatedAuthority root, BigInteger serial, Instant from) {
    return root.issuer(commonName, serial, keys, from);
  }

  X509v3CertificateBuilder leaf(
      String commonName, Instant from, Duration validity, KeyPair subject) {
    return leaf(commonName, BigInteger.ZERO, from, validity, subject);
  }

  X509v3CertificateBuilder leaf(
      String commonName, BigInteger serial, Instant from, Duration validity, KeyPair subject) {
    return builder(name, serial, from, validity, name(commonName), subject);
  }

  /** Signs what was prepared for somebody. */
  SimulatedAuthority sealed(String commonName, X509v3CertificateBuilder builder, KeyPair subject) {
    return new SimulatedAuthority(subject, name(commonName), sign(builder, keys));
  }

  X509CertificateHolder sign(X509v3CertificateBuilder builder) {
    return sign(builder, keys);
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer,
      BigInteger serial,
      Instant from,
      Duration validity,
      X500Name subject,
      KeyPair keys) {
    return new X509v3CertificateBuilder(
        issuer,
        serial,
        Date.from(from),
        Date.from(from.plus(validity)),
        subject,
        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
  }

  private static X509v3CertificateBuilder constrained(
      X509v3CertificateBuilder builder, BasicConstraints constraints) {
    try {
      return builder
          .addExtension(Extension.basicConstraints, true, constraints)
          .addExtension(
              Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static X509CertificateHolder sign(X509v3CertificateBuilder builder, KeyPair keys) {
    return builder.build(signer(keys));
  }

  private static String algorithm(PublicKey key) {
    if (key instanceof RSAPublicKey) {
      return "SHA384withRSAandMGF1";
    }
    boolean large =
        key instanceof ECPublicKey curve
            && curve.getParams().getCurve().getField().getFieldSize() == LARGE_CURVE_BITS;
    return large ? "SHA384withECDSA" : "SHA256withECDSA";
  }

  static ContentSigner signer(KeyPair keys) {
    try {
      return new JcaContentSignerBuilder(algorithm(keys.getPublic()))
          .setProvider(PROVIDER)
          .build(keys.getPrivate());
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A list that ends sixty days after its issue. */
  byte[] revocations(long number, Instant at, Collection<BigInteger> revoked) {
    return revocations(number, at, at.plus(LIST_VALIDITY), revoked);
  }

  private byte[] revocations(
      long number, Instant thisUpdate, Instant nextUpdate, Collection<BigInteger> revoked) {
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(name, Date.from(thisUpdate));
      builder.setNextUpdate(Date.from(nextUpdate));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      revoked.forEach(
          serial -> builder.addCRLEntry(serial, Date.from(thisUpdate), CRLReason.superseded));
      return builder.build(signer(keys)).getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BigInteger serial() {
    return certificate.getSerialNumber();
  }

  byte[] der() {
    try {
      return certificate.getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  KeyPair keys() {
    return keys;
  }

  byte[] publicKey() {
    return keys.getPublic().getEncoded();
  }
}
