// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

/** A choice of the user that its family cannot use, or one that is missing. */
public final class InvalidOptionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The name of the option. */
  private final String option;

  /**
   * Creates the refusal of an option.
   *
   * @param option whose value is refused
   * @param problem what is wrong
   */
  public InvalidOptionException(FamilyOption<?> option, String problem) {
    super(problem);
    this.option = option.name();
  }

  /**
   * Returns the name of the option.
   *
   * @return without hyphens in front
   */
  public String option() {
    return option;
  }
}
