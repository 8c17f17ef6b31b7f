// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.collateral;

import io.fedtrust.attestation.model.TrustAnchor;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** NVIDIA's roots, as records: one of devices, one of those who sign manifests. */
public final class NvidiaAnchors {
  /** Family of the records. */
  public static final String FAMILY = "nvidia";

  /** Role of the root of devices. */
  public static final String DEVICE_IDENTITY = "device-identity";

  /** Role of the root of those who sign manifests. */
  public static final String MANIFEST_SIGNING = "manifest-signing";

  /** Product line of both records: one root is for all. */
  public static final String PRODUCT_LINE = "all";

  /** All roots of NVIDIA's that this release knows. */
  public static final List<TrustAnchor> ALL =
      List.of(
          new TrustAnchor(
              FAMILY,
              PRODUCT_LINE,
              DEVICE_IDENTITY,
              new X500Principal("O=NVIDIA,CN=NVIDIA Device Identity CA"),
              Set.of("102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48"),
              "a90c4eb5acfd3e3d03a25db6a26b84f720ad0503196c627c21ddd48dd85b06a4",
              TrustAnchor.Origin.VENDOR),
          new TrustAnchor(
              FAMILY,
              PRODUCT_LINE,
              MANIFEST_SIGNING,
              new X500Principal("CN=NVIDIA CoRIM signing Root CA,O=NVIDIA,C=US"),
              Set.of("12977b5115acb0381179279fffeb5a8c4d264971ebb32298023a465fa41df5d1"),
              "dec1dc316477aa851eebdf51327ae9f864bc8d89254657ed1e7eb9168af1e1a3",
              TrustAnchor.Origin.VENDOR));

  private NvidiaAnchors() {}
}
