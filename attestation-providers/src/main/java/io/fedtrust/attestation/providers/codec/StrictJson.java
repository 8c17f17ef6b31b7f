// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.codec;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * JSON objects and lists from outside: one value of UTF-8, bounded in size and depth, every name
 * once, nothing behind it (docs/protocol/README.md#one-spelling).
 */
public final class StrictJson {
  private static final int MAX_DEPTH = 16;

  /** As far as numbers are exchanged between programs (RFC 8259, section 6), and some more. */
  private static final int MAX_SCALE = 400;

  private static final char REPLACEMENT = '\ufffd';

  /** One for all: it remembers names. Sizes are bounded before it sees a document. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(32)
                  .build())
          .build();

  private StrictJson() {}

  /** Writes an indented object. */
  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter();
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }

  /**
   * Reads an object.
   *
   * @param json at most so many bytes
   * @param maxBytes the bound
   * @return names and values: text, numbers, booleans, null, lists and maps
   * @throws IOException if it is not exactly one such object
   */
  public static Map<String, @Nullable Object> read(byte[] json, int maxBytes) throws IOException {
    if (json.length > maxBytes) {
      throw new UnreadableException("expected at most " + maxBytes + " bytes, was " + json.length);
    }
    return read(text(json), JsonToken.START_OBJECT, StrictJson::object);
  }

  /** The fast way replaces what is no UTF-8; whatever has such a character is looked at again. */
  private static String text(byte[] json) throws IOException {
    String text = new String(json, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0
        ? text
        : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
  }

  /**
   * Reads a list.
   *
   * @param json at most so many characters
   * @param maxCharacters the bound
   * @return its values, as those of an object
   * @throws IOException if it is not exactly one such list
   */
  public static List<@Nullable Object> readList(String json, int maxCharacters) throws IOException {
    if (json.length() > maxCharacters) {
      throw new UnreadableException(
          "expected at most " + maxCharacters + " characters, was " + json.length());
    }
    return read(json, JsonToken.START_ARRAY, StrictJson::list);
  }

  /** Reads what begins with some token. */
  @FunctionalInterface
  private interface Reading<T> {
    T read(JsonParser parser) throws IOException;
  }

  private static <T> T read(String text, JsonToken start, Reading<T> reading) throws IOException {
    String what = start == JsonToken.START_OBJECT ? "object" : "list";
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != start) {
        throw new UnreadableException("expected a JSON " + what);
      }
      T value = reading.read(parser);
      if (parser.nextToken() != null) {
        throw new UnreadableException("expected one JSON " + what + ", was more");
      }
      return value;
    } catch (JacksonException e) {
      throw new UnreadableException("not JSON" + where(e), e);
    }
  }

  /** The parser's own message quotes what was read. */
  private static String where(JacksonException e) {
    return e.getLocation() == null || e.getLocation().getLineNr() < 1
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  /**
   * Returns the bytes of a member's value as they were received.
   *
   * @param json an object that {@link #read} has accepted
   * @param name of a member whose value is an object
   * @return from its brace to the matching one; empty if there is no such member
   */
  public static byte[] memberBytes(byte[] json, String name) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      for (String member = parser.nextName(); member != null; member = parser.nextName()) {
        JsonToken token = parser.nextToken();
        if (member.equals(name) && token == JsonToken.START_OBJECT) {
          int from = (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          int to = (int) parser.currentLocation().getByteOffset();
          return Arrays.copyOfRange(json, from, to);
        }
        parser.skipChildren();
      }
      return new byte[0];
    } catch (JacksonException e) {
      return new byte[0];
    }
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    int count = 0;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      object.put(name, value(parser));
      if (object.size() == count++) {
        throw new UnreadableException("expected every name once, was " + name + " again");
      }
    }
    return object;
  }

  private static List<@Nullable Object> list(JsonParser parser) throws IOException {
    List<@Nullable Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(parser));
    }
    return list;
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return object(parser);
    }
    if (token == JsonToken.START_ARRAY) {
      return list(parser);
    }
    if (token.isScalarValue()) {
      return switch (token) {
        case VALUE_NULL -> null;
        case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
        case VALUE_NUMBER_INT -> parser.getNumberValue();
        case VALUE_NUMBER_FLOAT -> decimal(parser);
        default -> parser.getString();
      };
    }
    throw new UnreadableException("incomplete JSON");
  }

  /** The library lets the exception of an exponent that it cannot hold through. */
  private static BigDecimal decimal(JsonParser parser) throws IOException {
    try {
      BigDecimal decimal = parser.getDecimalValue();
      if (Math.abs((long) decimal.scale()) <= MAX_SCALE) {
        return decimal;
      }
    } catch (NumberFormatException e) {
      // The same answer as for an exponent that is only too large for us.
    }
    throw new UnreadableException("expected a number with an exponent of at most " + MAX_SCALE);
  }

  /**
   * Writes an object, indented, with a line break at the end.
   *
   * @throws IllegalArgumentException if a number cannot be written exactly
   */
  public static String write(Map<String, ?> object) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(new Indented(), text)) {
      put(generator, object);
    }
    return text.append('\n').toString();
  }

  /**
   * Writes an object or a list on one line.
   *
   * @throws IllegalArgumentException if a number cannot be written exactly
   */
  public static String writeLine(Object json) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      put(generator, json);
    }
    return text.toString();
  }

  /** A number is written as it is or not at all. */
  private static void put(JsonGenerator generator, Number number) {
    if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte) {
      generator.writeNumber(number.longValue());
    } else if (number instanceof BigInteger whole) {
      generator.writeNumber(whole);
    } else if (number instanceof BigDecimal decimal) {
      generator.writeNumber(decimal);
    } else if (number instanceof Double binary && Double.isFinite(binary)) {
      generator.writeNumber(binary);
    } else {
      throw new IllegalArgumentException(
          "JSON cannot hold this number exactly: " + number + " (" + number.getClass() + ")");
    }
  }

  private static void put(JsonGenerator generator, @Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      generator.writeStartObject();
      object.forEach(
          (name, member) -> {
            generator.writeName(String.valueOf(name));
            put(generator, member);
          });
      generator.writeEndObject();
    } else if (value instanceof Iterable<?> list) {
      generator.writeStartArray();
      list.forEach(member -> put(generator, member));
      generator.writeEndArray();
    } else if (value instanceof Boolean flag) {
      generator.writeBoolean(flag);
    } else if (value instanceof Number number) {
      put(generator, number);
    } else if (value == null) {
      generator.writeNull();
    } else {
      generator.writeString(value.toString());
    }
  }
}
