// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ApprovalMetadata;
import java.nio.file.Path;
import java.security.cert.X509Certificate;

/** A signed zip whose root CA the caller trusts. */
public interface SignedBundle {
  /**
   * Reads a signed zip and verifies its hashes and signature.
   *
   * @param signedZip path ending in {@code .signed.zip}; at most 1 MiB
   * @return the bundle, to be trusted with {@link UntrustedBundle#trust(String)}
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code SIGNED_ZIP_NOT_FOUND},
   *     {@code INVALID_SIGNED_ZIP}, {@code CERT_TYPE_UNKNOWN}, {@code SIGNED_ZIP_IDENTITY_CONFLICT}
   *     and others of {@code docs/errors.md}
   */
  static UntrustedBundle open(Path signedZip) {
    return Provisioning.engine().openBundle(signedZip);
  }

  /** {@return what was approved} */
  ApprovalMetadata metadata();

  /** {@return the participant's certificate: the leaf} */
  X509Certificate certificate();

  /** {@return the root CA: the trust anchor} */
  X509Certificate rootCertificate();

  /**
   * Tells whether a fingerprint from another channel was compared.
   *
   * @return false after {@link UntrustedBundle#trustOnFirstUse()}
   */
  boolean fingerprintVerified();
}
