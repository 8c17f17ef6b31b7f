// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One spelling for each statement. */
class CanonicalJsonTest {
  private static String write(Map<String, ?> object) {
    return new String(CanonicalJson.write(object), StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("members are sorted by UTF-16 code units, in every object (RFC 8785 section 3.2.3)")
  void order() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("\u20ac", "Euro Sign");
    object.put("\ufb33", "Hebrew Letter Dalet With Dagesh");
    object.put("1", "One");
    object.put("\ud83d\ude00", "Emoji: Grinning Face");
    object.put("\u0080", "Control");
    object.put("\u00f6", "Latin Small Letter O With Diaeresis");
    assertThat(write(object))
        .isEqualTo(
            "{\"1\":\"One\",\"\u0080\":\"Control\","
                + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
                + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
                + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
    assertThat(write(Map.of("a", List.of(new LinkedHashMap<>(Map.of("y", 1, "x", 2))))))
        .isEqualTo("{\"a\":[{\"x\":2,\"y\":1}]}");
  }

  @Test
  @DisplayName("values have no blanks, no escapes but those of quote and backslash, no fractions")
  void spelling() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("text", "a\"b\\c/d\u007f\u00e9\u2028\ud83d\ude00<>&'");
    object.put("numbers", List.of(0, -1, 9007199254740992L, -9007199254740992L));
    object.put("literals", Arrays.asList(true, false, null));
    object.put("empty", List.of(Map.of(), List.of(), ""));
    assertThat(write(object))
        .isEqualTo(
            "{\"empty\":[{},[],\"\"],\"literals\":[true,false,null],"
                + "\"numbers\":[0,-1,9007199254740992,-9007199254740992],"
                + "\"text\":\"a\\\"b\\\\c/d\u007f\u00e9\u2028\ud83d\ude00<>&'\"}");
  }

  @Test
  @DisplayName("what is read back and written again has the same bytes")
  void stable() throws Exception {
    Map<String, Object> object = Map.of("b", List.of("x", 1, Map.of("d", true, "c", "/")), "a", "");
    byte[] once = CanonicalJson.write(object);
    assertThat(CanonicalJson.write(Json.readObject(once))).isEqualTo(once);
  }

  static Stream<Object> unwritable() {
    return Stream.of(
        1.5,
        1.0f,
        new BigInteger("1"),
        9007199254740993L,
        -9007199254740993L,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        Instant.EPOCH,
        'c',
        new byte[0],
        List.of(0.5),
        Map.of("a", 0.5));
  }

  @ParameterizedTest
  @MethodSource("unwritable")
  @DisplayName("what has no canonical form here is refused")
  void refuses(Object value) {
    assertThatThrownBy(() -> CanonicalJson.write(Map.of("a", value)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\u0000", "\u001f", "a\ud83d", "\ude00a"})
  @DisplayName("control characters and half characters are refused, as values and as names")
  void refusesText(String text) {
    assertThatThrownBy(() -> CanonicalJson.write(Map.of("a", text)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CanonicalJson.write(Collections.singletonMap(text, "a")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
