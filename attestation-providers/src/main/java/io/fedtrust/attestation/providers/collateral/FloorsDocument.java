// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.collateral;

import io.fedtrust.attestation.model.CollateralFloors;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The shape of {@code floors.json}. */
final class FloorsDocument {
  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_DIGITS = 64;

  private FloorsDocument() {}

  static CollateralFloors read(byte[] json) throws IOException {
    Map<String, ?> document = StrictJson.read(json, MAX_BYTES);
    if (!document.keySet().equals(Set.of("hostControlled", "floors"))
        || !(document.get("floors") instanceof Map<?, ?> written)) {
      throw new UnreadableException("expected hostControlled and floors, was " + document.keySet());
    }
    Map<String, CollateralFloors.Floor> floors = new TreeMap<>();
    for (Map.Entry<?, ?> entry : written.entrySet()) {
      if (!(entry.getValue() instanceof Map<?, ?> fields)) {
        throw new UnreadableException(entry.getKey() + ": expected a map");
      }
      floors.put(String.valueOf(entry.getKey()), floor(fields));
    }
    return CollateralFloors.of(floors);
  }

  private static CollateralFloors.Floor floor(Map<?, ?> fields) throws IOException {
    try {
      Optional<BigInteger> number =
          fields.containsKey("number")
              ? Optional.of(number(String.valueOf(fields.get("number"))))
              : Optional.empty();
      return new CollateralFloors.Floor(
          number, Instant.parse(String.valueOf(fields.get("issued"))));
    } catch (DateTimeException | NumberFormatException e) {
      throw new UnreadableException("floors: expected a number and an instant", e);
    }
  }

  private static BigInteger number(String digits) throws IOException {
    if (digits.length() > MAX_DIGITS) {
      throw new UnreadableException("floors: expected at most " + MAX_DIGITS + " digits");
    }
    return new BigInteger(digits);
  }

  /** The file states that anyone who controls the host can change it. */
  static byte[] write(CollateralFloors floors) {
    Map<String, Object> written = new LinkedHashMap<>();
    floors
        .all()
        .forEach(
            (channel, floor) -> {
              Map<String, Object> fields = new LinkedHashMap<>();
              floor.number().ifPresent(number -> fields.put("number", number.toString()));
              fields.put("issued", floor.issued().toString());
              written.put(channel, fields);
            });
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("hostControlled", true);
    document.put("floors", written);
    return StrictJson.write(document).getBytes(StandardCharsets.UTF_8);
  }
}
