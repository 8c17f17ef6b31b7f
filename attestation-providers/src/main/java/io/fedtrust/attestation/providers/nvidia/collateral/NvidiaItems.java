// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.collateral;

/** The names of collateral items of this family. */
public final class NvidiaItems {
  /** A reference manifest in XML; its subject is its id, for example {@code NV_GPU_DRIVER_…}. */
  public static final String MANIFEST = "nv-rim";

  /**
   * The OCSP response for a certificate, in DER; its subject is the SHA-256 of that certificate,
   * hex.
   */
  public static final String OCSP = "nv-ocsp";

  private NvidiaItems() {}
}
