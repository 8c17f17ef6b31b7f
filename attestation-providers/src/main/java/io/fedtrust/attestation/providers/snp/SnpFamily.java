// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp;

import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.family.EvidenceFamily;
import io.fedtrust.attestation.providers.family.SupportedForm;
import io.fedtrust.attestation.providers.snp.policy.SnpVocabulary;
import java.util.List;

/** AMD SEV-SNP. */
public final class SnpFamily implements EvidenceFamily {
  /** Called by {@link java.util.ServiceLoader}. */
  public SnpFamily() {}

  @Override
  public PolicyVocabulary vocabulary() {
    return new SnpVocabulary();
  }

  @Override
  public List<SupportedForm> forms() {
    return List.of(new SnpReportForm());
  }
}
