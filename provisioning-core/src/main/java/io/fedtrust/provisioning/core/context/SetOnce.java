// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.context;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * An option of a fluent call: may be set once.
 *
 * @param <T> its type
 */
public final class SetOnce<T> {
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final String name;
  private Optional<T> value = Optional.empty();

  /** Names the option for messages. */
  public SetOnce(String name) {
    this.name = name;
  }

  /** Sets it. */
  public void set(T newValue) {
    Objects.requireNonNull(newValue, name);
    if (value.isPresent()) {
      throw new IllegalStateException(name + " is already set");
    }
    value = Optional.of(newValue);
  }

  /** Returns it, if set. */
  public Optional<T> get() {
    return value;
  }

  /** Returns it, or a default. */
  public T or(T otherwise) {
    return value.orElse(otherwise);
  }

  /** Checks a validity before it is set. */
  public static Duration validity(Duration validity) {
    if (validity.compareTo(Duration.ofDays(1)) < 0 || validity.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("validity must be 1 to 36500 days, was " + validity);
    }
    return validity;
  }
}
