// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.bundle;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.document.SignedDocument;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.core.x509.Jca;
import io.fedtrust.provisioning.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The root of a signed zip and its signature over {@code signed.json}. */
final class RootSignature {
  private static final ErrorCode CODE = ErrorCode.INVALID_SIGNED_ZIP;

  private RootSignature() {}

  /** Reads {@code rootCA.pem}, or refuses it. */
  static CertificateFile root(byte[] pem, Jca jca) {
    try {
      return CertificateFile.readRoot(pem, jca);
    } catch (IOException e) {
      throw refuse(CODE, SignedDocument.ROOT_CA)
          .malformed(
              "one X.509 certificate with an RSA key in PEM form, and nothing else", e.getMessage())
          .cause(e)
          .build();
    }
  }

  /** Refuses signed bytes without the signature of the root's key. */
  static void require(CertificateFile root, byte[] signedBytes, byte[] encoded, Jca jca) {
    byte[] signature;
    try {
      String text = new String(encoded, StandardCharsets.US_ASCII).replaceAll("\\s", "");
      if (text.length() % 4 != 0) {
        throw new IllegalArgumentException("padding");
      }
      signature = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw refuse(CODE, "signed.json.sig").malformed("base64").build();
    }
    if (!jca.verifyPss(root.publicKey(), signedBytes, signature)) {
      throw refuse(CODE, "signed.json.sig")
          .problem("is not the signature of rootCA.pem's key over signed.json")
          .build();
    }
  }
}
