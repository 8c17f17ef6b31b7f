// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import java.util.concurrent.CompletionStage;

/** Collects evidence from this machine's hardware. */
public interface EvidenceCollector {
  /** {@return the form that this collects} */
  EvidenceForm form();

  /**
   * Collects evidence that carries a binding.
   *
   * @param binding what the evidence must carry
   * @param deadline by which it must be there
   * @return the evidence
   * @throws io.fedtrust.attestation.error.AttestationException if the platform gives none
   */
  Evidence collect(Binding binding, Deadline deadline);

  /**
   * Begins to collect evidence without blocking the caller: what a manager calls, for one report
   * after the other. One that talks to a service over an asynchronous client overrides it; the
   * default calls {@link #collect} in a daemon thread of this collector, which is interrupted if
   * the stage is canceled because its deadline has passed.
   *
   * @param binding what the evidence must carry
   * @param deadline by which it must be there
   * @return the evidence; completes exceptionally as {@link #collect} throws
   */
  default CompletionStage<Evidence> start(Binding binding, Deadline deadline) {
    return CollectorThreads.start(this, binding, deadline);
  }
}
