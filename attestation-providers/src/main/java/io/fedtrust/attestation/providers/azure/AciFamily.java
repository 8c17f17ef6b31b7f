// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.azure.policy.AciVocabulary;
import io.fedtrust.attestation.providers.family.EvidenceFamily;
import io.fedtrust.attestation.providers.family.KeyService;
import io.fedtrust.attestation.providers.family.SupportedForm;
import java.util.List;
import java.util.Optional;

/** Azure confidential containers. */
public final class AciFamily implements EvidenceFamily {
  /** Called by {@link java.util.ServiceLoader}. */
  public AciFamily() {}

  @Override
  public PolicyVocabulary vocabulary() {
    return new AciVocabulary();
  }

  @Override
  public List<SupportedForm> forms() {
    return List.of(new AciBundleForm(), new MaaTokenForm(EvidenceForm.MAA_JWT));
  }

  /** The service also signs tokens of confidential virtual machines, with the same keys. */
  @Override
  public List<KeyService> keyServices() {
    return List.of(
        new KeyService(
            "maa",
            "an instance of Microsoft Azure Attestation, which --issuer names",
            MaaItems.KEYS,
            Optional.empty(),
            issuer -> MaaItems.subject(MaaItems.instance(issuer))));
  }
}
