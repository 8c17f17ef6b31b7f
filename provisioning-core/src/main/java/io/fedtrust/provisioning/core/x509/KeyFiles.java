// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
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
  private static final String PBES2 = "PBEWithHmacSHA256AndAES_256";
  private static final int PBKDF2_ITERATIONS = 600_000;
  private static final int MAX_PBKDF2_ITERATIONS = 10_000_000;

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
    byte[] salt = new byte[16];
    byte[] iv = new byte[16];
    jca.random().nextBytes(salt);
    jca.random().nextBytes(iv);
    PBEParameterSpec spec =
        new PBEParameterSpec(salt, PBKDF2_ITERATIONS, new javax.crypto.spec.IvParameterSpec(iv));
    AlgorithmParameters parameters = AlgorithmParameters.getInstance(PBES2);
    parameters.init(spec);
    Cipher cipher = Cipher.getInstance(PBES2);
    cipher.init(Cipher.ENCRYPT_MODE, passwordKey(passphrase), parameters);
    byte[] encrypted = cipher.doFinal(key.getEncoded());
    return Pem.encode(
        PKCS8_ENCRYPTED,
        new EncryptedPrivateKeyInfo(cipher.getParameters(), encrypted).getEncoded());
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
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new IOException("malformed PKCS#1 key");
    }
  }

  private static byte[] decrypt(byte[] encrypted, char[] passphrase)
      throws GeneralSecurityException, IOException {
    if (passphrase.length == 0) {
      throw new EncryptedKeyException("encrypted, and no passphrase was given");
    }
    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encrypted);
    AlgorithmParameters parameters = info.getAlgParameters();
    if (parameters == null) {
      throw new EncryptedKeyException("encrypted with an algorithm unknown here");
    }
    PBEParameterSpec spec = parameters.getParameterSpec(PBEParameterSpec.class);
    if (spec.getIterationCount() > MAX_PBKDF2_ITERATIONS) {
      throw new EncryptedKeyException("encrypted with too many iterations");
    }
    try {
      Cipher cipher = Cipher.getInstance(parameters.toString());
      cipher.init(Cipher.DECRYPT_MODE, passwordKey(passphrase), parameters);
      return cipher.doFinal(info.getEncryptedData());
    } catch (GeneralSecurityException e) {
      // The cause may describe the padding; it is left out on purpose.
      throw new EncryptedKeyException("the passphrase does not open it");
    }
  }

  private static SecretKey passwordKey(char[] passphrase) throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(passphrase);
    try {
      return SecretKeyFactory.getInstance(PBES2).generateSecret(spec);
    } finally {
      spec.clearPassword();
    }
  }
}
