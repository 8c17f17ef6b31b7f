// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Values that are known by their name on the wire, each registered once. Safe for threads. */
final class WireNames<T extends Comparable<T>> {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

  private final Map<String, T> values = new ConcurrentHashMap<>();

  /**
   * Adds a value.
   *
   * @throws IllegalArgumentException for a name that is used already, or that is not lower case
   *     letters, digits and hyphens
   */
  T register(String name, T value) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "A name on the wire has lower-case letters, digits and hyphens, was '" + name + "'.");
    }
    if (values.putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException("'" + name + "' is registered already.");
    }
    return value;
  }

  Optional<T> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** Returns all values in their order. */
  List<T> all() {
    return values.values().stream().sorted().toList();
  }
}
