// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.azure.policy.CvmVocabulary;
import io.fedtrust.attestation.providers.family.EvidenceFamily;
import io.fedtrust.attestation.providers.family.SupportedForm;
import java.util.List;

/** Azure confidential virtual machines. */
public final class CvmFamily implements EvidenceFamily {
  /** Called by {@link java.util.ServiceLoader}. */
  public CvmFamily() {}

  @Override
  public PolicyVocabulary vocabulary() {
    return new CvmVocabulary();
  }

  @Override
  public List<SupportedForm> forms() {
    return List.of(new MaaTokenForm(EvidenceForm.MAA_CVM_JWT), new CvmQuoteForm());
  }
}
