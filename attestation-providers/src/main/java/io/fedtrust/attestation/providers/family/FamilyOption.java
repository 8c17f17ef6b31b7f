// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.family;

import java.net.URI;
import java.util.Optional;

/**
 * What a user can choose for a form of evidence, as plain data. The command line makes an option of
 * it: {@code early} becomes {@code --early}.
 *
 * @param name lower-case words with hyphens
 * @param use when it is read
 * @param type how its value is written
 * @param label a word for the value in help, for example {@code FILE}; empty for a flag
 * @param text what it does, one or two sentences
 * @param standard default value, as a user would write it
 * @param <T> its value
 */
public record FamilyOption<T>(
    String name,
    Use use,
    OptionType<T> type,
    String label,
    String text,
    Optional<String> standard) {
  /** When an option is read. */
  public enum Use {
    /** When a file of evidence is read. */
    READ,
    /** When evidence is shown without verification. */
    INSPECT,
    /** When evidence is verified. */
    VERIFY,
    /** When collateral is fetched. */
    FETCH
  }

  /**
   * Declares a flag.
   *
   * @param name lower-case words with hyphens
   * @param use when it is read
   * @param text what it does
   * @return the option
   */
  public static FamilyOption<Boolean> flag(String name, Use use, String text) {
    return new FamilyOption<>(name, use, OptionType.FLAG, "", text, Optional.empty());
  }

  /**
   * Declares an option without a default value.
   *
   * @param name lower-case words with hyphens
   * @param use when it is read
   * @param type how its value is written
   * @param label a word for the value in help
   * @param text what it does
   * @param <T> its value
   * @return the option
   */
  public static <T> FamilyOption<T> of(
      String name, Use use, OptionType<T> type, String label, String text) {
    return new FamilyOption<>(name, use, type, label, text, Optional.empty());
  }

  /**
   * Declares the address of a service that collateral is fetched from.
   *
   * @param name lower-case words with hyphens
   * @param text what it is for
   * @param standard the vendor's own service, used if the user names no other
   * @return the option
   */
  public static FamilyOption<URI> service(String name, String text, URI standard) {
    return of(name, Use.FETCH, OptionType.ADDRESS, "URI", text).withStandard(standard.toString());
  }

  /**
   * Returns the same option with a default value.
   *
   * @param value as a user would write it
   * @return the option
   */
  public FamilyOption<T> withStandard(String value) {
    return new FamilyOption<>(name, use, type, label, text, Optional.of(value));
  }
}
