// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
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
    assertThat(Failures.text(Failures.closed())).isEqualTo(Failures.closed().problem());
  }

  @Test
  @DisplayName("of what a peer says only text, numbers and truth values are shown, else the kind")
  void kinds() {
    Object deep = "x";
    for (int i = 0; i < 100_000; i++) {
      deep = List.of(deep);
    }
    assertThat(Failures.said("text")).isEqualTo("text");
    assertThat(Failures.said(7)).isEqualTo("7");
    assertThat(Failures.said(true)).isEqualTo("true");
    assertThat(Failures.said(deep)).isEqualTo("(a list)");
    assertThat(Failures.said(Map.of("a", 1))).isEqualTo("(an object)");
    assertThat(Failures.said(null)).isEqualTo("(nothing that can be shown)");
    assertThat(Failures.said(new byte[1])).isEqualTo("(nothing that can be shown)");
  }
}
