// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.document;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one spelling of a JSON object (RFC 8785), so that everyone computes the same digest. Takes
 * what statements consist of: objects, arrays, text without control characters, integers that a
 * double holds exactly, booleans and null.
 */
public final class CanonicalJson {
  private static final long MAX_INTEGER = 1L << 53;

  private CanonicalJson() {}

  /**
   * Writes an object.
   *
   * @throws IllegalArgumentException if it holds something else
   */
  public static byte[] write(Map<String, ?> object) {
    return Json.unescaped(sorted(object)).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> sorted(Map<?, ?> object) {
    // Section 3.2.3: by UTF-16 code units, which is the order of String.
    TreeMap<String, Object> names = new TreeMap<>();
    object.forEach((name, value) -> names.put(text(String.valueOf(name)), value));
    Map<String, Object> sorted = new LinkedHashMap<>();
    names.forEach((name, value) -> sorted.put(name, value(value)));
    return sorted;
  }

  private static @Nullable Object value(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return sorted(map);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(CanonicalJson::value).toList();
    }
    if (value instanceof String text) {
      return text(text);
    }
    boolean exact =
        value == null
            || value instanceof Boolean
            || ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= -MAX_INTEGER
                && ((Number) value).longValue() <= MAX_INTEGER);
    if (!exact) {
      throw new IllegalArgumentException("no canonical form for " + value.getClass());
    }
    return value;
  }

  /** Escapes differ between writers; nothing that needs one but quotes and backslashes occurs. */
  private static String text(String text) {
    boolean plain =
        text.codePoints()
            .noneMatch(
                c -> c < 0x20 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    if (!plain) {
      throw new IllegalArgumentException("control characters or half a character in a statement");
    }
    return text;
  }
}
