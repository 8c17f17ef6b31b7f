// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.Provider;
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
 * Makes session keys, and verifies what those of others signed
 * (docs/protocol/README.md#keys-and-names). A {@link Signature} for each thread is used again and
 * again. Keys are not kept: some providers make large tables for a key that is used often.
 */
final class SessionKeys {
  /** Of a P-256 key with its point uncompressed; the 65 bytes of the point follow. */
  private static final byte[] PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final int SPKI_BYTES = 91;
  private static final String ALGORITHM = "SHA256withECDSA";
  private static final String CURVE = "secp256r1";

  private final Optional<Provider> provider;
  private final ThreadLocal<Signature> verifying = ThreadLocal.withInitial(this::signature);

  /**
   * Uses a provider, or the platform's own.
   *
   * @param provider of elliptic curves
   */
  SessionKeys(Optional<Provider> provider) {
    this.provider = provider;
  }

  SessionKey generate(SecureRandom random) {
    try {
      KeyPairGenerator generator =
          provider.isPresent()
              ? KeyPairGenerator.getInstance("EC", provider.get())
              : KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE), random);
      return new SessionKey(generator.generateKeyPair(), this::signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no P-256", e);
    }
  }

  private Signature signature() {
    try {
      return provider.isPresent()
          ? Signature.getInstance(ALGORITHM, provider.get())
          : Signature.getInstance(ALGORITHM);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no " + ALGORITHM, e);
    }
  }

  /** True for a signature by a key in its one spelling, whose point is on the curve. */
  boolean verifies(Bytes spki, byte[] message, byte[] der) {
    Optional<PublicKey> key = parse(spki);
    if (key.isEmpty()) {
      return false;
    }
    try {
      Signature signature = verifying.get();
      signature.initVerify(key.get());
      signature.update(message);
      return signature.verify(der);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private Optional<PublicKey> parse(Bytes spki) {
    byte[] bytes = spki.bytes();
    if (bytes.length != SPKI_BYTES || !Arrays.equals(Arrays.copyOf(bytes, PREFIX.length), PREFIX)) {
      return Optional.empty();
    }
    try {
      KeyFactory factory =
          provider.isPresent()
              ? KeyFactory.getInstance("EC", provider.get())
              : KeyFactory.getInstance("EC");
      return Optional.of(factory.generatePublic(new X509EncodedKeySpec(bytes)))
          .filter(SessionKeys::isOnCurve);
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
}
