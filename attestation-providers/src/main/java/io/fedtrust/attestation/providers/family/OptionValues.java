// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a user chose, by option. Immutable. */
public final class OptionValues {
  private static final OptionValues NONE = new OptionValues(Map.of());

  private final Map<FamilyOption<?>, Object> values;

  private OptionValues(Map<FamilyOption<?>, Object> values) {
    this.values = values;
  }

  /**
   * Returns the choices of a user who chose nothing.
   *
   * @return no values
   */
  public static OptionValues none() {
    return NONE;
  }

  /**
   * Returns these choices and one more.
   *
   * @param option that is chosen
   * @param value of the option
   * @param <T> of the value
   * @return all of them
   */
  public <T> OptionValues with(FamilyOption<T> option, T value) {
    Map<FamilyOption<?>, Object> more = new HashMap<>(values);
    more.put(option, value);
    return new OptionValues(Map.copyOf(more));
  }

  /**
   * Returns what was chosen.
   *
   * @param option that was declared
   * @param <T> of the value
   * @return the value, else the standard value, else nothing
   */
  public <T> Optional<T> find(FamilyOption<T> option) {
    @SuppressWarnings("unchecked") // with() admits no other type
    Optional<T> chosen = Optional.ofNullable((T) values.get(option));
    return chosen.isPresent()
        ? chosen
        : option.standard().map(text -> option.type().read(List.of(text)));
  }

  /**
   * Tells whether a flag is set.
   *
   * @param flag that was declared
   * @return true if the user set it
   */
  public boolean isSet(FamilyOption<Boolean> flag) {
    return find(flag).orElse(false);
  }

  @Override
  public String toString() {
    return values.keySet().stream().map(FamilyOption::name).sorted().toList().toString();
  }
}
