// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.collateral;

import io.fedtrust.attestation.model.TrustAnchor;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** Intel's root of platforms and of what is said of them, as a record. */
public final class IntelAnchors {
  /** Family of the record. */
  public static final String FAMILY = "intel-sgx";

  /** Product line of the record. */
  public static final String PRODUCT_LINE = "TDX";

  /** Role of the record. */
  public static final String ROLE = "SGX Root CA";

  /** All roots of Intel's that this release knows. */
  public static final List<TrustAnchor> ALL =
      List.of(
          new TrustAnchor(
              FAMILY,
              PRODUCT_LINE,
              ROLE,
              new X500Principal(
                  "C=US,ST=CA,L=Santa Clara,O=Intel Corporation,CN=Intel SGX Root CA"),
              Set.of("44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3"),
              "a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e",
              TrustAnchor.Origin.VENDOR));

  private IntelAnchors() {}
}
