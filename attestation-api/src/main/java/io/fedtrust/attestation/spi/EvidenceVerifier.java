// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import java.time.Instant;
import java.util.Set;

/** Tells whether evidence is genuine: a function of evidence, collateral and instant alone. */
public interface EvidenceVerifier {

  /** {@return the forms that this verifier understands, all of one namespace} */
  Set<EvidenceForm> forms();

  /**
   * Tells whether evidence is genuine. Never throws for what evidence or collateral contain, never
   * uses the network, never reads a clock.
   *
   * @param evidence as received
   * @param collateral what may be used beside it
   * @param at the instant for which to verify
   * @return the answer with every check
   */
  EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at);
}
