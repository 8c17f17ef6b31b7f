// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.policy;

import io.fedtrust.attestation.model.ClaimValue;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.azure.format.AzureClaimNames;
import io.fedtrust.attestation.providers.azure.format.HclReport;
import io.fedtrust.attestation.providers.azure.format.TpmQuote;
import io.fedtrust.attestation.providers.eventlog.EventLog;
import io.fedtrust.attestation.providers.snp.policy.SnpOptions;
import io.fedtrust.attestation.providers.tdx.policy.TdxOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The options of policies for Azure's confidential VMs: these, those of SEV-SNP for machines of
 * AMD's processors and those of TDX for machines of Intel's. Each constant's key is its name in
 * policy files; the table with their meanings is in {@code docs/policy.md}.
 */
public final class CvmOptions {
  private static final String HCL = "Azure confidential VMs, HCL report";
  private static final String MAA = "Microsoft Azure Attestation, claim sets";
  private static final String LOG = "TCG PC Client Platform Firmware Profile, section 10";
  private static final int PCRS_OF_A_TPM = 24;
  private static final SettingType EVENTS =
      SettingType.events(PCRS_OF_A_TPM, EventLog.types(), TpmQuote.PCR_BYTES);

  /** {@code tees}: accepted kinds of processor. */
  public static final PolicyOption TEES =
      PolicyOption.oneOf(
          "tees",
          AzureClaimNames.TEE,
          SettingType.oneOf(
              Arrays.stream(HclReport.Tee.values()).map(HclReport.Tee::toString).toList()),
          "accepted kinds of processor",
          HCL);

  /** {@code pcrs}: registers of the TPM that must be quoted, with their accepted values. */
  public static final PolicyOption PCRS =
      PolicyOption.of(
          "pcrs",
          AzureClaimNames.PCRS,
          SettingType.registers(PCRS_OF_A_TPM, TpmQuote.PCR_BYTES),
          "registers of the TPM that must be quoted, with their accepted values",
          "TPM 2.0 Library, Part 2, section 10.12.1",
          AzureRules::registers);

  /** {@code requireEventLog}: an event log that reproduces the quoted registers. */
  public static final PolicyOption REQUIRE_EVENT_LOG =
      PolicyOption.require(
          "requireEventLog",
          AzureClaimNames.EVENT_LOG,
          "an event log that reproduces the quoted registers",
          LOG);

  /** {@code requiredEvents}: events that must be in the log. */
  public static final PolicyOption REQUIRED_EVENTS =
      PolicyOption.of(
          "requiredEvents",
          "required-events",
          EVENTS,
          "events that must be in the log",
          LOG,
          AzureRules::requiredEvents);

  /**
   * {@code acceptedEvents}: for each named register and type, the only events that may be in the
   * log; at least one must be.
   */
  public static final PolicyOption ACCEPTED_EVENTS =
      PolicyOption.of(
          "acceptedEvents",
          "accepted-events",
          EVENTS,
          "for each named register and type, the only events that may be in the log; at least one must be",
          LOG,
          AzureRules::acceptedEvents);

  /** {@code requireSecureBoot}: a guest that started with secure boot. */
  public static final PolicyOption REQUIRE_SECURE_BOOT =
      PolicyOption.require(
          "requireSecureBoot",
          AzureClaimNames.SECURE_BOOT,
          "a guest that started with secure boot",
          HCL);

  /** {@code vmIds}: accepted machines, by the identity that Azure assigned. */
  public static final PolicyOption VM_IDS =
      PolicyOption.oneOf(
          "vmIds",
          AzureClaimNames.VM_ID,
          SettingType.texts(),
          "accepted machines, by the identity that Azure assigned",
          HCL);

  /** {@code complianceStatuses}: accepted compliance statuses that Microsoft's service reports. */
  public static final PolicyOption COMPLIANCE_STATUSES = AciOptions.COMPLIANCE_STATUSES;

  /**
   * {@code maaPolicyHashes}: accepted policies of the service's instance, as x-ms-policy-hash names
   * them.
   */
  public static final PolicyOption MAA_POLICY_HASHES = AciOptions.MAA_POLICY_HASHES;

  /** {@code allowBootDebug}: debugging of the boot loader. */
  public static final PolicyOption ALLOW_BOOT_DEBUG =
      PolicyOption.allow(
          "allowBootDebug", AzureClaimNames.BOOT_DEBUG, "debugging of the boot loader", MAA);

  /** {@code allowKernelDebug}: debugging of the kernel. */
  public static final PolicyOption ALLOW_KERNEL_DEBUG =
      PolicyOption.allow(
          "allowKernelDebug", AzureClaimNames.KERNEL_DEBUG, "debugging of the kernel", MAA);

  /** {@code allowHypervisorDebug}: debugging of the hypervisor. */
  public static final PolicyOption ALLOW_HYPERVISOR_DEBUG =
      PolicyOption.allow(
          "allowHypervisorDebug",
          AzureClaimNames.HYPERVISOR_DEBUG,
          "debugging of the hypervisor",
          MAA);

  /** {@code allowTestSigning}: code that is signed only for tests. */
  public static final PolicyOption ALLOW_TEST_SIGNING =
      PolicyOption.allow(
          "allowTestSigning",
          AzureClaimNames.TEST_SIGNING,
          "code that is signed only for tests",
          MAA);

  /** Every option, in the order of its checks. */
  public static final List<PolicyOption> ALL =
      Stream.of(own(), amd(), intel()).flatMap(options -> options).toList();

  /** Every kind of value that can be denied: machines, and those of the processors' families. */
  public static final List<DenyOption> DENIALS =
      Stream.of(
              Stream.of(
                  DenyOption.of(
                      "vmIds",
                      VM_IDS.claim(),
                      VM_IDS.type(),
                      "machines that are never accepted, in any case",
                      HCL)),
              SnpOptions.DENIALS.stream(),
              TdxOptions.DENIALS.stream().filter(CvmOptions::isOfTdxAlone))
          .flatMap(options -> options)
          .toList();

  private static boolean isOfTdxAlone(DenyOption option) {
    return SnpOptions.DENIALS.stream().noneMatch(known -> known.key().equals(option.key()));
  }

  private CvmOptions() {}

  private static Stream<PolicyOption> own() {
    return Stream.concat(
        Stream.of(
            TEES,
            PCRS,
            REQUIRE_EVENT_LOG,
            REQUIRED_EVENTS,
            ACCEPTED_EVENTS,
            REQUIRE_SECURE_BOOT,
            VM_IDS,
            MAA_POLICY_HASHES),
        Stream.of(
                COMPLIANCE_STATUSES,
                ALLOW_BOOT_DEBUG,
                ALLOW_KERNEL_DEBUG,
                ALLOW_HYPERVISOR_DEBUG,
                ALLOW_TEST_SIGNING)
            .map(option -> option.applicableTo(TokenClaims::isToken)));
  }

  private static Stream<PolicyOption> amd() {
    return SnpOptions.ALL.stream()
        .map(
            option -> {
              Optional<PolicyOption> namesake = find(TdxOptions.ALL, option);
              PolicyOption said = TokenClaims.said(option);
              return namesake.isPresent()
                  ? Scope.either(said, CvmOptions::isAmd, TokenClaims.said(namesake.get()))
                  : Scope.only(said, CvmOptions::isAmd, "not a machine of AMD's processors");
            });
  }

  /** A log is of the TPM: the TD's own registers are zero, as the paravisor measures nothing. */
  private static Stream<PolicyOption> intel() {
    List<PolicyOption> own = own().toList();
    return TdxOptions.ALL.stream()
        .filter(option -> find(own, option).isEmpty())
        .filter(option -> find(SnpOptions.ALL, option).isEmpty())
        .map(
            option ->
                Scope.only(
                    TokenClaims.said(option),
                    CvmOptions::isIntel,
                    "not a machine of Intel's processors"));
  }

  private static Optional<PolicyOption> find(List<PolicyOption> options, PolicyOption like) {
    return options.stream().filter(option -> option.key().equals(like.key())).findFirst();
  }

  private static boolean isAmd(Claims claims) {
    return claims
        .find(AzureClaimNames.TEE, ClaimValue.Text.class)
        .filter(tee -> tee.text().equals(HclReport.Tee.SNP.toString()))
        .isPresent();
  }

  private static boolean isIntel(Claims claims) {
    return !isAmd(claims);
  }
}
