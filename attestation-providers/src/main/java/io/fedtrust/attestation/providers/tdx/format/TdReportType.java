// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import java.util.Arrays;
import java.util.Optional;

/** Layouts of the TD report within a quote, by the number that quotes of version 5 name them by. */
public enum TdReportType {
  /** TD report 1.0, the only one in quotes of version 4. */
  TD_1_0(2, 584),
  /** TD report 1.5, with the module that is loaded now and service TDs. */
  TD_1_5(3, 648);

  private final int number;
  private final int size;

  TdReportType(int number, int size) {
    this.number = number;
    this.size = size;
  }

  /** {@return the number in a quote's body descriptor, 2 or 3} */
  public int number() {
    return number;
  }

  /** {@return the length of the report in bytes} */
  public int size() {
    return size;
  }

  /**
   * Tells whether a field is part of this layout.
   *
   * @param field of a TD report
   * @return false for what only newer layouts have
   */
  public boolean has(TdxField field) {
    return field.offset() + field.size() <= size;
  }

  static Optional<TdReportType> of(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }
}
