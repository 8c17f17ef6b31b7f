// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.interop;

import io.fedtrust.provisioning.model.Fingerprint;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;

/** What tests ask of certificates and kits. */
final class Kits {
  private Kits() {}

  static Fingerprint fingerprint(Path certificate) throws Exception {
    try (InputStream pem = Files.newInputStream(certificate)) {
      return Fingerprint.ofCertificate(
          CertificateFactory.getInstance("X.509").generateCertificate(pem).getEncoded());
    }
  }
}
