// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import java.util.Set;

/** What tokens of Microsoft's service say of what processors' own evidence says. */
final class TokenClaims {
  private static final Set<EvidenceForm> TOKENS =
      Set.of(EvidenceForm.MAA_JWT, EvidenceForm.MAA_CVM_JWT);

  private TokenClaims() {}

  static boolean isToken(Claims claims) {
    return TOKENS.contains(claims.form());
  }

  /** Asks what a processor's family asks, of tokens as far as they say it. */
  static PolicyOption said(PolicyOption option) {
    return option.key().equals(SnpOptions.MINIMUM_REPORTED_TCB.key())
        ? Scope.with(option, AzureRules::floors, option.applicable())
        : option.applicableTo(
            claims -> !isToken(claims) || claims.find(option.claim()).isPresent());
  }
}
