// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The key of one process, made at its start and never written anywhere (trust protocol, section 1).
 */
final class SessionKey {
  /** Of a P-256 key with its point uncompressed; the 65 bytes of the point follow. */
  private static final byte[] PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final int SPKI_BYTES = 91;
  private static final String ALGORITHM = "SHA256withECDSA";

  private final PrivateKey privateKey;
  private final Bytes publicKey;

  private SessionKey(KeyPair keys) {
    this.privateKey = keys.getPrivate();
    this.publicKey = Bytes.of(keys.getPublic().getEncoded());
  }

  static SessionKey generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return new SessionKey(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
  }

  Bytes publicKey() {
    return publicKey;
  }

  byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(privateKey);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the session key cannot sign", e);
    }
  }

  /** Reads another process's key: the one spelling of a point that is on the curve. */
  static Optional<PublicKey> parse(Bytes spki) {
    byte[] bytes = spki.bytes();
    if (bytes.length != SPKI_BYTES || !Arrays.equals(Arrays.copyOf(bytes, PREFIX.length), PREFIX)) {
      return Optional.empty();
    }
    try {
      PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(bytes));
      return Optional.of(key).filter(SessionKey::isOnCurve);
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static boolean isOnCurve(PublicKey key) {
    if (!(key instanceof ECPublicKey curveKey)
        || !(curveKey.getParams().getCurve().getField() instanceof ECFieldFp field)) {
      return false;
    }
    BigInteger prime = field.getP();
    EllipticCurve curve = curveKey.getParams().getCurve();
    ECPoint point = curveKey.getW();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    return x.compareTo(prime) < 0
        && y.compareTo(prime) < 0
        && y.pow(2)
            .mod(prime)
            .equals(x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(prime));
  }

  static boolean verifies(PublicKey key, byte[] message, byte[] der) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(der);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
