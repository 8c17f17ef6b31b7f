// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What failed, in words for people. */
final class Failures {
  private Failures() {}

  static String text(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
