// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The algorithms of the project PKI, from one provider. Nothing is registered globally; without an
 * explicit provider the JDK's preference order applies.
 */
public final class Jca {
  /** Modulus size of participants' keys made here, in bits; NVFlare's own. */
  public static final int KEY_BITS = 2048;

  /** Salt of RSASSA-PSS as long as the SHA-256 digest: what key services sign with. */
  public static final int DIGEST_SALT_BYTES = 32;

  private final Optional<Provider> provider;
  private final SecureRandom random;
  private final RsaKeyCheck keyCheck = new RsaKeyCheck();

  /** Uses a provider, or the JDK's preference order. */
  public Jca(Optional<Provider> provider, SecureRandom random) {
    this.provider = provider;
    this.random = random;
  }

  /** Returns the source of randomness. */
  public SecureRandom random() {
    return random;
  }

  /**
   * Makes an RSA key pair with e = 65537.
   *
   * @param bits size of the modulus
   */
  public KeyPair generateKeyPair(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator =
        provider.isPresent()
            ? KeyPairGenerator.getInstance("RSA", provider.get())
            : KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
    return generator.generateKeyPair();
  }

  /** Signs with RSASSA-PKCS1-v1_5 and SHA-256. */
  public byte[] signPkcs1(PrivateKey key, byte[] message) throws GeneralSecurityException {
    Signature signature = signature("SHA256withRSA");
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }

  /** Verifies RSASSA-PKCS1-v1_5 with SHA-256; a malformed signature is a wrong one. */
  public boolean verifyPkcs1(PublicKey key, byte[] message, byte[] value) {
    return verify("SHA256withRSA", key, message, value);
  }

  /** Verifies with a JCA algorithm name; a malformed signature is a wrong one. */
  boolean verify(String algorithm, PublicKey key, byte[] message, byte[] value) {
    try {
      Signature signature = signature(algorithm);
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(value);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Signs with RSASSA-PSS, SHA-256 and the longest salt. */
  public byte[] signPss(PrivateKey key, byte[] message) throws GeneralSecurityException {
    return signPss(key, message, longestSalt(bits(key)));
  }

  /** Signs with RSASSA-PSS, SHA-256 and a salt of some bytes. */
  public byte[] signPss(PrivateKey key, byte[] message, int saltBytes)
      throws GeneralSecurityException {
    Signature signature = signature("RSASSA-PSS");
    signature.setParameter(pss(saltBytes));
    signature.initSign(key, random);
    signature.update(message);
    return signature.sign();
  }

  /**
   * Verifies RSASSA-PSS with SHA-256 and the longest salt or one of 32 bytes; a malformed signature
   * is a wrong one, and so is any by a key that is not RSA or too short for a salt.
   */
  public boolean verifyPss(PublicKey key, byte[] message, byte[] value) {
    return verifyPss(key, message, value, longestSalt(bits(key)))
        || verifyPss(key, message, value, DIGEST_SALT_BYTES);
  }

  /** As {@link #verifyPss(PublicKey, byte[], byte[])}, with a salt of exactly so many bytes. */
  public boolean verifyPss(PublicKey key, byte[] message, byte[] value, int saltBytes) {
    try {
      Signature signature = signature("RSASSA-PSS");
      signature.setParameter(pss(saltBytes));
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(value);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /** Salt of emLen - hLen - 2 bytes (RFC 8017 section 9.1.1): 222 for RSA-2048. */
  public static int longestSalt(int modulusBits) {
    int emBytes = (modulusBits - 1 + 7) / 8;
    return emBytes - 32 - 2;
  }

  private static PSSParameterSpec pss(int saltBytes) {
    return new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, saltBytes, 1);
  }

  /** Reads a public key from its DER SubjectPublicKeyInfo. */
  PublicKey publicKey(byte[] subjectPublicKeyInfo) throws GeneralSecurityException {
    return rsa().generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo));
  }

  /** Returns what refuses weak keys; it goes first, since a provider may take its time. */
  RsaKeyCheck keyCheck() {
    return keyCheck;
  }

  /** Reads a private key from its DER PrivateKeyInfo. */
  public PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
    return rsa().generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  /** Reads a certificate for use with the JDK. */
  public static X509Certificate certificate(byte[] der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  /** Returns the SHA-256 hash as 64 lower-case hex digits. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest("SHA-256", bytes));
  }

  static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  /** Returns the modulus size of an RSA key; 0 for another key. */
  public static int bits(java.security.Key key) {
    return key instanceof RSAKey rsa ? rsa.getModulus().bitLength() : 0;
  }

  private Signature signature(String algorithm) throws GeneralSecurityException {
    return provider.isPresent()
        ? Signature.getInstance(algorithm, provider.get())
        : Signature.getInstance(algorithm);
  }

  private KeyFactory rsa() throws GeneralSecurityException {
    return provider.isPresent()
        ? KeyFactory.getInstance("RSA", provider.get())
        : KeyFactory.getInstance("RSA");
  }
}
