// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import static java.util.stream.Collectors.toCollection;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.Setting;
import io.fedtrust.attestation.providers.azure.format.AzureClaimNames;
import io.fedtrust.attestation.providers.snp.format.SnpClaimNames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Rules that compare otherwise than the common ones. */
final class AzureRules {
  private AzureRules() {}

  /** A token does not name its product line: it must then reach the floors of every line named. */
  static Check floors(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    if (claims.find(SnpClaimNames.PRODUCT).isPresent()) {
      return PolicyOption.floors(SnpClaimNames.PRODUCT).appraise(option, setting, all, claims);
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

  /** Each event that the policy names was extended. */
  static Check requiredEvents(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Set<String> missing = new TreeSet<>(((Setting.Values) setting).values());
    missing.removeAll(events(claims));
    return option.answer(
        missing.isEmpty(), setting.text(), missing.isEmpty() ? "all" : "none of " + missing);
  }

  /** Of each register and type that the policy names there are events, and no others. */
  static Check acceptedEvents(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    Set<String> accepted = ((Setting.Values) setting).values();
    Set<String> kinds = accepted.stream().map(AzureRules::kind).collect(toCollection(TreeSet::new));
    Set<String> absent = new TreeSet<>(kinds);
    Set<String> others = new TreeSet<>();
    for (String event : events(claims)) {
      absent.remove(kind(event));
      if (kinds.contains(kind(event)) && !accepted.contains(event)) {
        others.add(event);
      }
    }
    return option.answer(
        absent.isEmpty() && others.isEmpty(),
        setting.text(),
        others.isEmpty() ? absent.isEmpty() ? "no others" : "no event of " + absent : others);
  }

  private static List<String> events(Claims claims) {
    return claims
        .find(AzureClaimNames.PCR_EVENTS, ClaimValue.Texts.class)
        .map(ClaimValue.Texts::texts)
        .orElse(List.of());
  }

  /** Register and type. */
  private static String kind(String event) {
    return event.substring(0, event.indexOf(':'));
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
