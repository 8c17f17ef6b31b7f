// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jcajce.provider.asymmetric.ec.BCECPublicKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Verifies signatures with one provider for elliptic curves and one for RSA; nothing is registered
 * globally. One {@link Signature} for each thread is used again and again: making one costs about a
 * quarter of a P-384 verification.
 */
public final class Signatures {
  /** RSASSA-PSS as AMD signs: SHA-384 throughout and a salt of 48 bytes. */
  public static final PSSParameterSpec PSS_SHA384 =
      new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);

  private static final BigInteger P384_ORDER = CustomNamedCurves.getByName("secp384r1").getN();

  /** Making one takes milliseconds; it has no state. */
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private final Optional<Provider> provider;
  private final ThreadLocal<Signature> ecdsaSha384;
  private final ThreadLocal<Signature> pssSha384;

  /** Uses a provider for everything, or Bouncy Castle for curves and the JDK for RSA. */
  public Signatures(Optional<Provider> provider) {
    this.provider = provider;
    this.ecdsaSha384 = ThreadLocal.withInitial(() -> ecdsa("SHA384withECDSA"));
    this.pssSha384 = ThreadLocal.withInitial(this::pss);
  }

  private Signature ecdsa(String algorithm) {
    try {
      return Signature.getInstance(algorithm, provider.orElse(BOUNCY_CASTLE));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no " + algorithm, e);
    }
  }

  private Signature pss() {
    try {
      Signature signature =
          provider.isPresent()
              ? Signature.getInstance("RSASSA-PSS", provider.get())
              : Signature.getInstance("RSASSA-PSS");
      signature.setParameter(PSS_SHA384);
      return signature;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSASSA-PSS with SHA-384", e);
    }
  }

  /**
   * Prepares an elliptic-curve key for many verifications.
   *
   * @throws GeneralSecurityException if it is none, or its point is not on its curve
   */
  public PublicKey curveKey(PublicKey key) throws GeneralSecurityException {
    return provider.isPresent()
        ? KeyFactory.getInstance("EC", provider.get())
            .generatePublic(new X509EncodedKeySpec(key.getEncoded()))
        : sharing(key);
  }

  /**
   * Keys from the provider's factory have a generator each, and with use a table of its multiples
   * each; keys made here share one of both.
   */
  private static PublicKey sharing(PublicKey key) throws GeneralSecurityException {
    try {
      if (PublicKeyFactory.createKey(key.getEncoded()) instanceof ECPublicKeyParameters parsed) {
        return new BCECPublicKey("EC", parsed, BouncyCastleProvider.CONFIGURATION);
      }
      throw new InvalidKeyException("no elliptic-curve key");
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new InvalidKeyException("no elliptic-curve key", e);
    }
  }

  /** Verifies ECDSA with SHA-384; whatever cannot be a signature is a wrong one. */
  public boolean ecdsaSha384(PublicKey key, byte[] message, byte[] der) {
    return verifies(ecdsaSha384.get(), key, message, der);
  }

  /** Verifies RSASSA-PSS as AMD signs; whatever cannot be a signature is a wrong one. */
  public boolean pssSha384(PublicKey key, byte[] message, byte[] value) {
    return verifies(pssSha384.get(), key, message, value);
  }

  private static boolean verifies(
      Signature signature, PublicKey key, byte[] message, byte[] value) {
    try {
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(value);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Writes a P-384 signature as {@code SEQUENCE { INTEGER r, INTEGER s }} in DER (RFC 3279 section
   * 2.2.3).
   *
   * @param r the first number
   * @param s the second number
   * @return the signature, or empty unless both are from 1 to the order of the curve less 1
   */
  public static Optional<byte[]> p384(BigInteger r, BigInteger s) {
    try {
      return isScalar(r) && isScalar(s)
          ? Optional.of(StandardDSAEncoding.INSTANCE.encode(P384_ORDER, r, s))
          : Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("two numbers cannot be encoded", e);
    }
  }

  private static boolean isScalar(BigInteger number) {
    return number.signum() > 0 && number.compareTo(P384_ORDER) < 0;
  }
}
