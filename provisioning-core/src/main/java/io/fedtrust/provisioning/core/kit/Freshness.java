// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.host.Host;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Compares an approval with the kit that it replaces, by their certificates: an old signed zip must
 * not bring back what a newer one replaced. A signed zip says nothing else that is signed about its
 * age.
 */
final class Freshness {
  private final VerifiedBundle bundle;
  private final Host host;

  Freshness(VerifiedBundle bundle, Host host) {
    this.bundle = bundle;
    this.host = host;
  }

  /**
   * Refuses an approval that is older than the kit's.
   *
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code APPROVAL_SUPERSEDED}
   */
  void requireNotOlderThan(Path kit) {
    String own = bundle.metadata().certType() == CertType.SERVER ? "server.crt" : "client.crt";
    Path file = kit.resolve("startup").resolve(own);
    CertificateFile standing;
    try {
      standing =
          CertificateFile.read(BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES), host.jca());
    } catch (IOException e) {
      warnIncomparable("the certificate of the existing kit cannot be read");
      return;
    }
    if (!standing.isSignedBy(bundle.root().publicKey())) {
      warnIncomparable("the certificate of the existing kit was issued by another CA");
      return;
    }
    boolean same = standing.serial().equals(bundle.leaf().serial());
    if (!same && bundle.leaf().notBefore().isBefore(standing.notBefore())) {
      throw refuse(ErrorCode.APPROVAL_SUPERSEDED, file.toString())
          .expected(
              "an approval that is not older than the existing kit's, valid from "
                  + Timestamps.text(standing.notBefore()))
          .actual("one valid from " + Timestamps.text(bundle.leaf().notBefore()))
          .build();
    }
  }

  /** Says that an approval is taken without knowing whether it is the newest. */
  void warnIncomparable(String reason) {
    host.warn(
        reason
            + ", so FedTrust cannot tell whether this signed zip is the newest for "
            + bundle.metadata().name());
  }
}
