// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A line of AMD EPYC processors with roots and a TCB layout of its own. */
public enum ProductLine {
  /** Family 19h, models 00h to 0Fh. */
  MILAN("Milan"),
  /** Family 19h, models 10h to 1Fh, and A0h to AFh (Bergamo, Siena), certified as Genoa. */
  GENOA("Genoa"),
  /** Family 1Ah, models 00h to 11h. */
  TURIN("Turin");

  private final String text;

  ProductLine(String text) {
    this.text = text;
  }

  /** {@return AMD's name, as written in certificates and addresses} */
  public String text() {
    return text;
  }

  /** {@return the names of the components of this line's TCB, in the order of the bytes} */
  public List<String> tcbComponents() {
    return TcbLayout.of(this).components();
  }

  /**
   * Finds a line by AMD's name.
   *
   * @param text compared exactly
   * @return the line, or empty for an unknown name
   */
  public static Optional<ProductLine> of(String text) {
    return Arrays.stream(values()).filter(line -> line.text.equals(text)).findFirst();
  }

  /**
   * Finds a line by the CPU that a report names.
   *
   * @param family combined family
   * @param model combined model
   * @return the line, or empty for an unknown CPU
   */
  public static Optional<ProductLine> of(int family, int model) {
    if (family == 0x19) {
      if (model <= 0x0F) {
        return Optional.of(MILAN);
      }
      return model <= 0x1F || (model >= 0xA0 && model <= 0xAF)
          ? Optional.of(GENOA)
          : Optional.empty();
    }
    return family == 0x1A && model <= 0x11 ? Optional.of(TURIN) : Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
