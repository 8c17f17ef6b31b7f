// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import io.fedtrust.attestation.model.ClaimValue;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Security levels of a platform's firmware, component by component. Never compared as one number.
 *
 * @param levels level by component, in the order of the product line's layout
 */
public record TcbVersion(Map<String, Long> levels) {
  /**
   * Keeps the order.
   *
   * @param levels level by component, in the order of the product line's layout
   */
  public TcbVersion {
    levels = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(levels));
  }

  /**
   * Decodes the eight bytes of a TCB_VERSION.
   *
   * @param bytes as in the report, the first byte lowest
   * @param line the platform's product line: layouts differ
   * @return the levels
   */
  public static TcbVersion decode(long bytes, ProductLine line) {
    Map<String, Long> levels = new LinkedHashMap<>();
    TcbLayout layout = TcbLayout.of(line);
    for (int i = 0; i < layout.components().size(); i++) {
      levels.put(
          layout.components().get(i), (bytes >>> (Byte.SIZE * layout.bytes().get(i))) & 0xFF);
    }
    return new TcbVersion(levels);
  }

  /**
   * Encodes as a TCB_VERSION; what decodes to these levels.
   *
   * @param line the platform's product line
   * @return eight bytes, the first byte lowest; reserved ones zero
   * @throws IllegalArgumentException if the levels are not those of the line, from 0 to 255
   */
  public long encode(ProductLine line) {
    TcbLayout layout = TcbLayout.of(line);
    long bytes = 0;
    for (int i = 0; i < layout.components().size(); i++) {
      long level = levels.getOrDefault(layout.components().get(i), -1L);
      bytes |= (level & 0xFF) << (Byte.SIZE * layout.bytes().get(i));
    }
    if (!decode(bytes, line).levels.equals(levels)) {
      throw new IllegalArgumentException(
          "levels: expected those of " + line + " from 0 to 255, was " + this);
    }
    return bytes;
  }

  /**
   * Compares every component.
   *
   * @param other of the same product line
   * @return true if no level is above the other's
   */
  public boolean isAtMost(TcbVersion other) {
    return levels.keySet().equals(other.levels.keySet())
        && levels.entrySet().stream()
            .allMatch(level -> level.getValue() <= other.levels.get(level.getKey()));
  }

  /** {@return the levels as a claim} */
  public ClaimValue.Levels claim() {
    return new ClaimValue.Levels(levels);
  }

  @Override
  public String toString() {
    return claim().text();
  }
}
