// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * How the value of an option is written.
 *
 * @param <T> the value
 */
public final class OptionType<T> {
  /** Given or not. */
  public static final OptionType<Boolean> FLAG =
      new OptionType<>(Shape.FLAG, texts -> !texts.isEmpty());

  /** Any text. */
  public static final OptionType<String> TEXT = one(text -> text);

  /** A file or a folder. */
  public static final OptionType<Path> PATH = new OptionType<>(Shape.PATH, last(OptionType::path));

  /** An http or https address. */
  public static final OptionType<URI> ADDRESS = one(OptionType::address);

  /** A time span as ISO 8601 writes it. */
  public static final OptionType<Duration> DURATION = one(OptionType::duration);

  private final Shape shape;
  private final Function<List<String>, T> reader;

  private OptionType(Shape shape, Function<List<String>, T> reader) {
    this.shape = shape;
    this.reader = reader;
  }

  /** How often an option takes a value, and whether it names a place. */
  public enum Shape {
    /** Without a value. */
    FLAG,
    /** One value; the last of several counts. */
    ONE,
    /** Any number of values. */
    SEVERAL,
    /** One path, relative to the working directory. */
    PATH
  }

  /**
   * Returns a type with one value.
   *
   * @param reader reads it; throws {@link IllegalArgumentException} with a message for the user
   * @param <T> the value
   * @return the type
   */
  public static <T> OptionType<T> one(Function<String, T> reader) {
    return new OptionType<>(Shape.ONE, last(reader));
  }

  /**
   * Returns a type whose option may be repeated.
   *
   * @param reader reads one value; throws {@link IllegalArgumentException} with a message for the
   *     user
   * @param <T> one value
   * @return the type
   */
  public static <T> OptionType<List<T>> several(Function<String, T> reader) {
    return new OptionType<>(Shape.SEVERAL, texts -> texts.stream().map(reader).toList());
  }

  /**
   * Returns how the option is used.
   *
   * @return its shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Reads what a user wrote.
   *
   * @param texts at least one; of a flag any
   * @return the value
   * @throws IllegalArgumentException with a message for the user
   */
  public T read(List<String> texts) {
    return reader.apply(texts);
  }

  private static <T> Function<List<String>, T> last(Function<String, T> reader) {
    return texts -> reader.apply(texts.get(texts.size() - 1));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("expected a path, was " + text, e);
    }
  }

  private static URI address(String text) {
    try {
      URI address = new URI(text);
      if ("https".equals(address.getScheme()) || "http".equals(address.getScheme())) {
        return address;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("expected an http or https address, was " + text, e);
    }
    throw new IllegalArgumentException("expected an http or https address, was " + text);
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("expected a time span such as PT1H, was " + text, e);
    }
  }
}
