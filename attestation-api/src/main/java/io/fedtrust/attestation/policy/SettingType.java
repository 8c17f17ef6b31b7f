// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an option's value is written, in a file or by a program: scalars (as text or as the Java
 * value), lists of scalars, maps. Anything else is refused with what was expected.
 */
public abstract class SettingType {
  private static final Pattern VERSION = Pattern.compile("(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})");
  private static final Pattern DECIMAL = Pattern.compile("0|[1-9]\\d{0,19}");
  private static final Pattern BITS = Pattern.compile("0x[0-9a-fA-F]{1,16}");
  private static final Pattern PLAIN_NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");
  private static final int MAX_VALUES = 100_000;
  private static final int MAX_TEXT = 1024;

  private final String expectation;

  private SettingType(String expectation) {
    this.expectation = expectation;
  }

  /** {@return how a value is written: a phrase for help and messages} */
  public String expectation() {
    return expectation;
  }

  /**
   * Reads a value.
   *
   * @param value text, a boolean, a number, a list or a map of these
   * @return the setting
   * @throws IllegalArgumentException saying what was expected
   */
  @SuppressWarnings("exports") // an annotation: callers compile without its module
  public abstract Setting read(@Nullable Object value);

  /** {@return the type of a switch: true or false} */
  public static SettingType flag() {
    return new SettingType("true or false") {
      @Override
      public Setting read(@Nullable Object value) {
        String text = scalar(value);
        if (!text.equals("true") && !text.equals("false")) {
          throw refused(text);
        }
        return new Setting.Flag(text.equals("true"));
      }
    };
  }

  /**
   * Returns the type of a number.
   *
   * @param max largest value, without sign
   * @return a decimal number
   */
  public static SettingType whole(long max) {
    return new SettingType("a whole number from 0 to " + Long.toUnsignedString(max)) {
      @Override
      public Setting read(@Nullable Object value) {
        String text = scalar(value);
        return new Setting.Whole(number(text, max));
      }
    };
  }

  /** {@return the type of a bit mask: hexadecimal with 0x} */
  public static SettingType bits() {
    return new SettingType("bits in hexadecimal, 0x and 1 to 16 digits") {
      @Override
      public Setting read(@Nullable Object value) {
        String text = scalar(value);
        if (!BITS.matcher(text).matches()) {
          throw refused(text);
        }
        return new Setting.Bits(Long.parseUnsignedLong(text.substring(2), 16));
      }
    };
  }

  /** {@return the type of a version: major and minor with a dot} */
  public static SettingType version() {
    return new SettingType("a version as major.minor") {
      @Override
      public Setting read(@Nullable Object value) {
        String text = scalar(value);
        Matcher parts = VERSION.matcher(text);
        if (!parts.matches()) {
          throw refused(text);
        }
        return new Setting.Version(
            Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
      }
    };
  }

  /** {@return the type of a version of several numbers: 1 to 8 numbers with dots} */
  public static SettingType dottedVersion() {
    return new SettingType("a version of 1 to 8 numbers with dots") {
      @Override
      public Setting read(@Nullable Object value) {
        String text = scalar(value);
        return Setting.DottedVersion.of(text).orElseThrow(() -> refused(text));
      }
    };
  }

  /**
   * Returns the type of a set of byte strings.
   *
   * @param bytes length of each
   * @return one or several, in lower-case hex
   */
  public static SettingType hex(int bytes) {
    Pattern pattern = Pattern.compile("[0-9a-f]{" + 2 * bytes + "}");
    return values(
        "one or several values of " + bytes + " bytes in lower-case hex",
        text -> pattern.matcher(text).matches());
  }

  /**
   * Returns the type of a set of values of numbered registers.
   *
   * @param registers how many there are
   * @param bytes length of each value
   * @return one or several, number, equals sign and value in lower-case hex
   */
  public static SettingType registers(int registers, int bytes) {
    Pattern pattern = Pattern.compile("(0|[1-9]\\d{0,2})=[0-9a-f]{" + 2 * bytes + "}");
    return values(
        "one or several of index=value, index below "
            + registers
            + ", value of "
            + bytes
            + " bytes in lower-case hex",
        text ->
            pattern.matcher(text).matches()
                && Integer.parseInt(text.substring(0, text.indexOf('='))) < registers);
  }

  /**
   * Returns the type of a set of events in numbered registers.
   *
   * @param registers how many there are
   * @param types names of the types of events; a type without a name is written {@code 0x} and 8
   *     digits
   * @param bytes length of a digest
   * @return one or several, number, equals sign, type, colon and digest in lower-case hex
   */
  public static SettingType events(int registers, Collection<String> types, int bytes) {
    List<String> known = List.copyOf(types);
    Pattern pattern = Pattern.compile("(0|[1-9]\\d{0,2})=(\\w{1,64}):[0-9a-f]{" + 2 * bytes + "}");
    Pattern nameless = Pattern.compile("0x[0-9a-f]{8}");
    return values(
        "one or several of index=type:digest, index below "
            + registers
            + ", type of the TCG as EV_SEPARATOR, digest of "
            + bytes
            + " bytes in lower-case hex",
        text -> {
          Matcher parts = pattern.matcher(text);
          return parts.matches()
              && Integer.parseInt(parts.group(1)) < registers
              && (known.contains(parts.group(2)) || nameless.matcher(parts.group(2)).matches());
        });
  }

  /** {@return the type of one or several texts} */
  public static SettingType texts() {
    return values(
        "one or several texts of 1 to " + MAX_TEXT + " characters",
        text -> !text.isEmpty() && text.length() <= MAX_TEXT);
  }

  /**
   * Returns the type of a set of texts of one form.
   *
   * @param pattern regular expression of a whole text
   * @param form the same in words, after "one or several"
   * @return one or several
   */
  public static SettingType matching(String pattern, String form) {
    Pattern compiled = Pattern.compile(pattern);
    return values(
        "one or several " + form,
        text -> text.length() <= MAX_TEXT && compiled.matcher(text).matches());
  }

  /**
   * Returns the type of a set of names.
   *
   * @param names the only ones there are
   * @return one or several of them
   */
  public static SettingType oneOf(Collection<String> names) {
    List<String> known = List.copyOf(names);
    return values("one or several of " + String.join(", ", known), known::contains);
  }

  private static SettingType values(
      String expectation, java.util.function.Predicate<String> accepted) {
    return new SettingType(expectation) {
      @Override
      public Setting read(@Nullable Object value) {
        SortedSet<String> values = new TreeSet<>();
        Collection<?> items = value instanceof Collection<?> many ? many : listOf(value);
        if (items.isEmpty() || items.size() > MAX_VALUES) {
          throw refused(items.size() + " values");
        }
        for (Object item : items) {
          String text = scalar(item);
          if (!accepted.test(text)) {
            throw refused(text);
          }
          if (!values.add(text)) {
            throw refused("twice " + text);
          }
        }
        return new Setting.Values(values);
      }
    };
  }

  /**
   * Returns the type of floors.
   *
   * @param components names of the components of each product line
   * @param max highest level
   * @return a map from product line to a map from component to level
   */
  public static SettingType floors(Map<String, List<String>> components, long max) {
    Map<String, List<String>> known = new TreeMap<>(components);
    return new SettingType("for each product line its components and their least levels") {
      @Override
      public Setting read(@Nullable Object value) {
        SortedMap<String, SortedMap<String, Long>> floors = new TreeMap<>();
        map(value).forEach((line, levels) -> floors.put(line(line), levels(line, map(levels))));
        if (floors.isEmpty()) {
          throw refused("nothing");
        }
        return new Setting.Floors(floors);
      }

      private String line(String name) {
        if (!known.containsKey(name)) {
          throw new IllegalArgumentException(
              "expected one of " + String.join(", ", known.keySet()) + ", was " + name);
        }
        return name;
      }

      private SortedMap<String, Long> levels(String line, Map<String, Object> written) {
        SortedMap<String, Long> levels = new TreeMap<>();
        List<String> names = known.getOrDefault(line, List.of());
        written.forEach(
            (component, level) -> {
              if (!names.contains(component)) {
                throw new IllegalArgumentException(
                    line + ": expected one of " + names + ", was " + component);
              }
              levels.put(component, number(scalar(level), max));
            });
        if (levels.isEmpty()) {
          throw refused("nothing for " + line);
        }
        return levels;
      }
    };
  }

  private static List<@Nullable Object> listOf(@Nullable Object value) {
    return java.util.Collections.singletonList(value);
  }

  Map<String, Object> map(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw refused("something else");
    }
    Map<String, Object> texts = new TreeMap<>();
    map.forEach((key, item) -> texts.put(scalar(key), item));
    return texts;
  }

  String scalar(@Nullable Object value) {
    if (value instanceof String || value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof Number number) {
      String text = number.toString();
      if (PLAIN_NUMBER.matcher(text).matches()) {
        return text;
      }
      throw refused("a number that is not written out");
    }
    throw refused(value == null ? "nothing" : "something else");
  }

  long number(String text, long max) {
    if (DECIMAL.matcher(text).matches()) {
      try {
        long number = Long.parseUnsignedLong(text);
        if (Long.compareUnsigned(number, max) <= 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw refused(text);
      }
    }
    throw refused(text);
  }

  IllegalArgumentException refused(String was) {
    return new IllegalArgumentException("expected " + expectation + ", was " + was);
  }
}
