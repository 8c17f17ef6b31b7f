// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.Setting;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rules that compare otherwise than the common ones. */
final class AzureRules {
  private AzureRules() {}

  /** A token does not name its product line: it must then reach the floors of every line named. */
  static Check floors(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    if (claims.find("product").isPresent()) {
      return PolicyOption.FLOORS.appraise(option, setting, all, claims);
    }
    Setting.Floors floors = (Setting.Floors) setting;
    Optional<ClaimValue.Levels> claim = claims.find(option.claim(), ClaimValue.Levels.class);
    return option.answer(
        claim.filter(levels -> reaches(levels.levels(), floors)).isPresent(),
        "every floor, as no product line is named: " + setting.text(),
        PolicyOption.shown(claim));
  }

  private static boolean reaches(Map<String, Long> levels, Setting.Floors floors) {
    return floors.floors().values().stream()
        .flatMap(line -> line.entrySet().stream())
        .allMatch(floor -> levels.getOrDefault(floor.getKey(), -1L) >= floor.getValue());
  }

  /** Each register that the policy names must be quoted, with one of the values named for it. */
  static Check registers(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Optional<ClaimValue.Texts> quoted = claims.find(option.claim(), ClaimValue.Texts.class);
    Map<String, Set<String>> named = new HashMap<>();
    ((Setting.Values) setting)
        .values()
        .forEach(
            value ->
                named
                    .computeIfAbsent(value.substring(0, value.indexOf('=')), i -> new HashSet<>())
                    .add(value));
    return option.answer(
        quoted
            .filter(
                texts ->
                    named.values().stream()
                        .allMatch(values -> texts.texts().stream().anyMatch(values::contains)))
            .isPresent(),
        setting.text(),
        PolicyOption.shown(quoted));
  }
}
