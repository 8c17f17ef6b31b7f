// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.policy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.Setting;
import io.fedtrust.attestation.providers.snp.format.FirmwareVersion;
import io.fedtrust.attestation.providers.snp.format.SnpClaimNames;
import io.fedtrust.attestation.providers.snp.format.TcbVersion;
import java.util.List;
import java.util.Map;

/** Rules that look at more than one claim. */
final class SnpRules {
  private static final List<String> FIRMWARE =
      List.of(
          SnpClaimNames.COMMITTED_TCB,
          SnpClaimNames.CURRENT_TCB,
          SnpClaimNames.COMMITTED_VERSION,
          SnpClaimNames.CURRENT_VERSION);

  private SnpRules() {}

  /** Equal to what is in use, or if provisional firmware is allowed, not above it. */
  static Check committed(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    boolean provisional = ((Setting.Flag) setting).value();
    if (FIRMWARE.stream().anyMatch(name -> claims.find(name).isEmpty())) {
      return provisional
          ? option.nothingAsked("allowed by the policy: " + option.key())
          : option.answer(false, "committed firmware", "not claimed");
    }
    TcbVersion committedTcb = new TcbVersion(levels(claims, SnpClaimNames.COMMITTED_TCB));
    TcbVersion currentTcb = new TcbVersion(levels(claims, SnpClaimNames.CURRENT_TCB));
    FirmwareVersion committed = version(claims, SnpClaimNames.COMMITTED_VERSION);
    FirmwareVersion current = version(claims, SnpClaimNames.CURRENT_VERSION);
    boolean good =
        provisional
            ? committedTcb.isAtMost(currentTcb) && committed.isAtMost(current)
            : committedTcb.equals(currentTcb) && committed.equals(current);
    return option.answer(
        good,
        (provisional ? "at most " : "equal to ")
            + "what is in use, "
            + currentTcb
            + ", firmware "
            + current,
        committedTcb + ", firmware " + committed);
  }

  private static Map<String, Long> levels(Claims claims, String name) {
    return claims
        .find(name, ClaimValue.Levels.class)
        .map(ClaimValue.Levels::levels)
        .orElse(Map.of());
  }

  private static FirmwareVersion version(Claims claims, String name) {
    Map<String, Long> levels = levels(claims, name);
    return new FirmwareVersion(
        levels.getOrDefault("major", 0L).intValue(),
        levels.getOrDefault("minor", 0L).intValue(),
        levels.getOrDefault("build", 0L).intValue());
  }

  /** An accepted author key vouches for any ID key; without one the ID key itself is accepted. */
  static Check idKey(
      PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims) {
    return option.answer(
        isAccepted(all.get(SnpOptions.ID_KEY_DIGESTS.key()), claims, SnpClaimNames.ID_KEY_DIGEST)
            || isAuthorAccepted(all, claims),
        "an accepted ID or author key",
        text(claims, SnpClaimNames.ID_KEY_DIGEST)
            + ", author "
            + text(claims, SnpClaimNames.AUTHOR_KEY_DIGEST));
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
            text(claims, SnpClaimNames.AUTHOR_KEY)
                + " "
                + text(claims, SnpClaimNames.AUTHOR_KEY_DIGEST))
        : option.nothingAsked("not required by the policy: " + option.key());
  }

  private static boolean isAuthorAccepted(Map<String, Setting> all, Claims claims) {
    return claims
            .find(SnpClaimNames.AUTHOR_KEY, ClaimValue.Flag.class)
            .filter(ClaimValue.Flag::value)
            .isPresent()
        && isAccepted(
            all.get(SnpOptions.AUTHOR_KEY_DIGESTS.key()), claims, SnpClaimNames.AUTHOR_KEY_DIGEST);
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
