// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The value of an option, in one canonical form. */
public sealed interface Setting {

  /** {@return the canonical text on one line, which digests and differences use} */
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
   * A version of several numbers with dots, for example {@code 580.95.05}. Compared number by
   * number; missing numbers at the end are zeros.
   *
   * @param text as its vendor writes it: 1 to 8 numbers of 1 to 9 digits
   */
  record DottedVersion(String text) implements Setting, Comparable<DottedVersion> {
    private static final Pattern TEXT = Pattern.compile("\\d{1,9}(\\.\\d{1,9}){0,7}");

    /**
     * Checks the text.
     *
     * @param text as its vendor writes it: 1 to 8 numbers of 1 to 9 digits
     */
    public DottedVersion {
      if (!TEXT.matcher(text).matches()) {
        throw new IllegalArgumentException("A version must be numbers with dots.");
      }
    }

    /**
     * Reads a version.
     *
     * @param text of any kind
     * @return the version, or empty if the text is none
     */
    public static Optional<DottedVersion> of(String text) {
      return TEXT.matcher(text).matches() ? Optional.of(new DottedVersion(text)) : Optional.empty();
    }

    @Override
    public int compareTo(DottedVersion other) {
      return Arrays.compare(numbers(), other.numbers());
    }

    private int[] numbers() {
      int[] numbers =
          Pattern.compile("\\.").splitAsStream(text).mapToInt(Integer::parseInt).toArray();
      int length = numbers.length;
      while (length > 0 && numbers[length - 1] == 0) {
        length--;
      }
      return Arrays.copyOf(numbers, length);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof DottedVersion version && compareTo(version) == 0;
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(numbers());
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
