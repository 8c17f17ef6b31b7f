// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values of maps that came from outside, each bounded and with one accepted spelling. */
final class WireText {
  static final int MAX_NAME_CHARACTERS = 256;
  static final int MAX_CODE_CHARACTERS = 64;
  private static final long MAX_EPOCH_SECOND = 253_402_300_799L;

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

  /** A list of short lists, none of whose items is missing. */
  List<List<?>> listOfLists(String field, int maxItems, int least, int most)
      throws MalformedEvidenceException {
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
  String textAt(String field, List<?> list, int index, int maxCharacters)
      throws MalformedEvidenceException {
    return text(field, list.get(index), maxCharacters);
  }

  /** One of a list's items, as {@link #bytes(String, int)} reads a member. */
  Bytes bytesAt(String field, List<?> list, int index, int maxBytes)
      throws MalformedEvidenceException {
    return bytes(field, list.get(index), maxBytes);
  }

  /** A chain, leaf first, root excluded. */
  List<Bytes> certificates() throws MalformedEvidenceException {
    List<Bytes> chain =
        listOfBytes(
            EntryProof.CERTIFICATES, EntryProof.MAX_CERTIFICATES, EntryProof.MAX_CERTIFICATE_BYTES);
    if (chain.isEmpty()) {
      throw malformed(
          EntryProof.CERTIFICATES, "1 to " + EntryProof.MAX_CERTIFICATES + " certificates", "none");
    }
    return chain;
  }

  /** A SHA-256 or a nonce. */
  Bytes digest(String field) throws MalformedEvidenceException {
    return digest(field, bytes(field, Challenge.BYTES));
  }

  Bytes digestAt(String field, List<?> list, int index) throws MalformedEvidenceException {
    return digest(field, bytesAt(field, list, index, Challenge.BYTES));
  }

  private Bytes digest(String field, Bytes bytes) throws MalformedEvidenceException {
    if (bytes.size() != Challenge.BYTES) {
      throw malformed(field, Challenge.BYTES + " bytes", bytes.size());
    }
    return bytes;
  }

  /** Names ascend by their UTF-8 bytes, and none comes twice. */
  String nextName(String field, SortedMap<String, ?> before, List<?> list)
      throws MalformedEvidenceException {
    String name = textAt(field, list, 0, MAX_NAME_CHARACTERS);
    if (name.isEmpty()
        || (!before.isEmpty() && Utf8Order.INSTANCE.compare(before.lastKey(), name) >= 0)) {
      throw malformed(field, "names that ascend without repetition", "another order");
    }
    return name;
  }

  String name(String field) throws MalformedEvidenceException {
    String name = text(field, MAX_NAME_CHARACTERS);
    if (name.isEmpty()) {
      throw malformed(field, "a name", "nothing");
    }
    return name;
  }

  Instant instant(String field) throws MalformedEvidenceException {
    return Instant.ofEpochSecond(number(field, MAX_EPOCH_SECOND));
  }

  /** The value with this name on the wire. */
  <E extends Enum<E>> E oneOf(String field, String text, E[] known, Function<E, String> names)
      throws MalformedEvidenceException {
    for (E value : known) {
      if (names.apply(value).equals(text)) {
        return value;
      }
    }
    throw malformed(field, "a name that is known here", "another");
  }

  Optional<ReasonCode> optionalReason(String field) throws MalformedEvidenceException {
    return has(field)
        ? Optional.of(
            oneOf(field, text(field, MAX_CODE_CHARACTERS), ReasonCode.values(), ReasonCode::name))
        : Optional.empty();
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
