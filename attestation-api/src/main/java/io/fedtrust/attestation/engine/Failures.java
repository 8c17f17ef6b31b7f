// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.ReadableFailure;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What failed, in words for people. */
final class Failures {
  private static final int SHOWN_CHARACTERS = 500;
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\p{Cf}\u2028\u2029]");

  private Failures() {}

  /**
   * What a peer says, for a log: bounded, and on one line of visible characters whatever is in it.
   * Of a list or an object it says no more than that: those may be nested without end.
   */
  static String said(@Nullable Object value) {
    String line = shown(value);
    return UNSEEN
        .matcher(line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS))
        .replaceAll("?");
  }

  private static String shown(@Nullable Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof List) {
      return "(a list)";
    }
    return value instanceof Map ? "(an object)" : "(nothing that can be shown)";
  }

  /** What every stage completes with that is open when this site stops. */
  static AttestationException closed() {
    return AttestationException.of(ErrorCode.CLOSED, "manager", "it is closed");
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

  /** What failed, in words of this library or of the host, never in those of the JDK. */
  static String text(Throwable failure) {
    return said(ReadableFailure.textOf(failure));
  }
}
