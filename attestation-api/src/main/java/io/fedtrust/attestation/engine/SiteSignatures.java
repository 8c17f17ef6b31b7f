// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Signatures of site keys: RSASSA-PSS with SHA-256 and a salt of 32 bytes. */
final class SiteSignatures {
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  private SiteSignatures() {}

  static byte[] sign(PrivateKey key, byte[] message) {
    try {
      Signature signature = pss();
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the site's key cannot sign", e);
    }
  }

  static boolean verifies(PublicKey key, byte[] message, byte[] value) {
    try {
      Signature signature = pss();
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(value);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Signature pss() throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(PSS);
    return signature;
  }
}
