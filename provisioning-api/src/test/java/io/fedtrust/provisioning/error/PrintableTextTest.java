// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text from others never moves a cursor, forges a line, reorders or hides anything. */
class PrintableTextTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0x00, 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0xA0, 0xAD, 0x34F, 0x61C,
        0x115F, 0x180E, 0x180B, 0x2000, 0x200B, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A,
        0x202E, 0x2066, 0x2069, 0x2800, 0x3000, 0x3164, 0xD800, 0xDFFF, 0xE000, 0xFE0F, 0xFEFF,
        0xFFA0, 0xFFF9, 0xFFFF, 0x1D173, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xE01EF, 0xF0000,
        0x10FFFF
      })
  @DisplayName(
      "controls, separators, bidirectional, invisible and unassigned characters are escaped")
  void escapes(int codePoint) {
    String text = "a" + new String(Character.toChars(codePoint)) + "b";
    assertThat(PrintableText.escape(text)).isEqualTo("a\\u{%04X}b".formatted(codePoint));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "plain text", "Zürich", "Ελλάδα", "東京", "שלום", "مرحبا", "\u0301", "😀", "\\"})
  @DisplayName("letters, marks, digits and symbols of any script stay")
  void keeps(String text) {
    assertThat(PrintableText.escape(text)).isSameAs(text);
  }

  @Test
  @DisplayName("every code point gives text of which nothing is escaped again")
  void escapesOnce() {
    IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
        .forEach(
            point -> {
              String once = PrintableText.escape(new String(Character.toChars(point)));
              assertThat(PrintableText.escape(once)).isSameAs(once);
            });
  }

  @Test
  @DisplayName("JSON keeps its meaning: such characters become \\uXXXX, others stay")
  void escapesJson() {
    assertThat(PrintableText.escapeJson("{\n  \"a\": \"\u202Eü\u007F\uDB40\uDC41\"\n}"))
        .isEqualTo("{\n  \"a\": \"\\u202eü\\u007f\\udb40\\udc41\"\n}");
  }

  @Test
  @DisplayName("a refusal shows code points, not halves of them, and shortens before it escapes")
  void refusalsAreSafe() {
    ProvisioningException refusal =
        ProvisioningException.refuse(ErrorCode.INVALID_ARGS, "a\u202Eb\nc")
            .expected("\u001B[31m")
            .actual("\uDB40\uDC41")
            .hint("line\rline")
            .build();
    assertThat(refusal.field()).isEqualTo("a\\u{202E}b\\u{000A}c");
    assertThat(refusal).hasMessageContaining("expected \\u{001B}[31m, was \\u{E0041}");
    assertThat(refusal.hint()).isEqualTo("line\\u{000D}line");
    String cut =
        ProvisioningException.refuse(ErrorCode.INVALID_ARGS, "x".repeat(299) + "😀" + "y".repeat(9))
            .build()
            .field();
    assertThat(cut).isEqualTo("x".repeat(299) + "...");
    String bounded =
        ProvisioningException.refuse(ErrorCode.INVALID_ARGS, "\n".repeat(1_000_000))
            .build()
            .field();
    assertThat(bounded).hasSizeLessThan(3000);
  }
}
