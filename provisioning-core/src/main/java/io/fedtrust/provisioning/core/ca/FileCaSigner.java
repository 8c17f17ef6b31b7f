// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.spi.CaSigner;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;

/** Signs with the key of {@code rootCA.key}, which stays inside. */
final class FileCaSigner implements CaSigner {
  private final PrivateKey key;
  private final Jca jca;

  FileCaSigner(PrivateKey key, Jca jca) {
    this.key = key;
    this.jca = jca;
  }

  @Override
  public byte[] sign(Algorithm algorithm, byte[] message) throws GeneralSecurityException {
    return switch (algorithm) {
      case SHA256_WITH_RSA -> jca.signPkcs1(key, message);
      case RSASSA_PSS_MAX_SALT -> jca.signPss(key, message);
      case RSASSA_PSS_DIGEST_SALT -> jca.signPss(key, message, Jca.DIGEST_SALT_BYTES);
    };
  }

  @Override
  public String toString() {
    return "CaSigner[<redacted>]";
  }
}
