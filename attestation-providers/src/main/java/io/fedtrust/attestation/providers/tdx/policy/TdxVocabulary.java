// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.policy;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import java.util.List;
import java.util.Map;

/** The words of TDX policies, and the profiles of the clouds, each a difference from strict. */
public final class TdxVocabulary implements PolicyVocabulary {
  private static final String ZEROS = "00".repeat(TdxField.MRTD.size());

  /** Creates the vocabulary, which holds no state. */
  public TdxVocabulary() {}

  @Override
  public Namespace namespace() {
    return Namespace.TDX;
  }

  @Override
  public EvidenceForm defaultForm() {
    return EvidenceForm.TDX_QUOTE;
  }

  @Override
  public int measurementBytes() {
    return TdxField.MRTD.size();
  }

  @Override
  public List<PolicyOption> options() {
    return TdxOptions.ALL;
  }

  /** MRTD is of the firmware alone: what it started is in the runtime registers. */
  @Override
  public List<PolicyOption> identities() {
    return List.of(
        TdxOptions.MR_CONFIG_IDS,
        TdxOptions.MR_OWNERS,
        TdxOptions.MR_OWNER_CONFIGS,
        TdxOptions.RTMR0,
        TdxOptions.RTMR1,
        TdxOptions.RTMR2);
  }

  @Override
  public List<DenyOption> denials() {
    return TdxOptions.DENIALS;
  }

  @Override
  public List<Profile> profiles() {
    return List.of(
        new Profile(
            STRICT,
            "platforms that are up to date, no debugging, no migration, no service TD, SEPT_VE_DISABLE",
            Map.of(
                "tcbStatuses", TcbStatus.UP_TO_DATE.text(),
                "allowDebug", false,
                "allowMigration", false,
                "requireSeptVeDisable", true,
                "allowReservedBits", false,
                "mrServiceTds", ZEROS)),
        new Profile(
            "gcp",
            "Google Cloud: like strict, and the TD has no identity of configuration or owner",
            Map.of("mrConfigIds", ZEROS, "mrOwners", ZEROS, "mrOwnerConfigs", ZEROS)),
        new Profile(
            "azure-cvm",
            "Azure: TDs are launched without SEPT_VE_DISABLE, the paravisor handles such accesses",
            Map.of("requireSeptVeDisable", false)));
  }
}
