// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.util.io.pem.PemObject;

/** Private keys in PEM: PKCS#1 (RFC 8017) and PKCS#8 (RFC 5958), plain or encrypted. */
public final class KeyFiles {
  private static final String PKCS1 = "RSA PRIVATE KEY";
  private static final String PKCS8 = "PRIVATE KEY";
  private static final String PKCS8_ENCRYPTED = "ENCRYPTED PRIVATE KEY";

  private KeyFiles() {}

  /** The key is encrypted and no passphrase, or a wrong one, was given. */
  public static final class EncryptedKeyException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    EncryptedKeyException(String message) {
      super(message);
    }
  }

  /** Writes an RSA key unencrypted, as NVFlare does: PKCS#1. */
  public static byte[] encode(PrivateKey key) throws IOException {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
    return Pem.encode(PKCS1, info.parsePrivateKey().toASN1Primitive().getEncoded("DER"));
  }

  /** Writes a key encrypted: PKCS#8 with PBES2, PBKDF2-HMAC-SHA256 and AES-256-CBC. */
  public static byte[] encodeEncrypted(PrivateKey key, char[] passphrase, Jca jca)
      throws GeneralSecurityException, IOException {
    return Pem.encode(PKCS8_ENCRYPTED, EncryptedKeys.encrypt(key.getEncoded(), passphrase, jca));
  }

  /**
   * Reads an RSA key.
   *
   * @param passphrase empty for an unencrypted key
   * @throws EncryptedKeyException if the key is encrypted and the passphrase does not open it
   */
  public static PrivateKey decode(byte[] pem, char[] passphrase, Jca jca)
      throws GeneralSecurityException, IOException {
    PemObject block =
        Pem.first(pem, PKCS1, PKCS8, PKCS8_ENCRYPTED)
            .orElseThrow(() -> new IOException("no RSA private key in PEM form"));
    if (!block.getHeaders().isEmpty()) {
      throw new EncryptedKeyException(
          "encrypted in OpenSSL's traditional form; convert it to PKCS#8");
    }
    byte[] pkcs8 =
        switch (block.getType()) {
          case PKCS1 -> wrap(block.getContent());
          case PKCS8 -> block.getContent();
          default -> decrypt(block.getContent(), passphrase);
        };
    PrivateKey key = jca.privateKey(pkcs8);
    if (Jca.bits(key) == 0) {
      throw new GeneralSecurityException("not an RSA key");
    }
    return key;
  }

  /** Tells whether an RSA private key and a public key are a pair: by their modulus. */
  public static boolean belongs(PrivateKey key, PublicKey publicKey) {
    return key instanceof java.security.interfaces.RSAPrivateKey own
        && publicKey instanceof RSAPublicKey shown
        && own.getModulus().equals(shown.getModulus());
  }

  /** Tells whether a key file is encrypted, in either form. */
  public static boolean isEncrypted(byte[] pem) throws IOException {
    return Pem.first(pem, PKCS1, PKCS8, PKCS8_ENCRYPTED)
        .filter(block -> block.getType().equals(PKCS8_ENCRYPTED) || !block.getHeaders().isEmpty())
        .isPresent();
  }

  private static byte[] wrap(byte[] pkcs1) throws IOException {
    try {
      AlgorithmIdentifier rsa =
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
      return new PrivateKeyInfo(rsa, RSAPrivateKey.getInstance(pkcs1)).getEncoded("DER");
    } catch (RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw new IOException("malformed PKCS#1 key");
    }
  }

  private static byte[] decrypt(byte[] encrypted, char[] passphrase)
      throws GeneralSecurityException, IOException {
    if (passphrase.length == 0) {
      throw new EncryptedKeyException("encrypted, and no passphrase was given");
    }
    try {
      return EncryptedKeys.decrypt(encrypted, passphrase);
    } catch (GeneralSecurityException e) {
      // The cause may describe the padding; it is left out on purpose.
      throw new EncryptedKeyException("the passphrase does not open it");
    }
  }
}
