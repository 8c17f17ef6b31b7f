// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.spi;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.JobDecision;
import java.util.concurrent.CompletionStage;

/** A job that the server attempts to schedule until it is dispatched, given up or called off. */
public interface ScheduledJob {
  /**
   * Returns what becomes of it.
   *
   * @return a dispatch or the final refusal; completes exceptionally with {@link
   *     AttestationException}, code {@link ErrorCode#CLOSED}, if the manager closes before
   */
  CompletionStage<JobDecision> decision();

  /**
   * Calls it off: nothing is dispatched afterwards, and clients to whom it was are told. Does
   * nothing once the job has ended.
   */
  void cancel();
}
