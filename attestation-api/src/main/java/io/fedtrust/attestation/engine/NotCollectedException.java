// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.ReadableFailure;

/** This site did not get to its hardware in time. */
final class NotCollectedException extends IllegalStateException implements ReadableFailure {
  private static final long serialVersionUID = 1L;

  NotCollectedException(String problem) {
    super(problem);
  }

  NotCollectedException(String problem, Throwable cause) {
    super(problem, cause);
  }
}
