// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * The options of a family, in the order in which they are declared, which is the order of their
 * checks. A class of constants has one and adds each constant to it, so that no option is listed
 * twice or forgotten.
 */
public final class OptionTable {
  private final List<PolicyOption> options = new ArrayList<>();

  /** Starts an empty table. */
  public OptionTable() {}

  /**
   * Adds an option.
   *
   * @param option with a key of its own
   * @return the option
   * @throws IllegalArgumentException if its key is in the table
   */
  public PolicyOption add(PolicyOption option) {
    if (options.stream().anyMatch(known -> known.key().equals(option.key()))) {
      throw new IllegalArgumentException("The option '" + option.key() + "' is declared twice.");
    }
    options.add(option);
    return option;
  }

  /**
   * Returns the options that have been added.
   *
   * @return a copy
   */
  public List<PolicyOption> all() {
    return List.copyOf(options);
  }

  @Override
  public String toString() {
    return options.stream().map(PolicyOption::key).toList().toString();
  }
}
