// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.spi;

import java.security.GeneralSecurityException;

/**
 * Signs with the project CA's key, wherever it is: a file, an HSM or a key service. Never exposes
 * the key. Implementations are safe for use by several threads.
 *
 * <p>Opening a CA asks for one signature of each kind and verifies it with {@code rootCA.pem}: for
 * PSS first with the longest salt, then, if the signer throws or signs otherwise, with 32 bytes. A
 * signer that can do neither, or whose key is another one, is refused with {@code CA_LOAD_FAILED}.
 */
public interface CaSigner {
  /** The signature algorithms a CA needs. */
  enum Algorithm {
    /** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2), for certificates. */
    SHA256_WITH_RSA,
    /**
     * RSASSA-PSS (RFC 8017 section 8.1) with SHA-256, MGF1 with SHA-256 and the longest salt the
     * key allows (222 bytes for RSA-2048), for approval metadata.
     */
    RSASSA_PSS_MAX_SALT,
    /**
     * The same with a salt as long as the digest, 32 bytes: what key services sign with. Asked for
     * only where a signer cannot do {@link #RSASSA_PSS_MAX_SALT}.
     */
    RSASSA_PSS_DIGEST_SALT
  }

  /**
   * Signs bytes.
   *
   * @param algorithm how
   * @param message what; hashed by the signer, not modified or retained
   * @return the signature, as long as the modulus
   * @throws GeneralSecurityException if the signer fails
   */
  byte[] sign(Algorithm algorithm, byte[] message) throws GeneralSecurityException;
}
