// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.PolicyOption;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/** What tokens of Microsoft's service say of what processors' own evidence says. */
final class TokenClaims {
  private static final Set<EvidenceForm> TOKENS =
      Set.copyOf(EnumSet.of(EvidenceForm.MAA_JWT, EvidenceForm.MAA_CVM_JWT));

  private TokenClaims() {}

  static boolean isToken(Claims claims) {
    return TOKENS.contains(claims.form());
  }

  /** Tells whether evidence says what an option asks: processors' own always should. */
  static Predicate<Claims> says(PolicyOption option) {
    return claims -> !isToken(claims) || claims.find(option.claim()).isPresent();
  }

  /** Asks for levels also where no product line is named. */
  static PolicyOption floors(PolicyOption option) {
    return new PolicyOption(
        option.key(),
        option.check(),
        option.type(),
        option.meaning(),
        option.source(),
        AzureRules::floors);
  }
}
