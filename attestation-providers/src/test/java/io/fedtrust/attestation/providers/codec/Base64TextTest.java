// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes have one spelling. */
class Base64TextTest {
  @Property
  @Label("what is encoded is decoded to the same bytes, of either alphabet")
  void roundTrip(@ForAll @Size(max = 100) byte[] bytes) {
    assertThat(Base64Text.decodeUrl(Base64Text.encodeUrl(bytes))).hasValue(bytes);
    assertThat(Base64Text.decode(Base64.getEncoder().encodeToString(bytes))).hasValue(bytes);
  }

  @Property
  @Label("text that is decoded is the one spelling of its bytes")
  void oneSpelling(
      @ForAll
          @StringLength(max = 12)
          @CharRange(from = 'A', to = 'Z')
          @CharRange(from = '+', to = '=')
          @CharRange(from = '_', to = 'a')
          String text) {
    Base64Text.decodeUrl(text)
        .ifPresent(bytes -> assertThat(Base64Text.encodeUrl(bytes)).isEqualTo(text));
    Base64Text.decode(text)
        .ifPresent(bytes -> assertThat(Base64.getEncoder().encodeToString(bytes)).isEqualTo(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "AB", "AAB", "AA==", "AA=", "A A", "AA\n", "A+", "A/", "AAAA="})
  @DisplayName("base64url with padding, spare bits, spaces or the other alphabet is refused")
  void refusedUrl(String text) {
    assertThat(Base64Text.decodeUrl(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "AA", "AAA", "AB==", "AAB=", "AA=\n", "A-==", "A_==", "AAAA===="})
  @DisplayName("base64 without padding, with spare bits, lines or the other alphabet is refused")
  void refused(String text) {
    assertThat(Base64Text.decode(text)).isEmpty();
  }
}
