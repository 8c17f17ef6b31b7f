// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.policy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.Setting;
import java.util.List;
import java.util.Map;

/** Rules that look at more than one claim. */
final class SnpRules {
  private SnpRules() {}

  /** Equal to what is in use, or if provisional firmware is allowed, not above it. */
  static Check committed(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    boolean provisional = ((Setting.Flag) setting).value();
    Map<String, Long> committed = levels(claims, "committed-tcb", "committed-version");
    Map<String, Long> current = levels(claims, "current-tcb", "current-version");
    boolean good =
        provisional
            ? committed.keySet().equals(current.keySet())
                && isAtMost(claims, "committed-tcb", "current-tcb")
                && versionIsAtMost(committed, current)
            : committed.equals(current);
    return option.answer(
        good, (provisional ? "at most " : "equal to ") + "what is in use, " + current, committed);
  }

  private static Map<String, Long> levels(Claims claims, String tcb, String version) {
    Map<String, Long> levels = new java.util.TreeMap<>();
    for (String name : List.of(tcb, version)) {
      claims.find(name, ClaimValue.Levels.class).ifPresent(claim -> levels.putAll(claim.levels()));
    }
    return levels;
  }

  private static boolean isAtMost(Claims claims, String lower, String upper) {
    Map<String, Long> above = levels(claims, upper, upper);
    return levels(claims, lower, lower).entrySet().stream()
        .allMatch(level -> level.getValue() <= above.getOrDefault(level.getKey(), -1L));
  }

  private static boolean versionIsAtMost(Map<String, Long> lower, Map<String, Long> upper) {
    return version(lower) <= version(upper);
  }

  private static long version(Map<String, Long> levels) {
    return levels.getOrDefault("major", 0L) << 16
        | levels.getOrDefault("minor", 0L) << 8
        | levels.getOrDefault("build", 0L);
  }

  /** An accepted author key vouches for any ID key; without one the ID key itself is accepted. */
  static Check idKey(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    return option.answer(
        isAccepted(all.get("idKeyDigests"), claims, "id-key-digest")
            || isAuthorAccepted(all, claims),
        "an accepted ID or author key",
        text(claims, "id-key-digest") + ", author " + text(claims, "author-key-digest"));
  }

  static Check idBlock(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    return ((Setting.Flag) setting).value()
        ? idKey(option, setting, all, claims)
        : option.nothingAsked("not required by the policy: " + option.key());
  }

  static Check authorKey(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    return ((Setting.Flag) setting).value()
        ? option.answer(
            isAuthorAccepted(all, claims),
            "an accepted author key",
            text(claims, "author-key") + " " + text(claims, "author-key-digest"))
        : option.nothingAsked("not required by the policy: " + option.key());
  }

  private static boolean isAuthorAccepted(Map<String, Setting> all, Claims claims) {
    return claims
            .find("author-key", ClaimValue.Flag.class)
            .filter(ClaimValue.Flag::value)
            .isPresent()
        && isAccepted(all.get("authorKeyDigests"), claims, "author-key-digest");
  }

  private static boolean isAccepted(
      @org.jspecify.annotations.Nullable Setting accepted, Claims claims, String claim) {
    return accepted instanceof Setting.Values values
        && values.values().contains(text(claims, claim));
  }

  private static String text(Claims claims, String name) {
    return claims.find(name).map(ClaimValue::text).orElse("not claimed");
  }
}
