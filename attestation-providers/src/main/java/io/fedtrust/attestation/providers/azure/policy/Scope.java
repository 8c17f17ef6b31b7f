// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.policy.PolicyOption;
import java.util.function.Predicate;

/** Options that are demanded of the machines of one kind of processor alone. */
final class Scope {
  private Scope() {}

  /** Asks by one family's rule on its machines, by the other's on theirs. */
  static PolicyOption either(PolicyOption option, Predicate<Claims> where, PolicyOption elsewhere) {
    return with(
        option,
        (same, setting, all, claims) ->
            where.test(claims)
                ? option.rule().appraise(same, setting, all, claims)
                : elsewhere.rule().appraise(elsewhere, setting, all, claims),
        claims -> (where.test(claims) ? option : elsewhere).applicable().test(claims));
  }

  /** Asks on one family's machines alone. */
  static PolicyOption only(PolicyOption option, Predicate<Claims> where, String others) {
    return with(
        option,
        (same, setting, all, claims) ->
            where.test(claims)
                ? option.rule().appraise(same, setting, all, claims)
                : same.nothingAsked(others),
        claims -> !where.test(claims) || option.applicable().test(claims));
  }

  /** The same option under another rule. */
  static PolicyOption with(
      PolicyOption option, PolicyOption.Rule rule, Predicate<Claims> applicable) {
    return new PolicyOption(
        option.key(),
        option.check(),
        option.type(),
        option.meaning(),
        option.source(),
        rule,
        applicable);
  }
}
