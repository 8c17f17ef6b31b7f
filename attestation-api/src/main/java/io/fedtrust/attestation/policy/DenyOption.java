// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * One kind of value by which a policy can deny a family's evidence, for example chips.
 *
 * @param key its name in policy files, within {@code deny} and the family
 * @param type how its values are written; reads {@link Setting.Values}
 * @param meaning what is denied, for documentation
 * @param source document and section
 * @param found finds the values in verified claims, in lower case; none if the evidence does not
 *     say
 */
public record DenyOption(
    String key,
    SettingType type,
    String meaning,
    String source,
    Function<Claims, List<String>> found) {

  /**
   * Returns an option that denies values of a claim.
   *
   * @param key its name in policy files
   * @param claim name of the claim, one value or several texts
   * @param type how values are written
   * @param meaning what is denied
   * @param source document and section
   * @return the option
   */
  public static DenyOption of(
      String key, String claim, SettingType type, String meaning, String source) {
    return new DenyOption(
        key,
        type,
        meaning,
        source,
        claims -> claims.find(claim).map(DenyOption::texts).orElse(List.of()));
  }

  /**
   * Returns the option {@code measurements}, which denies software.
   *
   * @param bytes length of a measurement of the family
   * @return the option
   */
  public static DenyOption measurements(int bytes) {
    return new DenyOption(
        "measurements",
        SettingType.hex(bytes),
        "software that is never accepted, by its measurement",
        "docs/protocol/policy-model.md#deny",
        claims -> List.of(claims.measurement().toLowerCase(Locale.ROOT)));
  }

  private static List<String> texts(ClaimValue value) {
    List<String> texts =
        value instanceof ClaimValue.Texts several ? several.texts() : List.of(value.text());
    return texts.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
  }

  /** Finds the first denied value that the claims contain. */
  Optional<String> match(Setting.Values denied, Claims claims) {
    return found.apply(claims).stream()
        .filter(text -> denied.values().contains(text))
        .findFirst()
        .map(text -> key + " " + text);
  }
}
