// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.policy.Setting;
import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.snp.policy.SnpVocabulary;
import io.fedtrust.attestation.providers.tdx.policy.TdxVocabulary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words of policies for Azure's confidential VMs. A measurement is of the paravisor; what the
 * guest booted, the registers of its TPM say.
 */
public final class CvmVocabulary implements PolicyVocabulary {
  private static final int MEASUREMENT_BYTES = 48;

  /** Creates the vocabulary, which holds no state. */
  public CvmVocabulary() {}

  @Override
  public Namespace namespace() {
    return Namespace.AZURE_CVM;
  }

  @Override
  public EvidenceForm defaultForm() {
    return EvidenceForm.CVM_TPM;
  }

  @Override
  public int measurementBytes() {
    return MEASUREMENT_BYTES;
  }

  /** A token does not say what its registers hold. */
  @Override
  public Optional<String> missingReferences(EvidenceForm form, Map<String, Setting> settings) {
    return form.equals(EvidenceForm.CVM_TPM) && !settings.containsKey(CvmOptions.PCRS.key())
        ? Optional.of(CvmOptions.PCRS.key())
        : Optional.empty();
  }

  @Override
  public List<PolicyOption> options() {
    return CvmOptions.ALL;
  }

  @Override
  public List<PolicyOption> identities() {
    return List.of(CvmOptions.PCRS, CvmOptions.VM_IDS);
  }

  @Override
  public List<DenyOption> denials() {
    return CvmOptions.DENIALS;
  }

  /** All that {@code strict} demands. */
  static Map<String, Object> strict() {
    Map<String, Object> settings = new HashMap<>(new TdxVocabulary().profiles().get(0).settings());
    settings.putAll(new SnpVocabulary().profiles().get(0).settings());
    settings.put("tees", HclReport.Tee.SNP.toString());
    settings.put("requireSecureBoot", true);
    settings.put("complianceStatuses", "azure-compliant-cvm");
    settings.put("allowBootDebug", false);
    settings.put("allowKernelDebug", false);
    settings.put("allowHypervisorDebug", false);
    settings.put("allowTestSigning", false);
    return settings;
  }

  @Override
  public List<Profile> profiles() {
    return List.of(
        new Profile(
            STRICT,
            "like strict of x-snp and x-tdx, on AMD processors, with secure boot and without debuggers",
            strict()),
        new Profile(
            "azure-cvm",
            "Azure confidential VMs: firmware may be newer than the committed version, TDs are launched"
                + " without SEPT_VE_DISABLE",
            Map.of("allowProvisionalFirmware", true, "requireSeptVeDisable", false)));
  }
}
