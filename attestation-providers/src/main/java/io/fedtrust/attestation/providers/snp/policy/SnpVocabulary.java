// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.policy;

import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.PolicyVocabulary;
import java.util.List;
import java.util.Map;

/** The words of SEV-SNP policies, and the profiles of the clouds, each a difference from strict. */
public final class SnpVocabulary implements PolicyVocabulary {
  private static final int MEASUREMENT_BYTES = 48;

  /** Creates the vocabulary, which holds no state. */
  public SnpVocabulary() {}

  @Override
  public Namespace namespace() {
    return Namespace.SNP;
  }

  @Override
  public EvidenceForm defaultForm() {
    return EvidenceForm.SNP_REPORT;
  }

  @Override
  public int measurementBytes() {
    return MEASUREMENT_BYTES;
  }

  @Override
  public List<PolicyOption> options() {
    return SnpOptions.ALL;
  }

  /** Not the chip: a guest that is started again may run on another. */
  @Override
  public List<PolicyOption> identities() {
    return List.of(
        SnpOptions.PRODUCTS,
        SnpOptions.CSP_IDS,
        SnpOptions.HOST_DATA,
        SnpOptions.FAMILY_IDS,
        SnpOptions.IMAGE_IDS,
        SnpOptions.ID_KEY_DIGESTS,
        SnpOptions.AUTHOR_KEY_DIGESTS);
  }

  @Override
  public List<DenyOption> denials() {
    return SnpOptions.DENIALS;
  }

  @Override
  public List<Profile> profiles() {
    return List.of(
        new Profile(
            STRICT,
            "no debugging, no migration, committed firmware, VMPL 0, a chip that reports its identity",
            Map.of(
                "signers", "VCEK",
                "allowMaskedChipId", false,
                "vmpl", "0",
                "allowDebug", false,
                "allowMigration", false,
                "allowCxl", false,
                "allowReservedBits", false,
                "allowProvisionalFirmware", false)),
        new Profile(
            "aws-vlek",
            "Amazon EC2: reports are signed by a VLEK, name no chip, may be requested at VMPL 1, and"
                + " come from firmware that is newer than the committed version",
            Map.of(
                "signers",
                "VLEK",
                "allowMaskedChipId",
                true,
                "vmpl",
                List.of("0", "1"),
                "allowProvisionalFirmware",
                true)),
        new Profile(
            "gcp",
            "Google Cloud: like strict, and the platform was checked for memory aliases",
            Map.of("requirePlatformAliasCheck", true)),
        new Profile(
            "azure-aci",
            "Azure confidential containers: HOST_DATA is the digest of the container policy; firmware"
                + " may be newer than the committed version",
            Map.of("allowProvisionalFirmware", true)));
  }
}
