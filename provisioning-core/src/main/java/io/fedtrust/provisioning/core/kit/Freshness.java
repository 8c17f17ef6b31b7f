// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.kit;

import static io.fedtrust.provisioning.error.ProvisioningException.refuse;

import io.fedtrust.provisioning.core.bundle.VerifiedBundle;
import io.fedtrust.provisioning.core.context.EngineContext;
import io.fedtrust.provisioning.core.document.Timestamps;
import io.fedtrust.provisioning.core.io.BoundedFiles;
import io.fedtrust.provisioning.core.x509.CertificateFile;
import io.fedtrust.provisioning.error.ErrorCode;
import io.fedtrust.provisioning.model.CertType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Compares an approval with the kit that it replaces, by their certificates: an old signed zip must
 * not bring back what a newer one replaced. A signed zip says nothing else that is signed about its
 * age.
 */
final class Freshness {
  private final VerifiedBundle bundle;
  private final EngineContext host;

  Freshness(VerifiedBundle bundle, EngineContext host) {
    this.bundle = bundle;
    this.host = host;
  }

  /**
   * Refuses an approval that is not newer than the kit's, unless it is the same one. Certificates
   * that are valid from the same time leave open which is newer.
   *
   * @return why the two cannot be compared, empty where they were
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code APPROVAL_SUPERSEDED}
   */
  Optional<String> requireNotOlderThan(Path kit) {
    String own = bundle.metadata().certType() == CertType.SERVER ? "server.crt" : "client.crt";
    Path file = kit.resolve("startup").resolve(own);
    CertificateFile standing;
    try {
      standing =
          CertificateFile.read(BoundedFiles.read(file, BoundedFiles.DOCUMENT_BYTES), host.jca());
    } catch (IOException e) {
      return Optional.of("the certificate of the existing kit cannot be read");
    }
    if (!standing.isSignedBy(bundle.root().publicKey())) {
      return Optional.of("the certificate of the existing kit was issued by another CA");
    }
    if (!standing.serial().equals(bundle.leaf().serial())) {
      requireLater(standing, file);
    }
    return Optional.empty();
  }

  private void requireLater(CertificateFile standing, Path file) {
    Instant since = standing.notBefore();
    Instant own = bundle.leaf().notBefore();
    if (own.equals(since)) {
      throw refuse(ErrorCode.APPROVAL_SUPERSEDED, file.toString())
          .problem(
              "the existing kit's certificate and this approval's are valid from the same time, "
                  + Timestamps.text(since)
                  + ", so either may be the newer one")
          .hint(
              "Ask the project admin which serial number is newer: "
                  + standing.serial()
                  + " (existing kit) or "
                  + bundle.leaf().serial()
                  + " (this approval). To use this approval, add --allow-older.")
          .build();
    }
    if (own.isBefore(since)) {
      throw refuse(ErrorCode.APPROVAL_SUPERSEDED, file.toString())
          .expected(
              "an approval that is newer than the existing kit's, valid from "
                  + Timestamps.text(since))
          .actual("one valid from " + Timestamps.text(own))
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
