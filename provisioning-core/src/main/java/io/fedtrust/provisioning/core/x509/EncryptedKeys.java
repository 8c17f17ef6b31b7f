// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** PKCS#8 keys encrypted with PBES2 (RFC 8018): PBKDF2 and AES-CBC. */
final class EncryptedKeys {
  private static final int ITERATIONS = 600_000;
  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int IV_BYTES = 16;
  private static final int KEY_BITS = 256;
  private static final Map<ASN1ObjectIdentifier, String> PRFS =
      Map.of(
          PKCSObjectIdentifiers.id_hmacWithSHA1, "PBKDF2WithHmacSHA1",
          PKCSObjectIdentifiers.id_hmacWithSHA256, "PBKDF2WithHmacSHA256",
          PKCSObjectIdentifiers.id_hmacWithSHA384, "PBKDF2WithHmacSHA384",
          PKCSObjectIdentifiers.id_hmacWithSHA512, "PBKDF2WithHmacSHA512");
  private static final Map<ASN1ObjectIdentifier, Integer> KEY_SIZES =
      Map.of(
          NISTObjectIdentifiers.id_aes128_CBC, 128,
          NISTObjectIdentifiers.id_aes192_CBC, 192,
          NISTObjectIdentifiers.id_aes256_CBC, 256);

  private EncryptedKeys() {}

  static byte[] encrypt(byte[] pkcs8, char[] passphrase, Jca jca)
      throws GeneralSecurityException, IOException {
    byte[] salt = new byte[SALT_BYTES];
    byte[] iv = new byte[IV_BYTES];
    jca.random().nextBytes(salt);
    jca.random().nextBytes(iv);
    AlgorithmIdentifier prf =
        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
    PBES2Parameters parameters =
        new PBES2Parameters(
            new KeyDerivationFunc(
                PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(salt, ITERATIONS, prf)),
            new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv)));
    byte[] encrypted =
        cipher(
                Cipher.ENCRYPT_MODE,
                key(passphrase, salt, ITERATIONS, KEY_BITS, "PBKDF2WithHmacSHA256"),
                iv)
            .doFinal(pkcs8);
    return new EncryptedPrivateKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters), encrypted)
        .getEncoded(ASN1Encoding.DER);
  }

  /** Returns the PrivateKeyInfo. A wrong passphrase shows as a failing cipher. */
  static byte[] decrypt(byte[] encrypted, char[] passphrase)
      throws GeneralSecurityException, IOException {
    try {
      EncryptedPrivateKeyInfo info = EncryptedPrivateKeyInfo.getInstance(encrypted);
      PBES2Parameters parameters =
          PBES2Parameters.getInstance(info.getEncryptionAlgorithm().getParameters());
      PBKDF2Params derivation =
          PBKDF2Params.getInstance(parameters.getKeyDerivationFunc().getParameters());
      EncryptionScheme scheme = parameters.getEncryptionScheme();
      String prf = PRFS.get(derivation.getPrf().getAlgorithm());
      Integer bits = KEY_SIZES.get(scheme.getAlgorithm());
      int iterations = derivation.getIterationCount().intValueExact();
      boolean known =
          info.getEncryptionAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)
              && prf != null
              && bits != null
              && iterations > 0
              && iterations <= MAX_ITERATIONS;
      if (!known) {
        throw new IOException("encrypted with an algorithm unknown here");
      }
      byte[] iv = ASN1OctetString.getInstance(scheme.getParameters()).getOctets();
      SecretKeySpec key = key(passphrase, derivation.getSalt(), iterations, bits, prf);
      return cipher(Cipher.DECRYPT_MODE, key, iv).doFinal(info.getEncryptedData());
    } catch (RuntimeException e) {
      // A malformed structure is any kind of unchecked exception of the library.
      throw new IOException("malformed encrypted key");
    }
  }

  private static SecretKeySpec key(
      char[] passphrase, byte[] salt, int iterations, int bits, String prf)
      throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(passphrase, salt, iterations, bits);
    try {
      return new SecretKeySpec(
          SecretKeyFactory.getInstance(prf).generateSecret(spec).getEncoded(), "AES");
    } finally {
      spec.clearPassword();
    }
  }

  private static Cipher cipher(int mode, SecretKeySpec key, byte[] iv)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(mode, key, new IvParameterSpec(iv));
    return cipher;
  }
}
