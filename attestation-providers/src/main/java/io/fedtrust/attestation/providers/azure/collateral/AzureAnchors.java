// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.collateral;

import io.fedtrust.attestation.model.TrustAnchor;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** Microsoft's root above those who sign endorsements of utility VMs, as a record. */
public final class AzureAnchors {
  /** Family of the record. */
  public static final String FAMILY = "microsoft-uvm";

  /** Product line of the record. */
  public static final String PRODUCT_LINE = "ContainerPlat";

  /** Role of the record. */
  public static final String ROLE = "Supply Chain Root";

  /** All roots of Microsoft's that this release knows. */
  public static final List<TrustAnchor> ALL =
      List.of(
          new TrustAnchor(
              FAMILY,
              PRODUCT_LINE,
              ROLE,
              new X500Principal(
                  "CN=Microsoft Supply Chain RSA Root CA 2022,O=Microsoft Corporation,C=US"),
              Set.of("23ffe2b8bdb9a1711515d4cffda04bc7f793d513c76c243f1020507d8669b7db"),
              "84ce862a73b73d63b1cdbde1d30559eaab4040f6a63638c83e8357fe2250e5d3",
              TrustAnchor.Origin.VENDOR));

  private AzureAnchors() {}
}
