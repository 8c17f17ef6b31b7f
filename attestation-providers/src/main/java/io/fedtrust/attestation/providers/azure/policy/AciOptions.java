// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.azure.format.AzureClaimNames;
import io.fedtrust.attestation.providers.snp.format.SnpClaimNames;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The options of policies for Azure's confidential container groups: these, and those of SEV-SNP,
 * whose report stands behind both forms. Each constant's key is its name in policy files; the table
 * with their meanings is in {@code docs/policy.md}.
 */
public final class AciOptions {
  private static final String UVM = "Confidential containers on Azure, UVM reference info";
  private static final String MAA = "Microsoft Azure Attestation, claim sets";
  private static final int MAX_SVN = 999_999_999;

  /** {@code containerPolicies}: accepted container policies, by SHA-256 of their text. */
  public static final PolicyOption CONTAINER_POLICIES =
      PolicyOption.oneOf(
          "containerPolicies",
          SnpClaimNames.HOST_DATA,
          SettingType.hex(32),
          "accepted container policies, by SHA-256 of their text",
          "Confidential containers on Azure, security policy");

  /**
   * {@code launchMeasurements}: accepted utility VMs, in addition to those that Microsoft endorses.
   */
  public static final PolicyOption LAUNCH_MEASUREMENTS =
      PolicyOption.oneOf(
          "launchMeasurements",
          AzureClaimNames.LAUNCH_MEASUREMENT,
          SettingType.hex(48),
          "accepted utility VMs, in addition to those that Microsoft endorses",
          UVM);

  /** {@code uvmIssuers}: accepted endorsers of a utility VM, as did:x509. */
  public static final PolicyOption UVM_ISSUERS =
      PolicyOption.oneOf(
          "uvmIssuers",
          AzureClaimNames.UVM_ISSUER,
          SettingType.texts(),
          "accepted endorsers of a utility VM, as did:x509",
          UVM);

  /** {@code uvmFeeds}: accepted feeds of utility VMs. */
  public static final PolicyOption UVM_FEEDS =
      PolicyOption.oneOf(
          "uvmFeeds",
          AzureClaimNames.UVM_FEED,
          SettingType.texts(),
          "accepted feeds of utility VMs",
          UVM);

  /** {@code minimumUvmSvn}: minimum security version of the utility VM. */
  public static final PolicyOption MINIMUM_UVM_SVN =
      PolicyOption.atLeast(
          "minimumUvmSvn",
          AzureClaimNames.UVM_SVN,
          MAX_SVN,
          "minimum security version of the utility VM",
          UVM);

  /** {@code complianceStatuses}: accepted compliance statuses that Microsoft's service reports. */
  public static final PolicyOption COMPLIANCE_STATUSES =
      PolicyOption.oneOf(
          "complianceStatuses",
          AzureClaimNames.COMPLIANCE_STATUS,
          SettingType.texts(),
          "accepted compliance statuses that Microsoft's service reports",
          MAA);

  /**
   * {@code maaPolicyHashes}: accepted policies of the service's instance, as x-ms-policy-hash names
   * them.
   */
  public static final PolicyOption MAA_POLICY_HASHES =
      PolicyOption.oneOf(
          "maaPolicyHashes",
          AzureClaimNames.MAA_POLICY_HASH,
          SettingType.texts(),
          "accepted policies of the service's instance, as x-ms-policy-hash names them",
          MAA);

  /** Every option, in the order of its checks. */
  public static final List<PolicyOption> ALL =
      Stream.concat(
              own(), SnpOptions.ALL.stream().filter(AciOptions::isKept).map(TokenClaims::said))
          .toList();

  /** Every kind of value that can be denied. */
  public static final List<DenyOption> DENIALS = SnpOptions.DENIALS;

  private AciOptions() {}

  private static Stream<PolicyOption> own() {
    Predicate<Claims> raw = claims -> claims.form().equals(EvidenceForm.ACI_RAW);
    return Stream.of(
        CONTAINER_POLICIES,
        LAUNCH_MEASUREMENTS,
        UVM_ISSUERS.applicableTo(raw),
        UVM_FEEDS.applicableTo(raw),
        MINIMUM_UVM_SVN.applicableTo(raw),
        COMPLIANCE_STATUSES.applicableTo(raw.negate()),
        MAA_POLICY_HASHES);
  }

  /** HOST_DATA is the container policy here. */
  private static boolean isKept(PolicyOption option) {
    return !option.key().equals(SnpOptions.HOST_DATA.key());
  }
}
