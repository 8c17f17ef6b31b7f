// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.function.Supplier;

/**
 * The key of this process: made when it starts, never written anywhere
 * (docs/protocol/README.md#keys-and-names).
 */
final class SessionKey {
  private final PrivateKey privateKey;
  private final Bytes publicKey;
  private final Supplier<Signature> signatures;

  SessionKey(KeyPair keys, Supplier<Signature> signatures) {
    this.privateKey = keys.getPrivate();
    this.publicKey = Bytes.of(keys.getPublic().getEncoded());
    this.signatures = signatures;
  }

  Bytes publicKey() {
    return publicKey;
  }

  byte[] sign(byte[] message) {
    try {
      Signature signature = signatures.get();
      signature.initSign(privateKey);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the session key cannot sign", e);
    }
  }
}
