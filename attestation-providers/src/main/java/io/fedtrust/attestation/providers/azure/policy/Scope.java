// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.Setting;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Options of which some evidence says nothing. What the profile {@code strict} demands by itself is
 * asked only where it is said; what a policy demands in another value is asked everywhere, and
 * evidence that does not say it is refused.
 */
final class Scope {
  private Scope() {}

  /** Asks only where evidence says it, unless the policy departs from {@code strict}. */
  static PolicyOption said(
      PolicyOption option, Map<String, Object> strict, Predicate<Claims> where) {
    @Nullable Object usual = strict.get(option.key());
    if (usual == null) {
      return option;
    }
    Setting standard = option.type().read(usual);
    return with(
        option,
        (same, setting, all, claims) ->
            where.test(claims) || !setting.equals(standard)
                ? option.rule().appraise(same, setting, all, claims)
                : same.nothingAsked(claims.form() + " does not say it"));
  }

  /** Asks by one family's rule on its machines, by the other's on theirs. */
  static PolicyOption either(PolicyOption option, Predicate<Claims> where, PolicyOption elsewhere) {
    return with(
        option,
        (same, setting, all, claims) ->
            where.test(claims)
                ? option.rule().appraise(same, setting, all, claims)
                : elsewhere.rule().appraise(elsewhere, setting, all, claims));
  }

  /** Asks on one family's machines alone. */
  static PolicyOption only(PolicyOption option, Predicate<Claims> where, String others) {
    return with(
        option,
        (same, setting, all, claims) ->
            where.test(claims)
                ? option.rule().appraise(same, setting, all, claims)
                : same.nothingAsked(others));
  }

  /** The same option under another rule. */
  static PolicyOption with(PolicyOption option, PolicyOption.Rule rule) {
    return new PolicyOption(
        option.key(), option.check(), option.type(), option.meaning(), option.source(), rule);
  }
}
