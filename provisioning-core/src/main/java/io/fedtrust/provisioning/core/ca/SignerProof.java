// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.ca;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.error.ProvisioningException;
import io.fedtrust.provisioning.spi.CaSigner;
import io.fedtrust.provisioning.spi.CaSigner.Algorithm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;

/** Lets a signer prove that it holds the root's key, and finds out what it can do. */
final class SignerProof {
  private static final byte[] MESSAGE =
      "FEDTRUST-SIGNER-TEST-1\n".getBytes(StandardCharsets.US_ASCII);

  private final CaSigner signer;
  private final PublicKey key;
  private final Jca jca;

  SignerProof(CaSigner signer, CertificateFile root, Jca jca) {
    this.signer = signer;
    this.key = root.publicKey();
    this.jca = jca;
  }

  /** Returns the algorithm for approval metadata: with the longest salt if the signer can. */
  Algorithm metadataAlgorithm() {
    try {
      if (!jca.verifyPkcs1(key, MESSAGE, signer.sign(Algorithm.SHA256_WITH_RSA, MESSAGE))) {
        throw refused("a wrong PKCS#1 v1.5 signature").build();
      }
      if (signsWithLongestSalt()) {
        return Algorithm.RSASSA_PSS_MAX_SALT;
      }
      byte[] value = signer.sign(Algorithm.RSASSA_PSS_DIGEST_SALT, MESSAGE);
      if (!jca.verifyPss(key, MESSAGE, value, Jca.DIGEST_SALT_BYTES)) {
        throw refused("a wrong PSS signature").build();
      }
      return Algorithm.RSASSA_PSS_DIGEST_SALT;
    } catch (GeneralSecurityException e) {
      throw refused(e.getClass().getSimpleName()).cause(e).build();
    }
  }

  private boolean signsWithLongestSalt() {
    try {
      byte[] value = signer.sign(Algorithm.RSASSA_PSS_MAX_SALT, MESSAGE);
      return jca.verifyPss(key, MESSAGE, value, Jca.longestSalt(Jca.bits(key)));
    } catch (GeneralSecurityException e) {
      // Key services sign with a salt as long as the digest and nothing else.
      return false;
    }
  }

  private static ProvisioningException.Refusal refused(String actual) {
    return refuse(ErrorCode.CA_LOAD_FAILED, "signer")
        .expected("signatures by the key of rootCA.pem, PKCS#1 v1.5 and PSS")
        .actual(actual);
  }
}
