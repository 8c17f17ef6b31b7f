// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.cose;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A CBOR map whose values have types. A requested value of another type is refused.
 *
 * @param kind for refusals
 * @param members keys, which are text or {@link Long}, and values
 */
public record CborMap(JsonObject.Kind kind, Map<?, ?> members) {
  private static final int EPOCH_TAG = 1;
  private static final long MAX_SECONDS = 1L << 40;

  /** Returns the map of an item that must be one. */
  public static CborMap of(JsonObject.Kind kind, Object item) throws MalformedEvidenceException {
    if (item instanceof Map<?, ?> map) {
      return new CborMap(kind, map);
    }
    throw kind.refused("a CBOR map", "another item");
  }

  /** Tells whether a key is there. */
  public boolean has(Object key) {
    return members.containsKey(key);
  }

  private <T> T required(Object key, Class<T> type) throws MalformedEvidenceException {
    return find(key, type)
        .orElseThrow(
            () ->
                kind.refused(
                    key + ": " + type.getSimpleName(), has(key) ? "another type" : "nothing"));
  }

  private <T> Optional<T> find(Object key, Class<T> type) {
    Object value = members.get(key);
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  /** Returns text. */
  public String text(Object key) throws MalformedEvidenceException {
    return required(key, String.class);
  }

  /** Returns a whole number. */
  public long whole(Object key) throws MalformedEvidenceException {
    return required(key, Long.class);
  }

  /** Returns a map. */
  public CborMap map(Object key) throws MalformedEvidenceException {
    return of(kind, required(key, Map.class));
  }

  /** Returns a list, whatever its items are. */
  public List<?> list(Object key) throws MalformedEvidenceException {
    return required(key, List.class);
  }

  /** Returns byte strings, at most so many. */
  public List<byte[]> byteStrings(Object key, int max) throws MalformedEvidenceException {
    List<byte[]> all = new ArrayList<>();
    for (Object item : list(key)) {
      if (!(item instanceof byte[] bytes) || all.size() == max) {
        throw kind.refused(key + ": at most " + max + " byte strings", "another list");
      }
      all.add(bytes);
    }
    return all;
  }

  /** Returns seconds since 1970, with the tag for them or without. */
  public Instant seconds(Object key) throws MalformedEvidenceException {
    Object value = members.get(key);
    Object number =
        value instanceof StrictCbor.Tagged tagged && tagged.tag() == EPOCH_TAG
            ? tagged.item()
            : value;
    if (number instanceof Long seconds && seconds >= 0 && seconds < MAX_SECONDS) {
      return Instant.ofEpochSecond(seconds);
    }
    throw kind.refused(key + ": seconds since 1970", value == null ? "nothing" : "another");
  }
}
