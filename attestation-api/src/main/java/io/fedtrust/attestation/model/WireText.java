// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values of maps that came from outside, each bounded and with one accepted spelling. */
final class WireText {
  private final Map<?, ?> map;
  private final ReasonCode code;
  private final String source;

  WireText(Map<?, ?> map, ReasonCode code, String source) {
    this.map = map;
    this.code = code;
    this.source = source;
  }

  boolean has(String field) {
    return map.get(field) != null;
  }

  /** Text, or a byte string of UTF-8, as NVFlare's SEV-SNP authorizer sends it. */
  String text(String field, int maxCharacters) throws MalformedEvidenceException {
    return text(field, map.get(field), maxCharacters);
  }

  private String text(String field, @Nullable Object value, int maxCharacters)
      throws MalformedEvidenceException {
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

  Optional<String> optionalText(String field, int maxCharacters) throws MalformedEvidenceException {
    return has(field) ? Optional.of(text(field, maxCharacters)) : Optional.empty();
  }

  Bytes bytes(String field, int maxBytes) throws MalformedEvidenceException {
    return bytes(field, map.get(field), maxBytes);
  }

  Optional<Bytes> optionalBytes(String field, int maxBytes) throws MalformedEvidenceException {
    return has(field) ? Optional.of(bytes(field, maxBytes)) : Optional.empty();
  }

  private Bytes bytes(String field, @Nullable Object value, int maxBytes)
      throws MalformedEvidenceException {
    String text = text(field, value, (maxBytes + 2) / 3 * 4);
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length <= maxBytes && base64(bytes).equals(text)) {
        return Bytes.of(bytes);
      }
    } catch (IllegalArgumentException e) {
      throw malformed(field, "canonical base64", "something else");
    }
    throw malformed(field, "canonical base64 of at most " + maxBytes + " bytes", text.length());
  }

  List<Bytes> listOfBytes(String field, int maxItems, int maxBytes)
      throws MalformedEvidenceException {
    if (!(map.get(field) instanceof List<?> items)) {
      throw malformed(field, "a list", has(field) ? "something else" : "nothing");
    }
    if (items.size() > maxItems) {
      throw malformed(field, "at most " + maxItems + " items", items.size());
    }
    List<Bytes> all = new ArrayList<>();
    for (Object item : items) {
      all.add(bytes(field, item, maxBytes));
    }
    return all;
  }

  List<List<?>> listOfPairs(String field, int maxItems) throws MalformedEvidenceException {
    if (!(map.get(field) instanceof List<?> items) || items.size() > maxItems) {
      throw malformed(field, "a list of at most " + maxItems + " pairs", "something else");
    }
    List<List<?>> pairs = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof List<?> pair)
          || pair.size() != 2
          || pair.get(0) == null
          || pair.get(1) == null) {
        throw malformed(field, "pairs of a name and a nonce", "something else");
      }
      pairs.add(pair);
    }
    return pairs;
  }

  /** A whole number from zero up. */
  long number(String field, long max) throws MalformedEvidenceException {
    Object value = map.get(field);
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= 0 && number <= max) {
        return number;
      }
    }
    throw malformed(field, "a whole number from 0 to " + max, has(field) ? value : "nothing");
  }

  Map<?, ?> map(String field, int maxEntries) throws MalformedEvidenceException {
    if (map.get(field) instanceof Map<?, ?> inner && inner.size() <= maxEntries) {
      return inner;
    }
    throw malformed(
        field,
        "an object of at most " + maxEntries + " members",
        has(field) ? "something else" : "nothing");
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static List<String> base64(List<Bytes> items) {
    return items.stream().map(item -> base64(item.bytes())).toList();
  }

  MalformedEvidenceException malformed(String field, Object expected, @Nullable Object was) {
    return MalformedEvidenceException.of(field, code, expected, was, source);
  }
}
