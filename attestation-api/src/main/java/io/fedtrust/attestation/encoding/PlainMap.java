// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.encoding;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values of a map that came from outside, each bounded and with one accepted spelling.
 *
 * @param <E> thrown for a value that is refused
 */
public class PlainMap<E extends Exception> {
  private final Map<?, ?> map;
  private final Failure<E> failure;

  /**
   * Reads a map.
   *
   * @param map names and values
   * @param failure makes the exception for a value that is refused
   */
  public PlainMap(Map<?, ?> map, Failure<E> failure) {
    this.map = map;
    this.failure = failure;
  }

  /**
   * Makes the exception for a value that is refused.
   *
   * @param <E> the exception
   */
  @FunctionalInterface
  public interface Failure<E extends Exception> {
    /** Says which field is refused, what was expected, and what was found. */
    E of(String field, Object expected, Object actual);
  }

  /** Whether the field is there. */
  public final boolean has(String field) {
    return map.get(field) != null;
  }

  /** Text, or a byte string of UTF-8, as NVFlare's SEV-SNP authorizer sends it. */
  public final String text(String field, int maxCharacters) throws E {
    return text(field, map.get(field), maxCharacters);
  }

  private String text(String field, @Nullable Object value, int maxCharacters) throws E {
    String text;
    if (value instanceof String string) {
      text = string;
    } else if (value instanceof byte[] bytes && bytes.length <= 4L * maxCharacters) {
      try {
        text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        throw malformed(field, "text", "bytes that are not UTF-8");
      }
    } else {
      throw malformed(field, "text", value == null ? "nothing" : "something else");
    }
    if (text.length() > maxCharacters) {
      throw malformed(field, "at most " + maxCharacters + " characters", text.length());
    }
    return text;
  }

  /** Text as {@link #text} reads it, if the field is there. */
  public final Optional<String> optionalText(String field, int maxCharacters) throws E {
    return has(field) ? Optional.of(text(field, maxCharacters)) : Optional.empty();
  }

  /** Bytes, of which the map has the canonical base64. */
  public final byte[] base64(String field, int maxBytes) throws E {
    return base64(field, map.get(field), maxBytes);
  }

  private byte[] base64(String field, @Nullable Object value, int maxBytes) throws E {
    String text = text(field, value, (maxBytes + 2) / 3 * 4);
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length <= maxBytes && base64(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw malformed(field, "canonical base64", "something else");
    }
    throw malformed(field, "canonical base64 of at most " + maxBytes + " bytes", text.length());
  }

  /** A list of bytes, each as {@link #base64(String, int)} reads them. */
  public final List<byte[]> listOfBase64(String field, int maxItems, int maxBytes) throws E {
    if (!(map.get(field) instanceof List<?> items)) {
      throw malformed(field, "a list", has(field) ? "something else" : "nothing");
    }
    if (items.size() > maxItems) {
      throw malformed(field, "at most " + maxItems + " items", items.size());
    }
    List<byte[]> all = new ArrayList<>();
    for (Object item : items) {
      all.add(base64(field, item, maxBytes));
    }
    return all;
  }

  /** The certificates of a site, leaf first, root excluded; at least one. */
  public final List<byte[]> encodedCertificates() throws E {
    List<byte[]> chain =
        listOfBase64(
            SignatureFields.CERTIFICATES,
            SignatureFields.MAX_CERTIFICATES,
            SignatureFields.MAX_CERTIFICATE_BYTES);
    if (chain.isEmpty()) {
      throw malformed(
          SignatureFields.CERTIFICATES,
          "1 to " + SignatureFields.MAX_CERTIFICATES + " certificates",
          "none");
    }
    return chain;
  }

  /** A list of short lists, none of whose items is missing. */
  public final List<List<?>> listOfLists(String field, int maxItems, int least, int most) throws E {
    if (!(map.get(field) instanceof List<?> items) || items.size() > maxItems) {
      throw malformed(field, "a list of at most " + maxItems + " lists", "something else");
    }
    List<List<?>> lists = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof List<?> list)
          || list.size() < least
          || list.size() > most
          || list.stream().anyMatch(Objects::isNull)) {
        throw malformed(field, "lists of " + least + " to " + most + " items", "something else");
      }
      lists.add(list);
    }
    return lists;
  }

  /** One of a list's items, as {@link #text(String, int)} reads a member. */
  public final String textAt(String field, List<?> list, int index, int maxCharacters) throws E {
    return text(field, list.get(index), maxCharacters);
  }

  /** One of a list's items, as {@link #base64(String, int)} reads a member. */
  public final byte[] base64At(String field, List<?> list, int index, int maxBytes) throws E {
    return base64(field, list.get(index), maxBytes);
  }

  /** A whole number from zero up. */
  public final long number(String field, long max) throws E {
    Object value = map.get(field);
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= 0 && number <= max) {
        return number;
      }
    }
    throw malformed(field, "a whole number from 0 to " + max, value == null ? "nothing" : value);
  }

  /** An object. */
  public final Map<?, ?> map(String field, int maxEntries) throws E {
    if (map.get(field) instanceof Map<?, ?> inner && inner.size() <= maxEntries) {
      return inner;
    }
    throw malformed(
        field,
        "an object of at most " + maxEntries + " members",
        has(field) ? "something else" : "nothing");
  }

  /** Makes the exception for a value that is refused. */
  public final E malformed(String field, Object expected, Object actual) {
    return failure.of(field, expected, actual);
  }

  /** The canonical base64 of bytes. */
  public static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
