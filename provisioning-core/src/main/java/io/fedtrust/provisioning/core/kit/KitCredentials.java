// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.Pem;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import java.io.IOException;
import java.nio.file.Path;

/** The certificates and the private key of a kit. */
final class KitCredentials {
  private KitCredentials() {}

  /** Adds them to the files of a kit. */
  static void addTo(KitFiles files, VerifiedBundle bundle, LocalMaterial local) {
    String own = bundle.metadata().certType() == CertType.SERVER ? "server" : "client";
    files.add("startup/" + own + ".crt", bundle.leafPem());
    files.addPrivate("startup/" + own + ".key", local.keyPem());
    files.add("startup/rootCA.pem", bundle.rootPem());
    local
        .definition()
        .participant()
        .customCaCert()
        .ifPresent(path -> files.add("startup/customRootCA.pem", customCa(path)));
  }

  private static byte[] customCa(Path path) {
    try {
      byte[] pem = BoundedFiles.read(path, BoundedFiles.ARCHIVE_BYTES);
      if (Pem.all(pem, Pem.CERTIFICATE).isEmpty() || Pem.holdsPrivateKey(pem)) {
        throw new IOException("no certificates, or a private key among them");
      }
      return pem;
    } catch (IOException e) {
      throw refuse(ErrorCode.BUILD_FAILED, "custom_ca_cert " + path)
          .malformed("a PEM file of certificates", e.getMessage())
          .hint("The path is relative to the folder where packaging is started.")
          .cause(e)
          .build();
    }
  }
}
