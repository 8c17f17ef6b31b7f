// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.collateral;

import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** AMD's roots (ARK), one a product line, as records. */
public final class AmdAnchors {
  /** Family of the records. */
  public static final String FAMILY = "amd-sev-snp";

  /** Role of the records. */
  public static final String ROLE = "ARK";

  /** All roots of AMD's that this release knows. */
  public static final List<TrustAnchor> ALL =
      List.of(
          ark(
              ProductLine.MILAN,
              "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
              "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9"),
          ark(
              ProductLine.GENOA,
              "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
              "429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831"),
          ark(
              ProductLine.TURIN,
              "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
              "4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08"));

  private AmdAnchors() {}

  private static TrustAnchor ark(ProductLine line, String certificate, String publicKey) {
    return new TrustAnchor(
        FAMILY,
        line.text(),
        ROLE,
        new X500Principal(
            "CN=ARK-"
                + line.text()
                + ",O=Advanced Micro Devices,ST=CA,L=Santa Clara,C=US,OU=Engineering"),
        Set.of(certificate),
        publicKey,
        TrustAnchor.Origin.VENDOR);
  }
}
