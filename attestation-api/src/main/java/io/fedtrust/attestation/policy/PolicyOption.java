// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.policy;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.ReasonCode;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * One thing that a policy can demand of a family's evidence. A claim that the evidence does not
 * make fulfils no demand.
 *
 * @param key its name in policy files
 * @param check its name in verdicts
 * @param type how its value is written
 * @param meaning what it demands, for documentation
 * @param source document and section
 * @param rule compares
 * @param applicable the evidence of which a profile demands it; what a policy writes itself is
 *     demanded of all evidence
 */
public record PolicyOption(
    String key,
    String check,
    SettingType type,
    String meaning,
    String source,
    Rule rule,
    Predicate<Claims> applicable) {

  /** What a value is where the evidence makes no claim. */
  private static final String NOTHING = "not claimed";

  /**
   * An option that a profile demands of all evidence.
   *
   * @param key its name in policy files
   * @param check its name in verdicts
   * @param type how its value is written
   * @param meaning what it demands, for documentation
   * @param source document and section
   * @param rule compares
   */
  public PolicyOption(
      String key, String check, SettingType type, String meaning, String source, Rule rule) {
    this(key, check, type, meaning, source, rule, claims -> true);
  }

  /**
   * Returns the same option, which a profile demands of some evidence alone: of evidence whose
   * format contains the claim.
   *
   * @param evidence in addition to the present condition
   * @return the option
   */
  public PolicyOption applicableTo(Predicate<Claims> evidence) {
    return new PolicyOption(key, check, type, meaning, source, rule, applicable.and(evidence));
  }

  /**
   * An option about one claim, whose check is named after it.
   *
   * @param key its name in policy files
   * @param claim that it is about
   * @param type how its value is written
   * @param meaning what it demands
   * @param source document and section
   * @param rule compares
   * @return the option
   */
  public static PolicyOption of(
      String key, String claim, SettingType type, String meaning, String source, Rule rule) {
    return new PolicyOption(key, "policy." + claim, type, meaning, source, rule);
  }

  /**
   * An option that accepts a flag which is otherwise refused.
   *
   * @param key its name in policy files
   * @param claim the flag
   * @param meaning what is accepted
   * @param source document and section
   * @return the option
   */
  public static PolicyOption allow(String key, String claim, String meaning, String source) {
    return of(key, claim, SettingType.flag(), meaning, source, ALLOWED_IF_SET);
  }

  /**
   * An option that demands a flag.
   *
   * @param key its name in policy files
   * @param claim the flag
   * @param meaning what is demanded
   * @param source document and section
   * @return the option
   */
  public static PolicyOption require(String key, String claim, String meaning, String source) {
    return of(key, claim, SettingType.flag(), meaning, source, REQUIRED_IF_SET);
  }

  /**
   * An option that names accepted values.
   *
   * @param key its name in policy files
   * @param claim one of the values
   * @param type how values are written
   * @param meaning what is accepted
   * @param source document and section
   * @return the option
   */
  public static PolicyOption oneOf(
      String key, String claim, SettingType type, String meaning, String source) {
    return of(key, claim, type, meaning, source, ONE_OF);
  }

  /**
   * Declares that each of a claim's texts must be one of some values.
   *
   * @param key name in policy files
   * @param claim name of the claim, of several texts
   * @param type of the values
   * @param meaning one sentence
   * @param source document and section
   * @return the option
   */
  public static PolicyOption eachOf(
      String key, String claim, SettingType type, String meaning, String source) {
    return of(key, claim, type, meaning, source, EACH_OF);
  }

  /**
   * An option that names the least number.
   *
   * @param key its name in policy files
   * @param claim the number
   * @param max largest that can be demanded
   * @param meaning what is demanded
   * @param source document and section
   * @return the option
   */
  public static PolicyOption atLeast(
      String key, String claim, long max, String meaning, String source) {
    return of(key, claim, SettingType.whole(max), meaning, source, AT_LEAST);
  }

  /** Compares what is set with what is claimed. */
  @FunctionalInterface
  public interface Rule {
    /**
     * Compares.
     *
     * @param option for the names of the check
     * @param setting of this option
     * @param all settings of all options
     * @param claims of the evidence
     * @return the check: passed, failed, or skipped where the setting demands nothing
     */
    Check appraise(PolicyOption option, Setting setting, Map<String, Setting> all, Claims claims);
  }

  /**
   * Appraises claims.
   *
   * @param settings of all options
   * @param claims of the evidence
   * @return the check; skipped if this option is not set
   */
  public Check appraise(Map<String, Setting> settings, Claims claims) {
    Setting setting = settings.get(key);
    return setting == null ? notAsked() : rule.appraise(this, setting, settings, claims);
  }

  /**
   * Appraises claims by the setting of a profile, which is not demanded of evidence whose format
   * lacks the claim.
   *
   * @param settings of all options
   * @param claims of the evidence
   * @return the check; skipped if this option is not set, or does not apply to such evidence
   */
  Check appraiseProfile(Map<String, Setting> settings, Claims claims) {
    return applicable.test(claims)
        ? appraise(settings, claims)
        : nothingAsked(claims.form() + " does not say it");
  }

  /** Says that a policy does not ask: the same whatever is claimed. */
  Check notAsked() {
    return nothingAsked("the policy does not ask: " + key);
  }

  /**
   * Says that a demand is fulfilled or broken.
   *
   * @param good whether it is fulfilled
   * @param expected what fulfils it
   * @param actual what is claimed
   * @return the check
   */
  public Check answer(boolean good, Object expected, Object actual) {
    return Check.of(check, ReasonCode.POLICY_VIOLATION, good, expected, actual, source);
  }

  /**
   * Says that a setting demands nothing.
   *
   * @param reason why
   * @return the check
   */
  public Check nothingAsked(String reason) {
    return Check.skipped(check, reason, source);
  }

  /** Forbids a flag unless the setting is true. */
  public static final Rule ALLOWED_IF_SET =
      (option, setting, all, claims) -> {
        if (isSet(setting)) {
          return option.nothingAsked("allowed by the policy: " + option.key());
        }
        Optional<ClaimValue.Flag> flag = claims.find(option.claim(), ClaimValue.Flag.class);
        return option.answer(
            flag.filter(value -> !value.value()).isPresent(), "false", shown(flag));
      };

  /** Demands a flag if the setting is true. */
  public static final Rule REQUIRED_IF_SET =
      (option, setting, all, claims) -> {
        if (!isSet(setting)) {
          return option.nothingAsked("not required by the policy: " + option.key());
        }
        Optional<ClaimValue.Flag> flag = claims.find(option.claim(), ClaimValue.Flag.class);
        return option.answer(flag.filter(ClaimValue.Flag::value).isPresent(), "true", shown(flag));
      };

  /** Demands one of the values. */
  public static final Rule ONE_OF =
      (option, setting, all, claims) -> {
        Setting.Values values = (Setting.Values) setting;
        Optional<ClaimValue> claim = claims.find(option.claim());
        return option.answer(
            claim.filter(value -> values.values().contains(value.text())).isPresent(),
            values.values().size() == 1 ? values.text() : "one of " + values.text(),
            shown(claim));
      };

  /** Each of a claim's texts must be one of the values, and there must be one. */
  public static final Rule EACH_OF =
      (option, setting, all, claims) -> {
        Setting.Values values = (Setting.Values) setting;
        Optional<ClaimValue.Texts> claim = claims.find(option.claim(), ClaimValue.Texts.class);
        return option.answer(
            claim
                .filter(texts -> !texts.texts().isEmpty())
                .filter(texts -> values.values().containsAll(texts.texts()))
                .isPresent(),
            "each of " + values.text(),
            shown(claim));
      };

  /** Demands a number that is not below the setting. */
  public static final Rule AT_LEAST =
      (option, setting, all, claims) -> {
        long least = ((Setting.Whole) setting).value();
        Optional<ClaimValue.Whole> claim = claims.find(option.claim(), ClaimValue.Whole.class);
        return option.answer(
            claim.filter(value -> Long.compareUnsigned(value.value(), least) >= 0).isPresent(),
            ">= " + setting.text(),
            shown(claim));
      };

  /** Demands a number that is not above the setting. */
  public static final Rule AT_MOST =
      (option, setting, all, claims) -> {
        long most = ((Setting.Whole) setting).value();
        Optional<ClaimValue.Whole> claim = claims.find(option.claim(), ClaimValue.Whole.class);
        return option.answer(
            claim.filter(value -> Long.compareUnsigned(value.value(), most) <= 0).isPresent(),
            "<= " + setting.text(),
            shown(claim));
      };

  /** Demands that all bits of the setting are set. */
  public static final Rule ALL_BITS =
      (option, setting, all, claims) -> {
        long required = ((Setting.Bits) setting).value();
        Optional<ClaimValue.Bits> claim = claims.find(option.claim(), ClaimValue.Bits.class);
        return option.answer(
            claim.filter(value -> (value.value() & required) == required).isPresent(),
            "all of " + setting.text(),
            shown(claim));
      };

  /**
   * Demands a version, claimed as levels {@code major} and {@code minor}, not below the setting.
   */
  public static final Rule VERSION_AT_LEAST =
      (option, setting, all, claims) -> {
        Setting.Version least = (Setting.Version) setting;
        Optional<ClaimValue.Levels> claim = claims.find(option.claim(), ClaimValue.Levels.class);
        return option.answer(
            claim.filter(levels -> version(levels).compareTo(least) >= 0).isPresent(),
            ">= " + least.text(),
            shown(claim));
      };

  private static Setting.Version version(ClaimValue.Levels claimed) {
    return new Setting.Version(
        claimed.levels().getOrDefault("major", 0L).intValue(),
        claimed.levels().getOrDefault("minor", 0L).intValue());
  }

  /**
   * Demands each component's level of the product line that the evidence claims.
   *
   * @param product name of the claim of the product line
   * @return the rule
   */
  public static Rule floors(String product) {
    return (option, setting, all, claims) -> {
      Setting.Floors floors = (Setting.Floors) setting;
      String line = claims.find(product).map(ClaimValue::text).orElse(NOTHING);
      Optional<ClaimValue.Levels> claim = claims.find(option.claim(), ClaimValue.Levels.class);
      SortedMap<String, Long> least = floors.floors().get(line);
      return least == null
          ? option.answer(false, "a floor for one of " + floors.floors().keySet(), line)
          : option.answer(
              claim.filter(levels -> reaches(levels.levels(), least)).isPresent(),
              ">= " + least,
              shown(claim));
    };
  }

  private static boolean reaches(Map<String, Long> levels, Map<String, Long> least) {
    return least.entrySet().stream()
        .allMatch(
            floor ->
                levels.containsKey(floor.getKey())
                    && levels.get(floor.getKey()) >= floor.getValue());
  }

  private static boolean isSet(Setting setting) {
    return ((Setting.Flag) setting).value();
  }

  /**
   * Shows a claim as messages do.
   *
   * @param claim that was looked for
   * @return its text, or that it is not claimed
   */
  public static String shown(Optional<? extends ClaimValue> claim) {
    return claim.map(ClaimValue::text).orElse(NOTHING);
  }

  /**
   * Returns the claim it is about, for rules that look at one.
   *
   * @return {@code debug} for the check {@code policy.debug}
   */
  public String claim() {
    return check.substring(check.indexOf('.') + 1);
  }
}
