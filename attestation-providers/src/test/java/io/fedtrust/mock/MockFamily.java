// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.mock;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.family.EvidenceFamily;
import io.fedtrust.attestation.providers.family.SupportedForm;
import java.util.List;

/** Registers the names of the family, and brings its parts together. */
public final class MockFamily implements EvidenceFamily {
  static final Namespace NAMESPACE =
      Namespace.register("x-mock-note", Namespace.Attests.PROCESS, "mock-json", 1000);

  static final EvidenceForm NOTE = EvidenceForm.register("mock-json", NAMESPACE, 32, 1000);

  /** Called by {@link java.util.ServiceLoader}. */
  public MockFamily() {}

  @Override
  public PolicyVocabulary vocabulary() {
    return new MockVocabulary();
  }

  @Override
  public List<SupportedForm> forms() {
    return List.of(new MockForm());
  }
}
