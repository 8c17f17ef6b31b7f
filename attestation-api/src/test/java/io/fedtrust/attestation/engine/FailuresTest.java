// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What events say of failures. */
class FailuresTest {
  @Test
  @DisplayName("events have no message of an exception of the JDK, only words for its kind")
  void words() {
    assertThat(Failures.text(new CompletionException(new IOException("header parser"))))
        .isEqualTo("reading or writing failed (IOException)");
    assertThat(Failures.text(new TimeoutException("no reply in PT30S")))
        .isEqualTo("no answer in time");
    assertThat(Failures.text(new NullPointerException("Cannot invoke")))
        .isEqualTo("unexpected failure (NullPointerException)");
  }

  @Test
  @DisplayName("what a peer says is shown on one line, and a failure of the library as it is")
  void own() {
    assertThat(Failures.said("BUSY\u001b[2J")).startsWith("BUSY").doesNotContain("\u001b");
    assertThat(Failures.text(Failures.closed())).isEqualTo(Failures.closed().getMessage());
  }
}
