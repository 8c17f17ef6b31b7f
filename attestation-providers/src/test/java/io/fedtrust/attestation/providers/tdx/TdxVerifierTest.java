// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import static io.fedtrust.attestation.providers.tdx.SimulatedTdx.authentic;

import io.fedtrust.attestation.providers.tdx.SimulatedTdx.Case;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TdxVerifierTest {
  @Test
  @DisplayName("a good quote of a simulated platform is authentic")
  void good() {
    authentic(Case.good().authenticate());
  }
}
