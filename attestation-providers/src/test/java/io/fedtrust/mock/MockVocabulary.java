// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.mock;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.OptionTable;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import java.util.List;
import java.util.Map;

/** The words of policies: one option, and the profile that everything starts from. */
final class MockVocabulary implements PolicyVocabulary {
  private static final OptionTable OPTIONS = new OptionTable();

  static final PolicyOption ALLOW_DEBUG =
      OPTIONS.add(
          PolicyOption.allow(
              "allowDebug", MockClaims.DEBUG, "accept debug builds", "docs/adding-a-family.md"));

  @Override
  public Namespace namespace() {
    return MockFamily.NAMESPACE;
  }

  @Override
  public EvidenceForm defaultForm() {
    return MockFamily.NOTE;
  }

  @Override
  public int measurementBytes() {
    return 32;
  }

  @Override
  public List<PolicyOption> options() {
    return OPTIONS.all();
  }

  @Override
  public List<PolicyOption> identities() {
    return List.of();
  }

  @Override
  public List<Profile> profiles() {
    return List.of(new Profile(STRICT, "no debug builds", Map.of(ALLOW_DEBUG.key(), false)));
  }
}
