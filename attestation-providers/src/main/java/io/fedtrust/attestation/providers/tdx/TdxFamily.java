// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx;

import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.family.EvidenceFamily;
import io.fedtrust.attestation.providers.family.KeyService;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.tdx.ita.ItaItems;
import io.fedtrust.attestation.providers.tdx.policy.TdxVocabulary;
import java.util.List;
import java.util.Optional;

/** Intel TDX. */
public final class TdxFamily implements EvidenceFamily {
  /** Called by {@link java.util.ServiceLoader}. */
  public TdxFamily() {}

  @Override
  public PolicyVocabulary vocabulary() {
    return new TdxVocabulary();
  }

  @Override
  public List<SupportedForm> forms() {
    return List.of(new TdxQuoteForm(), new ItaTokenForm());
  }

  @Override
  public List<KeyService> keyServices() {
    return List.of(
        new KeyService(
            "ita",
            "Intel Trust Authority",
            ItaItems.KEYS,
            Optional.of(ItaItems.ISSUER),
            issuer -> ItaItems.INTEL));
  }
}
