// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Refused operations: a code for programs, words and a remedy for people. */
class AttestationExceptionTest {
  @Test
  @DisplayName("the message names the field and the problem, the hint is that of the code")
  void general() {
    AttestationException e =
        new AttestationException(ErrorCode.POLICY_INVALID, "sites", "a map", "a list");
    assertThat(e.getMessage()).isEqualTo("POLICY_INVALID: sites: expected a map, was a list");
    assertThat(e.problem()).isEqualTo("sites: expected a map, was a list");
    assertThat(e.expected()).contains("a map");
    assertThat(e.actual()).contains("a list");
    assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID);
    assertThat(e.field()).isEqualTo("sites");
    assertThat(e.hint()).isEqualTo(ErrorCode.POLICY_INVALID.hint());
  }

  @Test
  @DisplayName("another failure is the cause, and its JDK message is not repeated")
  void cause() {
    IOException below = new IOException("Cannot run program \"x\": error=2");
    AttestationException e =
        AttestationException.because(ErrorCode.COLLECTION_FAILED, "tool", below);
    assertThat(e.problem()).isEqualTo("tool: reading or writing failed (IOException)");
    assertThat(e.getCause()).isSameAs(below);
    assertThat(
            AttestationException.because(
                    ErrorCode.EVIDENCE_UNREADABLE, "a.bin", new NoSuchFileException("a.bin"))
                .problem())
        .isEqualTo("a.bin: file not found");
    assertThat(AttestationException.because(ErrorCode.COLLECTION_FAILED, "outer", e).problem())
        .isEqualTo("outer: tool: reading or writing failed (IOException)");
  }

  @Test
  @DisplayName("a hint for this case replaces the general one; code, message and cause stay")
  void hint() {
    IOException below = new IOException();
    AttestationException e =
        AttestationException.because(ErrorCode.NOT_CONFIDENTIAL, "tool", "it is missing", below)
            .withHint("Install it.");
    assertThat(e.hint()).isEqualTo("Install it.");
    assertThat(e.problem()).isEqualTo("tool: it is missing");
    assertThat(e.code()).isEqualTo(ErrorCode.NOT_CONFIDENTIAL);
    assertThat(e.getCause()).isSameAs(below);
    assertThat(e.expected()).isEmpty();
    assertThat(e.actual()).isEmpty();
    assertThat(AttestationException.of(ErrorCode.CLOSED, "manager", "it is closed").hint())
        .isEqualTo(ErrorCode.CLOSED.hint());
  }

  @Test
  @DisplayName("text from others in a message is shortened and on one line")
  void hostile() {
    AttestationException e =
        new AttestationException(
            ErrorCode.SERVICE_KEYS_INVALID, "jwks", "keys", "\u001b[2J\n" + "x".repeat(1 << 20));
    assertThat(e.problem())
        .hasSizeLessThan(1100)
        .contains("\\u{1b}[2J\\u{a}xxx")
        .endsWith("...")
        .doesNotContain("\n");
  }

  @Test
  @DisplayName("every code says what to do, and exits with 3 or 4")
  void codes() {
    assertThat(ErrorCode.values())
        .allSatisfy(code -> assertThat(code.hint()).endsWith("."))
        .allSatisfy(code -> assertThat(code.exitStatus()).isIn(3, 4));
  }
}
