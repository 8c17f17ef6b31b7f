// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.Setting;
import io.fedtrust.attestation.providers.azure.format.UvmEndorsement;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import io.fedtrust.attestation.providers.snp.policy.SnpVocabulary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words of policies for Azure's confidential container groups. What a utility VM measures
 * Microsoft endorses; which containers may run in it, the policy says.
 */
public final class AciVocabulary implements PolicyVocabulary {
  /** Least security version of utility VMs that Microsoft names (2026). */
  private static final int MINIMUM_SVN = 104;

  /** Creates the vocabulary, which holds no state. */
  public AciVocabulary() {}

  @Override
  public Namespace namespace() {
    return Namespace.AZURE_ACI;
  }

  @Override
  public EvidenceForm defaultForm() {
    return EvidenceForm.ACI_RAW;
  }

  @Override
  public int measurementBytes() {
    return 0;
  }

  @Override
  public Optional<String> missingReferences(EvidenceForm form, Map<String, Setting> settings) {
    return settings.containsKey(AciOptions.CONTAINER_POLICIES.key())
        ? Optional.empty()
        : Optional.of(AciOptions.CONTAINER_POLICIES.key());
  }

  @Override
  public List<PolicyOption> options() {
    return AciOptions.ALL;
  }

  @Override
  public List<PolicyOption> identities() {
    return List.of(AciOptions.CONTAINER_POLICIES, SnpOptions.PRODUCTS);
  }

  @Override
  public List<DenyOption> denials() {
    return AciOptions.DENIALS;
  }

  /** All that {@code strict} demands. */
  static Map<String, Object> strict() {
    Map<String, Object> settings = new HashMap<>(new SnpVocabulary().profiles().get(0).settings());
    settings.put("uvmIssuers", UvmEndorsement.MICROSOFT_ACI);
    settings.put("uvmFeeds", UvmEndorsement.CONTAINER_PLATFORM);
    settings.put("minimumUvmSvn", MINIMUM_SVN);
    settings.put("complianceStatuses", "azure-compliant-uvm");
    return settings;
  }

  @Override
  public List<Profile> profiles() {
    return List.of(
        new Profile(
            STRICT,
            "like strict of x-snp, in utility VMs that Microsoft endorses for container groups, from security version 104",
            strict()),
        new Profile(
            "azure-aci",
            "Azure confidential containers: firmware may be newer than the committed version",
            Map.of("allowProvisionalFirmware", true)));
  }
}
