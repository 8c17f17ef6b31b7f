// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.job;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import java.util.concurrent.CompletionStage;

/** A job that the server attempts to schedule until it is dispatched, given up or cancelled. */
public interface ScheduledJob {
  /**
   * {@return the decision, a dispatch or the final refusal; completes exceptionally with {@link
   * AttestationException}, code {@link ErrorCode#CLOSED}, if the manager closes first}
   */
  CompletionStage<JobDecision> decision();

  /**
   * Cancels the job: nothing is dispatched afterwards, and clients that have it are notified. Does
   * nothing after the job has ended.
   */
  void cancel();
}
