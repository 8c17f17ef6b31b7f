// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.cose;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORGenerator;
import tools.jackson.dataformat.cbor.CBORParser;

/**
 * CBOR from outside (RFC 8949): one item, bounded in size and depth, every key once, nothing behind
 * it. What is read is written again and must be the same bytes, which excludes indefinite lengths,
 * longer heads than needed, or a number as key that is really text
 * (docs/protocol/README.md#one-spelling).
 */
public final class StrictCbor {
  private static final int MAX_DEPTH = 8;
  private static final int NO_TAG = -1;
  private static final Pattern NUMBER = Pattern.compile("0|-?[1-9]\\d{0,17}");

  private static final CBORFactory FACTORY =
      CBORFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private StrictCbor() {}

  /**
   * An item with a tag.
   *
   * @param tag its number
   * @param item what is tagged
   */
  public record Tagged(int tag, Object item) {}

  /**
   * Reads an item.
   *
   * @param kind for refusals
   * @return text, bytes, a {@link Long}, a {@link Boolean}, a {@link List}, a {@link Map} whose
   *     keys are text or {@link Long}, or {@link Tagged}
   * @throws MalformedEvidenceException if the bytes are not exactly one such item
   */
  public static Object read(JsonObject.Kind kind, byte[] cbor, int maxBytes)
      throws MalformedEvidenceException {
    if (cbor.length > maxBytes) {
      throw kind.refused("CBOR of at most " + maxBytes + " bytes", cbor.length);
    }
    try {
      Object item = read(cbor);
      if (Arrays.equals(write(item), cbor)) {
        return item;
      }
    } catch (IOException | RuntimeException e) {
      // The library reads some text and tags that it will not write: any kind of exception.
      throw kind.refused("CBOR", "bytes that are none, or of another kind");
    }
    throw kind.refused("CBOR in its shortest spelling", "another spelling");
  }

  private static Object read(byte[] cbor) throws IOException {
    try (CBORParser parser = (CBORParser) FACTORY.createParser(ObjectReadContext.empty(), cbor)) {
      parser.nextToken();
      Object item = item(parser);
      if (parser.nextToken() != null) {
        throw new IOException("more than one item");
      }
      return item;
    }
  }

  private static Object item(CBORParser parser) throws IOException {
    int tag = parser.getCurrentTag();
    Object item = untagged(parser, parser.currentToken());
    return tag == NO_TAG ? item : new Tagged(tag, item);
  }

  private static Object untagged(CBORParser parser, @Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw new IOException("incomplete");
    }
    return switch (token) {
      case START_OBJECT -> map(parser);
      case START_ARRAY -> list(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_EMBEDDED_OBJECT -> parser.getBinaryValue();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      default -> throw new IOException("an item of another type");
    };
  }

  private static Map<Object, Object> map(CBORParser parser) throws IOException {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      map.put(NUMBER.matcher(name).matches() ? Long.valueOf(name) : name, item(parser));
    }
    return map;
  }

  private static List<Object> list(CBORParser parser) throws IOException {
    List<Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(item(parser));
    }
    return list;
  }

  /** Writes an item in its shortest spelling. */
  public static byte[] write(Object item) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator generator =
        (CBORGenerator) FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      put(generator, item);
    }
    return bytes.toByteArray();
  }

  private static void put(CBORGenerator generator, Object item) {
    if (item instanceof Tagged tagged) {
      generator.writeTag(tagged.tag());
      put(generator, tagged.item());
    } else if (item instanceof Map<?, ?> map) {
      generator.writeStartObject(map, map.size());
      map.forEach(
          (key, value) -> {
            if (key instanceof Long number) {
              generator.writePropertyId(number);
            } else {
              generator.writeName(String.valueOf(key));
            }
            put(generator, value);
          });
      generator.writeEndObject();
    } else if (item instanceof List<?> list) {
      generator.writeStartArray(list, list.size());
      list.forEach(element -> put(generator, element));
      generator.writeEndArray();
    } else if (item instanceof byte[] bytes) {
      generator.writeBinary(bytes);
    } else if (item instanceof Long number) {
      generator.writeNumber(number);
    } else if (item instanceof Boolean flag) {
      generator.writeBoolean(flag);
    } else {
      generator.writeString(String.valueOf(item));
    }
  }
}
