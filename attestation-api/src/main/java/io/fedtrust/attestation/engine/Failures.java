// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.AttestationException;
import io.fedtrust.attestation.ErrorCode;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** What failed, in words for people. */
final class Failures {
  private static final int SHOWN_CHARACTERS = 500;
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\p{Cf}\u2028\u2029]");

  private Failures() {}

  /**
   * What a peer says, for a log: bounded, and on one line of visible characters whatever is in it.
   */
  static String said(Object text) {
    String line = String.valueOf(text);
    return UNSEEN
        .matcher(line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS))
        .replaceAll("?");
  }

  /** What every stage completes with that is open when this site stops. */
  static AttestationException closed() {
    return new AttestationException(ErrorCode.CLOSED, "manager", "an open manager", "closed");
  }

  /** What failed, without the stages that it came through. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  static String text(Throwable failure) {
    Throwable cause = cause(failure);
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
