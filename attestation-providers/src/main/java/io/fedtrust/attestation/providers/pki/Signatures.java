// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
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

  private static final X9ECParameters P256 = CustomNamedCurves.getByName("secp256r1");
  private static final X9ECParameters P384 = CustomNamedCurves.getByName("secp384r1");
  private static final int P256_BYTES = 32;
  private static final int P384_BYTES = 48;

  /** SubjectPublicKeyInfo of a key on P-256 up to its coordinates (RFC 5480 section 2). */
  private static final byte[] P256_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  /** Making one takes milliseconds; it has no state. */
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private final Optional<Provider> provider;
  private final Map<SignatureScheme, ThreadLocal<Signature>> reused =
      new EnumMap<>(SignatureScheme.class);

  /** Uses a provider for everything, or Bouncy Castle for curves and the JDK for RSA. */
  public Signatures(Optional<Provider> provider) {
    this.provider = provider;
    for (SignatureScheme scheme : SignatureScheme.values()) {
      reused.put(scheme, ThreadLocal.withInitial(() -> signature(scheme)));
    }
  }

  private Signature signature(SignatureScheme scheme) {
    return switch (scheme) {
      case PSS_SHA384 -> pss();
      case RSA_SHA256, RSA_SHA384 -> rsa(scheme.jcaName());
      case ECDSA_SHA256, ECDSA_SHA384 -> ecdsa(scheme.jcaName());
    };
  }

  private Signature rsa(String algorithm) {
    try {
      return provider.isPresent()
          ? Signature.getInstance(algorithm, provider.get())
          : Signature.getInstance(algorithm);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no " + algorithm, e);
    }
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
      Signature signature = rsa("RSASSA-PSS");
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
    return curveKey(key.getEncoded());
  }

  /** Prepares a key on a curve of so many bits; empty for any other key. */
  public Optional<PublicKey> curveKey(PublicKey key, int bits) {
    try {
      return isOnCurve(key, bits) ? Optional.of(curveKey(key)) : Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** Tells whether a key is one on a curve of so many bits. */
  public static boolean isOnCurve(PublicKey key, int bits) {
    return key instanceof ECPublicKey point
        && point.getParams().getCurve().getField().getFieldSize() == bits;
  }

  private PublicKey curveKey(byte[] subjectPublicKeyInfo) throws GeneralSecurityException {
    // Bouncy Castle looks whether the point is on its curve; not every provider does.
    PublicKey shared = sharing(subjectPublicKeyInfo);
    return provider.isPresent()
        ? KeyFactory.getInstance("EC", provider.get())
            .generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo))
        : shared;
  }

  /**
   * Keys from the provider's factory have a generator each, and with use a table of its multiples
   * each; keys made here share one of both.
   */
  private static PublicKey sharing(byte[] subjectPublicKeyInfo) throws GeneralSecurityException {
    try {
      if (PublicKeyFactory.createKey(subjectPublicKeyInfo)
          instanceof ECPublicKeyParameters parsed) {
        return new BCECPublicKey("EC", parsed, BouncyCastleProvider.CONFIGURATION);
      }
      throw new InvalidKeyException("no elliptic-curve key");
    } catch (IOException | RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw new InvalidKeyException("no elliptic-curve key", e);
    }
  }

  /**
   * Makes a key on P-256 from its coordinates.
   *
   * @param xy two big-endian numbers of 32 bytes each
   * @return the key, or empty if they are no point of the curve
   */
  public Optional<PublicKey> p256Key(byte[] xy) {
    byte[] encoded = Arrays.copyOf(P256_PREFIX, P256_PREFIX.length + xy.length);
    System.arraycopy(xy, 0, encoded, P256_PREFIX.length, xy.length);
    try {
      return xy.length == 2 * P256_BYTES ? Optional.of(curveKey(encoded)) : Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** Verifies a signature; whatever cannot be one is a wrong one. */
  public boolean verify(SignatureScheme scheme, PublicKey key, byte[] message, byte[] value) {
    ThreadLocal<Signature> mine = reused.get(scheme);
    return mine != null && verifies(mine.get(), key, message, value);
  }

  /**
   * Verifies an ECDSA signature in IEEE P1363 format, of SHA-256 on P-256 or of SHA-384 on P-384.
   *
   * @param rs two big-endian numbers as long as the curve's coordinates
   */
  public boolean verifyP1363(SignatureScheme scheme, PublicKey key, byte[] message, byte[] rs) {
    Optional<byte[]> der =
        switch (scheme) {
          case ECDSA_SHA256 -> p256(rs);
          case ECDSA_SHA384 -> p384(rs);
          case PSS_SHA384, RSA_SHA256, RSA_SHA384 -> Optional.empty();
        };
    return der.isPresent() && verify(scheme, key, message, der.get());
  }

  private static boolean verifies(
      Signature signature, PublicKey key, byte[] message, byte[] value) {
    try {
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(value);
    } catch (GeneralSecurityException | RuntimeException e) {
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
    return der(P384.getN(), r, s);
  }

  /**
   * Writes a P-256 signature in DER.
   *
   * @param rs two big-endian numbers of 32 bytes each (IEEE P1363)
   * @return the signature, or empty unless both are from 1 to the order of the curve less 1
   */
  public static Optional<byte[]> p256(byte[] rs) {
    return rs.length == 2 * P256_BYTES
        ? der(
            P256.getN(),
            new BigInteger(1, rs, 0, P256_BYTES),
            new BigInteger(1, rs, P256_BYTES, P256_BYTES))
        : Optional.empty();
  }

  /**
   * Writes a P-384 signature in DER.
   *
   * @param rs two big-endian numbers of 48 bytes each (IEEE P1363)
   * @return the signature, or empty unless both are from 1 to the order of the curve less 1
   */
  public static Optional<byte[]> p384(byte[] rs) {
    return rs.length == 2 * P384_BYTES
        ? p384(new BigInteger(1, rs, 0, P384_BYTES), new BigInteger(1, rs, P384_BYTES, P384_BYTES))
        : Optional.empty();
  }

  private static Optional<byte[]> der(BigInteger order, BigInteger r, BigInteger s) {
    try {
      return isScalar(order, r) && isScalar(order, s)
          ? Optional.of(StandardDSAEncoding.INSTANCE.encode(order, r, s))
          : Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("two numbers cannot be encoded", e);
    }
  }

  private static boolean isScalar(BigInteger order, BigInteger number) {
    return number.signum() > 0 && number.compareTo(order) < 0;
  }
}
