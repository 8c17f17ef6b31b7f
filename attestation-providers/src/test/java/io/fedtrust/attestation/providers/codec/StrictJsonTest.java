// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Foreign JSON: one reading of it, or none. */
class StrictJsonTest {
  private static Map<String, ?> read(String json) throws IOException {
    return StrictJson.read(json.getBytes(StandardCharsets.UTF_8), 1 << 16);
  }

  @Test
  @DisplayName("texts, numbers, flags, lists and objects are read as they are written")
  void values() throws IOException {
    assertThat(read("{\"a\": [1, \"\u6771\", {\"b\": true}], \"c\": 12345678901}"))
        .isEqualTo(Map.of("a", List.of(1, "\u6771", Map.of("b", true)), "c", 12345678901L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":null,\"a\":1}",
        "{\"a\":1,\"b\":2,\"\\u0061\":3}",
        "{\"o\":{\"a\":1,\"a\":2}}",
        "{\"l\":[{\"o\":{\"a\":1,\"a\":2}}]}"
      })
  @DisplayName("a name that is there twice, at any depth and in any spelling, is refused")
  void names(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("every name once, was a again");
  }

  @Test
  @DisplayName("one name in two objects is no repetition")
  void sameNameElsewhere() throws IOException {
    assertThat(read("{\"a\":{\"a\":1},\"b\":{\"a\":2}}")).containsOnlyKeys("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{} {}",
        "{}x",
        "{\"a\":1",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{a:1}"
      })
  @DisplayName("what is not exactly one object is refused")
  void shape(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1E401",
        "1E-401",
        "0E999999999",
        "-1.5E2147483647",
        "1E2147483648",
        "7777720E777777777777777777777",
        "7E-777777777777777777777"
      })
  @DisplayName("a number whose exponent no program can hold is refused")
  void exponents(String number) {
    assertThatThrownBy(() -> read("{\"a\":" + number + "}"))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("exponent of at most 400");
    assertThatThrownBy(() -> StrictJson.readList("[" + number + "]", 64))
        .isInstanceOf(UnreadableException.class);
  }

  @Test
  @DisplayName("a number with an ordinary exponent stands for no digits that are not written")
  void exponent() throws IOException {
    assertThat(read("{\"a\":2.5E-10}")).isEqualTo(Map.of("a", new BigDecimal("2.5E-10")));
    assertThat(read("{\"a\":1E400}")).isEqualTo(Map.of("a", new BigDecimal("1E400")));
  }

  @Test
  @DisplayName("bytes that are no UTF-8 are refused, the replacement character itself is not")
  void encoding() throws IOException {
    byte[] json = "{\"a\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
    json[6] = (byte) 0xff;
    assertThatThrownBy(() -> StrictJson.read(json, 64)).isInstanceOf(IOException.class);
    assertThat(read("{\"a\":\"\ufffd\"}")).isEqualTo(Map.of("a", "\ufffd"));
  }

  @Test
  @DisplayName("depth and size are bounded")
  void bounds() {
    String deep = "{\"a\":".repeat(40) + "1" + "}".repeat(40);
    assertThatThrownBy(() -> read(deep)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> StrictJson.read(new byte[65], 64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("at most 64");
    assertThatThrownBy(() -> StrictJson.readList("[1, 2]", 5)).isInstanceOf(IOException.class);
  }

  @Test
  @DisplayName("Numbers are written exactly")
  void numbers() throws IOException {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("byte", (byte) -1);
    numbers.put("short", (short) 2);
    numbers.put("int", Integer.MIN_VALUE);
    numbers.put("long", Long.MAX_VALUE);
    numbers.put("big", BigInteger.TWO.pow(80));
    numbers.put("decimal", new BigDecimal("1.10"));
    numbers.put("double", 0.5);
    assertThat(StrictJson.writeLine(numbers))
        .isEqualTo(
            "{\"byte\":-1,\"short\":2,\"int\":-2147483648,\"long\":9223372036854775807,"
                + "\"big\":1208925819614629174706176,\"decimal\":1.10,\"double\":0.5}");
    assertThat(StrictJson.write(Map.of("n", 1.5))).contains("1.5");
    assertThat(read(StrictJson.writeLine(Map.of("n", 1.5))))
        .isEqualTo(Map.of("n", new BigDecimal("1.5")));
  }

  @Test
  @DisplayName("Numbers that JSON cannot hold exactly are refused")
  void inexactNumbers() {
    for (Number number :
        List.of(Double.NaN, Double.POSITIVE_INFINITY, 0.1f, new AtomicInteger(7))) {
      assertThatThrownBy(() -> StrictJson.writeLine(Map.of("n", number)))
          .as("%s", number)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot hold this number exactly");
    }
  }

  @Test
  @DisplayName("numbers keep every digit")
  void decimals() throws IOException {
    assertThat(read("{\"a\":1.10}")).isEqualTo(Map.of("a", new BigDecimal("1.10")));
  }
}
