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

  /**
   * Returns the levels as a claim.
   *
   * @return the same levels
   */
  public ClaimValue.Levels claim() {
    return new ClaimValue.Levels(levels);
  }

  @Override
  public String toString() {
    return claim().text();
  }
}
