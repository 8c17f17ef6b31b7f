// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning;

import io.fedtrust.provisioning.model.ApprovalMetadata;
import io.fedtrust.provisioning.model.Fingerprint;

/**
 * A signed zip that is complete, unaltered and signed by the root CA inside it. Whether that root
 * is the project's, only its fingerprint from another channel can tell.
 */
public interface UntrustedBundle {
  /** {@return the approval as the zip states it, for display} */
  ApprovalMetadata metadata();

  /**
   * Trusts the bundle if its root CA has the expected fingerprint.
   *
   * @param fingerprint as the project admin gave it on another channel, in any spelling
   * @return the trusted bundle
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code
   *     INVALID_ROOTCA_FINGERPRINT} or {@code ROOTCA_FINGERPRINT_MISMATCH}
   */
  default SignedBundle trust(String fingerprint) {
    return trust(Fingerprint.parse(fingerprint));
  }

  /**
   * Trusts the bundle if its root CA has the expected fingerprint.
   *
   * @param fingerprint from another channel, never from this bundle
   * @return the trusted bundle
   * @throws io.fedtrust.provisioning.error.ProvisioningException with {@code
   *     ROOTCA_FINGERPRINT_MISMATCH}
   */
  SignedBundle trust(Fingerprint fingerprint);

  /**
   * Trusts whatever root CA is in the bundle. Whoever altered the zip on its way can have replaced
   * the federation's CA by their own; compare the fingerprint later.
   *
   * @return the trusted bundle
   */
  SignedBundle trustOnFirstUse();
}
