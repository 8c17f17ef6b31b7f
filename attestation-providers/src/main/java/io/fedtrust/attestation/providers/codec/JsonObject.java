// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.model.ReasonCode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a vendor or service whose members have types. Unknown members are tolerated; a
 * requested member of another type is refused, with its path.
 *
 * @param kind what a refusal is about
 * @param path of this object, empty for the outermost
 * @param members names and values
 */
public record JsonObject(Kind kind, String path, Map<String, ?> members) {

  /**
   * The check, the reason and the source of refusals.
   *
   * @param check name in verdicts
   * @param code stable reason
   * @param source document and section
   */
  public record Kind(String check, ReasonCode code, String source) {
    /** Refuses something. */
    public MalformedEvidenceException refused(Object expected, Object actual) {
      return MalformedEvidenceException.of(check, code, expected, actual, source);
    }
  }

  /**
   * Reads an object.
   *
   * @throws MalformedEvidenceException if the bytes are not exactly one such object
   */
  public static JsonObject read(Kind kind, byte[] json, int maxBytes)
      throws MalformedEvidenceException {
    try {
      return new JsonObject(kind, "", StrictJson.read(json, maxBytes));
    } catch (IOException e) {
      throw kind.refused(
          "one JSON object of at most " + maxBytes + " bytes", ReadableFailure.textOf(e));
    }
  }

  /**
   * Reads a list of objects.
   *
   * @throws MalformedEvidenceException if the text is not exactly one such list
   */
  public static List<JsonObject> readList(Kind kind, String json, int maxCharacters)
      throws MalformedEvidenceException {
    try {
      List<JsonObject> objects = new ArrayList<>();
      for (Object item : StrictJson.readList(json, maxCharacters)) {
        objects.add(object(kind, "[" + objects.size() + "].", item));
      }
      return objects;
    } catch (IOException e) {
      throw kind.refused(
          "one JSON list of at most " + maxCharacters + " characters", ReadableFailure.textOf(e));
    }
  }

  private MalformedEvidenceException refused(String name, Object expected, Object actual) {
    return kind.refused(path + name + ": " + expected, actual);
  }

  private <T> T required(String name, String expected, Optional<T> value)
      throws MalformedEvidenceException {
    return value.orElseThrow(
        () -> refused(name, expected, members.containsKey(name) ? "another" : "nothing"));
  }

  /** Tells whether a member is there. */
  public boolean has(String name) {
    return members.get(name) != null;
  }

  /** Returns the names of all members. */
  public Set<String> names() {
    return Set.copyOf(members.keySet());
  }

  /** Returns text. */
  public String text(String name) throws MalformedEvidenceException {
    return required(name, "text", find(name, String.class));
  }

  /** Returns text, or empty where there is none. */
  public Optional<String> findText(String name) throws MalformedEvidenceException {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** Returns bytes in hex of either case: vendors write both. */
  public byte[] hex(String name, int bytes) throws MalformedEvidenceException {
    return HexFormat.of().parseHex(hexText(name, bytes));
  }

  /** Returns bytes as lower-case hex digits, which vendors write in either case. */
  public String hexText(String name, int bytes) throws MalformedEvidenceException {
    String text = text(name);
    if (text.length() != 2 * bytes || !text.chars().allMatch(HexFormat::isHexDigit)) {
      throw refused(name, bytes + " bytes in hex", "other text");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  /** Returns bytes in canonical base64. */
  public byte[] base64(String name) throws MalformedEvidenceException {
    return Base64Text.decode(text(name))
        .orElseThrow(() -> kind.refused(path + name + " in canonical base64", "something else"));
  }

  /** Returns a whole number from 0. */
  public int whole(String name, int max) throws MalformedEvidenceException {
    return required(
        name,
        "a whole number from 0 to " + max,
        find(name, Integer.class).filter(number -> number >= 0 && number <= max));
  }

  /** Returns yes or no. */
  public boolean flag(String name) throws MalformedEvidenceException {
    return required(name, "true or false", find(name, Boolean.class));
  }

  /** Returns an instant as RFC 3339 writes it. */
  public Instant instant(String name) throws MalformedEvidenceException {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeException e) {
      throw refused(name, "an instant", "other text");
    }
  }

  /** Returns an instant that is a count of seconds (RFC 7519, NumericDate). */
  public Instant seconds(String name) throws MalformedEvidenceException {
    return Instant.ofEpochSecond(
        required(
            name,
            "seconds since 1970",
            find(name, Number.class)
                .filter(number -> number instanceof Integer || number instanceof Long)
                .map(Number::longValue)
                .filter(number -> number >= 0 && number < 1L << 40)));
  }

  /** Returns an object. */
  public JsonObject object(String name) throws MalformedEvidenceException {
    return object(kind, path + name + ".", members.get(name));
  }

  /** Returns objects, at most so many. */
  public List<JsonObject> objects(String name, int max) throws MalformedEvidenceException {
    List<JsonObject> objects = new ArrayList<>();
    for (Object item : list(name, max)) {
      objects.add(object(kind, path + name + "[" + objects.size() + "].", item));
    }
    return objects;
  }

  /** Returns texts, at most so many; none where the member is absent. */
  public List<String> texts(String name, int max) throws MalformedEvidenceException {
    if (!has(name)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (Object item : list(name, max)) {
      if (!(item instanceof String text)) {
        throw refused(name, "a list of texts", "another");
      }
      texts.add(text);
    }
    return texts;
  }

  private List<?> list(String name, int max) throws MalformedEvidenceException {
    List<?> list = required(name, "a list", find(name, List.class));
    if (list.size() > max) {
      throw refused(name, "at most " + max + " items", list.size());
    }
    return list;
  }

  private static JsonObject object(Kind kind, String place, @Nullable Object value)
      throws MalformedEvidenceException {
    if (!(value instanceof Map<?, ?> map)) {
      throw kind.refused(place + " an object", value == null ? "nothing" : "another");
    }
    Map<String, @Nullable Object> texts = new java.util.LinkedHashMap<>();
    map.forEach((key, item) -> texts.put(String.valueOf(key), item));
    return new JsonObject(kind, place, texts);
  }

  private <T> Optional<T> find(String name, Class<T> type) {
    Object value = members.get(name);
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }
}
