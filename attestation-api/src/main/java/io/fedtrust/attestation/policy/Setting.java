// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The value of an option, in one canonical form. */
public sealed interface Setting {

  /**
   * Returns the canonical text, which digests and differences use.
   *
   * @return one line
   */
  String text();

  /**
   * Yes or no.
   *
   * @param value the setting
   */
  record Flag(boolean value) implements Setting {
    @Override
    public String text() {
      return String.valueOf(value);
    }
  }

  /**
   * A whole number.
   *
   * @param value the setting; 64 bits without sign
   */
  record Whole(long value) implements Setting {
    @Override
    public String text() {
      return Long.toUnsignedString(value);
    }
  }

  /**
   * Bits with a meaning each.
   *
   * @param value the setting
   */
  record Bits(long value) implements Setting {
    @Override
    public String text() {
      return "0x" + Long.toHexString(value);
    }
  }

  /**
   * A version of two numbers.
   *
   * @param major compared first
   * @param minor compared second
   */
  record Version(int major, int minor) implements Setting, Comparable<Version> {
    @Override
    public String text() {
      return major + "." + minor;
    }

    @Override
    public int compareTo(Version other) {
      return major == other.major
          ? Integer.compare(minor, other.minor)
          : Integer.compare(major, other.major);
    }
  }

  /**
   * Accepted values.
   *
   * @param values never empty
   */
  record Values(SortedSet<String> values) implements Setting {
    /**
     * Copies the set.
     *
     * @param values never empty
     */
    public Values {
      values = Collections.unmodifiableSortedSet(new TreeSet<>(values));
    }

    @Override
    public String text() {
      return String.join(", ", values);
    }
  }

  /**
   * Least levels of components, by product line.
   *
   * @param floors level by component by product line
   */
  record Floors(SortedMap<String, SortedMap<String, Long>> floors) implements Setting {
    /**
     * Copies the maps.
     *
     * @param floors level by component by product line
     */
    public Floors {
      SortedMap<String, SortedMap<String, Long>> copy = new TreeMap<>();
      floors.forEach(
          (line, levels) ->
              copy.put(line, Collections.unmodifiableSortedMap(new TreeMap<>(levels))));
      floors = Collections.unmodifiableSortedMap(copy);
    }

    @Override
    public String text() {
      return floors.entrySet().stream()
          .map(line -> line.getKey() + " {" + levels(line.getValue()) + "}")
          .collect(Collectors.joining(", "));
    }

    private static String levels(Map<String, Long> levels) {
      return levels.entrySet().stream()
          .map(level -> level.getKey() + " " + level.getValue())
          .collect(Collectors.joining(", "));
    }
  }
}
