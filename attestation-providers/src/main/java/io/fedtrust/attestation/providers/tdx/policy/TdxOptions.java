// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.policy;

import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import java.util.Arrays;
import java.util.List;

/**
 * The options of TDX policies. Each constant's key is its name in policy files; the table with
 * their meanings is in {@code docs/policy.md}.
 */
public final class TdxOptions {
  private static final String TCB = "Intel PCS API version 4, TCB Info";
  private static final String PCK = "Intel SGX PCK Certificate Profile, section 1.3.5";
  private static final String REPORT = "Intel TDX DCAP Quoting Library API, appendix A.3.2";
  private static final String ATTRIBUTES =
      "Intel TDX Module Base Architecture Specification, ATTRIBUTES and XFAM";
  private static final String CCEL = "TCG PC Client Platform Firmware Profile";
  private static final String ITA = "Intel Trust Authority, attestation token";
  private static final SettingType HEX = SettingType.hex(48);
  private static final int PPID_BYTES = 16;
  private static final long MAX_U16 = 0xFFFF;
  private static final long MAX_U31 = Integer.MAX_VALUE;
  private static final long MAX_DAYS = 3660;

  /** {@code tcbStatuses}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption TCB_STATUSES =
      PolicyOption.of(
          "tcbStatuses",
          "tcb-status",
          SettingType.oneOf(accepted()),
          "accepted statuses of platform, TDX module and quoting enclave together",
          TCB,
          TdxRules.ofCollateral("tcb-status", TdxRules::tcbStatus));

  /** {@code tcbGraceDays}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption TCB_GRACE_DAYS =
      PolicyOption.of(
          "tcbGraceDays",
          "tcb-grace",
          SettingType.whole(MAX_DAYS),
          "number of days after its TCB date for which a platform is accepted that only needs an update",
          TCB,
          TdxRules::grace);

  /** {@code acceptedAdvisories}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ACCEPTED_ADVISORIES =
      PolicyOption.of(
          "acceptedAdvisories",
          "advisory-ids",
          SettingType.texts(),
          "the only advisories that may be unmitigated",
          TCB,
          TdxRules.ofCollateral(TdxRules.ADVISORIES, TdxRules::acceptedAdvisories));

  /** {@code refusedAdvisories}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REFUSED_ADVISORIES =
      PolicyOption.of(
          "refusedAdvisories",
          "refused-advisories",
          SettingType.matching(
              "INTEL-[A-Z]+-[0-9]{5}", "of Intel's identifiers, such as INTEL-SA-00837"),
          "advisories that must be mitigated",
          TCB,
          TdxRules.ofCollateral(TdxRules.ADVISORIES, TdxRules::refusedAdvisories));

  /** {@code minimumTcbEvaluationDataNumber}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_TCB_EVALUATION_DATA_NUMBER =
      PolicyOption.of(
          "minimumTcbEvaluationDataNumber",
          "tcb-evaluation-data-number",
          SettingType.whole(MAX_U31),
          "minimum evaluation data number of TCB Info and QE identity",
          TCB,
          TdxRules.ofCollateral("tcb-evaluation-data-number", PolicyOption.AT_LEAST));

  /** {@code maximumCollateralAgeDays}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MAXIMUM_COLLATERAL_AGE_DAYS =
      PolicyOption.of(
          "maximumCollateralAgeDays",
          "collateral-age-days",
          SettingType.whole(MAX_DAYS),
          "maximum days since Intel issued TCB Info and QE identity",
          TCB,
          TdxRules.ofCollateral("collateral-age-days", PolicyOption.AT_MOST));

  /** {@code fmspcs}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption FMSPCS =
      PolicyOption.oneOf("fmspcs", "fmspc", SettingType.hex(6), "accepted kinds of platform", PCK);

  /** {@code minimumPceSvn}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_PCE_SVN =
      PolicyOption.atLeast(
          "minimumPceSvn",
          "pce-svn",
          MAX_U16,
          "minimum security version of the provisioning certification enclave",
          PCK);

  /** {@code minimumQeSvn}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_QE_SVN =
      PolicyOption.atLeast(
          "minimumQeSvn",
          "qe-svn",
          MAX_U16,
          "minimum security version of the quoting enclave",
          REPORT);

  /** {@code minimumTeeTcbSvn}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MINIMUM_TEE_TCB_SVN =
      PolicyOption.of(
          "minimumTeeTcbSvn",
          "tee-tcb-svn",
          SettingType.hex(16),
          "minimum security versions of TDX, component by component",
          REPORT,
          TdxRules::components);

  /** {@code allowDynamicPlatform}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_DYNAMIC_PLATFORM =
      PolicyOption.allow(
          "allowDynamicPlatform",
          "dynamic-platform",
          "accept platforms to which packages can be added",
          PCK);

  /** {@code allowCachedKeys}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_CACHED_KEYS =
      PolicyOption.allow(
          "allowCachedKeys", "cached-keys", "accept platforms whose keys Intel caches", PCK);

  /** {@code allowSmt}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_SMT =
      PolicyOption.allow("allowSmt", "smt", "accept platforms with SMT switched on", PCK);

  /** {@code allowDebug}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_DEBUG =
      PolicyOption.allow("allowDebug", "debug", "let the host read the TD's memory", ATTRIBUTES);

  /** {@code allowMigration}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_MIGRATION =
      PolicyOption.allow("allowMigration", "migratable", "let the TD be migrated", ATTRIBUTES);

  /** {@code allowPks}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_PKS =
      PolicyOption.allow(
          "allowPks", "pks", "let the TD use supervisor protection keys", ATTRIBUTES);

  /** {@code allowKeyLocker}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_KEY_LOCKER =
      PolicyOption.allow("allowKeyLocker", "key-locker", "let the TD use Key Locker", ATTRIBUTES);

  /** {@code allowPerfmon}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_PERFMON =
      PolicyOption.allow(
          "allowPerfmon", "perfmon", "let the TD use performance monitoring", ATTRIBUTES);

  /** {@code requireSeptVeDisable}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_SEPT_VE_DISABLE =
      PolicyOption.require(
          "requireSeptVeDisable",
          "sept-ve-disable",
          "an access to a missing page terminates the TD instead of reaching its handlers",
          ATTRIBUTES);

  /** {@code allowReservedBits}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption ALLOW_RESERVED_BITS =
      PolicyOption.allow(
          "allowReservedBits",
          "reserved-bits",
          "accept bits of attributes, XFAM and TEE_TCB_SVN that this release does not know",
          ATTRIBUTES);

  /** {@code tdAttributes}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption TD_ATTRIBUTES =
      PolicyOption.oneOf(
          "tdAttributes",
          "td-attributes",
          SettingType.hex(8),
          "accepted attributes, little-endian as in the quote",
          ATTRIBUTES);

  /** {@code xfams}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption XFAMS =
      PolicyOption.oneOf(
          "xfams",
          "xfam",
          SettingType.hex(8),
          "accepted extended features, little-endian as in the quote",
          ATTRIBUTES);

  /** {@code mrSeams}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MR_SEAMS =
      PolicyOption.oneOf("mrSeams", "mrseam", HEX, "accepted TDX modules", REPORT);

  /** {@code mrConfigIds}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MR_CONFIG_IDS =
      PolicyOption.oneOf(
          "mrConfigIds",
          "mrconfigid",
          HEX,
          "accepted identities of the TD's configuration",
          REPORT);

  /** {@code mrOwners}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MR_OWNERS =
      PolicyOption.oneOf(
          "mrOwners", "mrowner", HEX, "accepted identities of the TD's owner", REPORT);

  /** {@code mrOwnerConfigs}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MR_OWNER_CONFIGS =
      PolicyOption.oneOf(
          "mrOwnerConfigs",
          "mrownerconfig",
          HEX,
          "accepted identities of the owner's configuration",
          REPORT);

  /** {@code mrServiceTds}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption MR_SERVICE_TDS =
      PolicyOption.oneOf(
              "mrServiceTds",
              "mrservicetd",
              HEX,
              "accepted measurements of service TDs; zeros for none",
              REPORT)
          .applicableTo(claims -> claims.find("mrservicetd").isPresent());

  /** {@code rtmr0}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption RTMR0 =
      PolicyOption.oneOf(
          "rtmr0", "rtmr0", HEX, "accepted measurements of the firmware's configuration", REPORT);

  /** {@code rtmr1}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption RTMR1 =
      PolicyOption.oneOf(
          "rtmr1", "rtmr1", HEX, "accepted measurements of boot loader and kernel", REPORT);

  /** {@code rtmr2}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption RTMR2 =
      PolicyOption.oneOf(
          "rtmr2",
          "rtmr2",
          HEX,
          "accepted measurements of command line, initial RAM disk and operating system",
          REPORT);

  /** {@code rtmr3}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption RTMR3 =
      PolicyOption.oneOf("rtmr3", "rtmr3", HEX, "accepted measurements of applications", REPORT);

  /** {@code reportData}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REPORT_DATA =
      PolicyOption.oneOf(
          "reportData",
          "report-data",
          SettingType.hex(64),
          "accepted values that the guest supplied",
          REPORT);

  /** {@code requireEventLog}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRE_EVENT_LOG =
      PolicyOption.require(
          "requireEventLog", "event-log", "an event log that reproduces the RTMRs", CCEL);

  /** {@code requiredEvents}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption REQUIRED_EVENTS =
      PolicyOption.of(
          "requiredEvents",
          "required-events",
          HEX,
          "digests that must be among the events of the log",
          CCEL,
          TdxRules::events);

  /** {@code servicePolicies}: see {@link PolicyOption#meaning()}. */
  public static final PolicyOption SERVICE_POLICIES =
      PolicyOption.of(
          "servicePolicies",
          "service-policies",
          SettingType.texts(),
          "policies of Intel Trust Authority that its token must have matched",
          ITA,
          TdxRules::servicePolicies);

  /** Every option, in the order of its checks. */
  public static final List<PolicyOption> ALL =
      List.of(
          TCB_STATUSES,
          TCB_GRACE_DAYS,
          ACCEPTED_ADVISORIES,
          REFUSED_ADVISORIES,
          MINIMUM_TCB_EVALUATION_DATA_NUMBER,
          MAXIMUM_COLLATERAL_AGE_DAYS,
          FMSPCS,
          MINIMUM_PCE_SVN,
          MINIMUM_QE_SVN,
          MINIMUM_TEE_TCB_SVN,
          ALLOW_DYNAMIC_PLATFORM,
          ALLOW_CACHED_KEYS,
          ALLOW_SMT,
          ALLOW_DEBUG,
          ALLOW_MIGRATION,
          ALLOW_PKS,
          ALLOW_KEY_LOCKER,
          ALLOW_PERFMON,
          REQUIRE_SEPT_VE_DISABLE,
          ALLOW_RESERVED_BITS,
          TD_ATTRIBUTES,
          XFAMS,
          MR_SEAMS,
          MR_CONFIG_IDS,
          MR_OWNERS,
          MR_OWNER_CONFIGS,
          MR_SERVICE_TDS,
          RTMR0,
          RTMR1,
          RTMR2,
          RTMR3,
          REPORT_DATA,
          REQUIRE_EVENT_LOG,
          REQUIRED_EVENTS,
          SERVICE_POLICIES);

  /** Every kind of value that can be denied. */
  public static final List<DenyOption> DENIALS =
      List.of(
          DenyOption.of(
              "ppids",
              "ppid",
              SettingType.hex(PPID_BYTES),
              "platforms that are never accepted, by the PPID of their PCK certificate",
              PCK),
          DenyOption.measurements(TdxField.MRTD.size()));

  private TdxOptions() {}

  /** What is revoked is never accepted. */
  private static List<String> accepted() {
    return Arrays.stream(TcbStatus.values())
        .filter(status -> status != TcbStatus.REVOKED)
        .map(TcbStatus::text)
        .toList();
  }
}
