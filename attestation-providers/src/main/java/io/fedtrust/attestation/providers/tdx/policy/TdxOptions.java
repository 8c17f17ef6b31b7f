// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.policy;

import io.fedtrust.attestation.policy.DenyOption;
import io.fedtrust.attestation.policy.OptionTable;
import io.fedtrust.attestation.policy.PolicyOption;
import io.fedtrust.attestation.policy.SettingType;
import io.fedtrust.attestation.providers.tdx.format.TcbStatus;
import io.fedtrust.attestation.providers.tdx.format.TdxClaimNames;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import java.util.Arrays;
import java.util.List;

/**
 * The options of TDX policies. Each constant's key is its name in policy files; the table with
 * their meanings is in {@code docs/policy.md}.
 */
public final class TdxOptions {
  private static final OptionTable TABLE = new OptionTable();
  private static final String TCB = "Intel PCS API version 4, TCB Info";
  private static final String PCK = "Intel SGX PCK Certificate and CRL Profile, section 1.3.5";
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

  /**
   * {@code tcbStatuses}: accepted statuses of platform, TDX module and quoting enclave together.
   */
  public static final PolicyOption TCB_STATUSES =
      TABLE.add(
          PolicyOption.of(
              "tcbStatuses",
              TdxClaimNames.TCB_STATUS,
              SettingType.oneOf(accepted()),
              "accepted statuses of platform, TDX module and quoting enclave together",
              TCB,
              TdxRules.ofCollateral(TdxClaimNames.TCB_STATUS, TdxRules::tcbStatus)));

  /**
   * {@code tcbGraceDays}: number of days after its TCB date for which a platform is accepted that
   * only needs an update.
   */
  public static final PolicyOption TCB_GRACE_DAYS =
      TABLE.add(
          PolicyOption.of(
              "tcbGraceDays",
              "tcb-grace",
              SettingType.whole(MAX_DAYS),
              "number of days after its TCB date for which a platform is accepted that only needs an update",
              TCB,
              TdxRules::grace));

  /** {@code acceptedAdvisories}: the only advisories that may be unmitigated. */
  public static final PolicyOption ACCEPTED_ADVISORIES =
      TABLE.add(
          PolicyOption.of(
              "acceptedAdvisories",
              TdxClaimNames.ADVISORY_IDS,
              SettingType.texts(),
              "the only advisories that may be unmitigated",
              TCB,
              TdxRules.ofCollateral(TdxClaimNames.ADVISORY_IDS, TdxRules::acceptedAdvisories)));

  /** {@code refusedAdvisories}: advisories that must be mitigated. */
  public static final PolicyOption REFUSED_ADVISORIES =
      TABLE.add(
          PolicyOption.of(
              "refusedAdvisories",
              "refused-advisories",
              SettingType.matching(
                  "INTEL-[A-Z]+-[0-9]{5}", "of Intel's identifiers, such as INTEL-SA-00837"),
              "advisories that must be mitigated",
              TCB,
              TdxRules.ofCollateral(TdxClaimNames.ADVISORY_IDS, TdxRules::refusedAdvisories)));

  /**
   * {@code minimumTcbEvaluationDataNumber}: minimum evaluation data number of TCB Info and QE
   * identity.
   */
  public static final PolicyOption MINIMUM_TCB_EVALUATION_DATA_NUMBER =
      TABLE.add(
          PolicyOption.of(
              "minimumTcbEvaluationDataNumber",
              TdxClaimNames.TCB_EVALUATION_DATA_NUMBER,
              SettingType.whole(MAX_U31),
              "minimum evaluation data number of TCB Info and QE identity",
              TCB,
              TdxRules.ofCollateral(
                  TdxClaimNames.TCB_EVALUATION_DATA_NUMBER, PolicyOption.AT_LEAST)));

  /** {@code maximumCollateralAgeDays}: maximum days since Intel issued TCB Info and QE identity. */
  public static final PolicyOption MAXIMUM_COLLATERAL_AGE_DAYS =
      TABLE.add(
          PolicyOption.of(
              "maximumCollateralAgeDays",
              TdxClaimNames.COLLATERAL_AGE_DAYS,
              SettingType.whole(MAX_DAYS),
              "maximum days since Intel issued TCB Info and QE identity",
              TCB,
              TdxRules.ofCollateral(TdxClaimNames.COLLATERAL_AGE_DAYS, PolicyOption.AT_MOST)));

  /** {@code fmspcs}: accepted kinds of platform. */
  public static final PolicyOption FMSPCS =
      TABLE.add(
          PolicyOption.oneOf(
              "fmspcs",
              TdxClaimNames.FMSPC,
              SettingType.hex(6),
              "accepted kinds of platform",
              PCK));

  /** {@code minimumPceSvn}: minimum security version of the provisioning certification enclave. */
  public static final PolicyOption MINIMUM_PCE_SVN =
      TABLE.add(
          PolicyOption.atLeast(
              "minimumPceSvn",
              TdxClaimNames.PCE_SVN,
              MAX_U16,
              "minimum security version of the provisioning certification enclave",
              PCK));

  /** {@code minimumQeSvn}: minimum security version of the quoting enclave. */
  public static final PolicyOption MINIMUM_QE_SVN =
      TABLE.add(
          PolicyOption.atLeast(
              "minimumQeSvn",
              TdxClaimNames.QE_SVN,
              MAX_U16,
              "minimum security version of the quoting enclave",
              REPORT));

  /** {@code minimumTeeTcbSvn}: minimum security versions of TDX, component by component. */
  public static final PolicyOption MINIMUM_TEE_TCB_SVN =
      TABLE.add(
          PolicyOption.of(
              "minimumTeeTcbSvn",
              TdxClaimNames.TEE_TCB_SVN,
              SettingType.hex(16),
              "minimum security versions of TDX, component by component",
              REPORT,
              TdxRules::components));

  /** {@code allowDynamicPlatform}: accept platforms to which packages can be added. */
  public static final PolicyOption ALLOW_DYNAMIC_PLATFORM =
      TABLE.add(
          PolicyOption.allow(
              "allowDynamicPlatform",
              TdxClaimNames.DYNAMIC_PLATFORM,
              "accept platforms to which packages can be added",
              PCK));

  /** {@code allowCachedKeys}: accept platforms whose keys Intel caches. */
  public static final PolicyOption ALLOW_CACHED_KEYS =
      TABLE.add(
          PolicyOption.allow(
              "allowCachedKeys",
              TdxClaimNames.CACHED_KEYS,
              "accept platforms whose keys Intel caches",
              PCK));

  /** {@code allowSmt}: accept platforms with SMT switched on. */
  public static final PolicyOption ALLOW_SMT =
      TABLE.add(
          PolicyOption.allow(
              "allowSmt", TdxClaimNames.SMT, "accept platforms with SMT switched on", PCK));

  /** {@code allowDebug}: let the host read the TD's memory. */
  public static final PolicyOption ALLOW_DEBUG =
      TABLE.add(
          PolicyOption.allow(
              "allowDebug", TdxClaimNames.DEBUG, "let the host read the TD's memory", ATTRIBUTES));

  /** {@code allowMigration}: let the TD be migrated. */
  public static final PolicyOption ALLOW_MIGRATION =
      TABLE.add(
          PolicyOption.allow(
              "allowMigration", TdxClaimNames.MIGRATABLE, "let the TD be migrated", ATTRIBUTES));

  /** {@code allowPks}: let the TD use supervisor protection keys. */
  public static final PolicyOption ALLOW_PKS =
      TABLE.add(
          PolicyOption.allow(
              "allowPks",
              TdxClaimNames.PKS,
              "let the TD use supervisor protection keys",
              ATTRIBUTES));

  /** {@code allowKeyLocker}: let the TD use Key Locker. */
  public static final PolicyOption ALLOW_KEY_LOCKER =
      TABLE.add(
          PolicyOption.allow(
              "allowKeyLocker", TdxClaimNames.KEY_LOCKER, "let the TD use Key Locker", ATTRIBUTES));

  /** {@code allowPerfmon}: let the TD use performance monitoring. */
  public static final PolicyOption ALLOW_PERFMON =
      TABLE.add(
          PolicyOption.allow(
              "allowPerfmon",
              TdxClaimNames.PERFMON,
              "let the TD use performance monitoring",
              ATTRIBUTES));

  /**
   * {@code requireSeptVeDisable}: an access to a missing page terminates the TD instead of reaching
   * its handlers.
   */
  public static final PolicyOption REQUIRE_SEPT_VE_DISABLE =
      TABLE.add(
          PolicyOption.require(
              "requireSeptVeDisable",
              TdxClaimNames.SEPT_VE_DISABLE,
              "an access to a missing page terminates the TD instead of reaching its handlers",
              ATTRIBUTES));

  /**
   * {@code allowReservedBits}: accept bits of attributes, XFAM and TEE_TCB_SVN that this release
   * does not know.
   */
  public static final PolicyOption ALLOW_RESERVED_BITS =
      TABLE.add(
          PolicyOption.allow(
              "allowReservedBits",
              TdxClaimNames.RESERVED_BITS,
              "accept bits of attributes, XFAM and TEE_TCB_SVN that this release does not know",
              ATTRIBUTES));

  /** {@code tdAttributes}: accepted attributes, little-endian as in the quote. */
  public static final PolicyOption TD_ATTRIBUTES =
      TABLE.add(
          PolicyOption.oneOf(
              "tdAttributes",
              TdxClaimNames.TD_ATTRIBUTES,
              SettingType.hex(8),
              "accepted attributes, little-endian as in the quote",
              ATTRIBUTES));

  /** {@code xfams}: accepted extended features, little-endian as in the quote. */
  public static final PolicyOption XFAMS =
      TABLE.add(
          PolicyOption.oneOf(
              "xfams",
              TdxClaimNames.XFAM,
              SettingType.hex(8),
              "accepted extended features, little-endian as in the quote",
              ATTRIBUTES));

  /** {@code mrSeams}: accepted TDX modules. */
  public static final PolicyOption MR_SEAMS =
      TABLE.add(
          PolicyOption.oneOf("mrSeams", TdxClaimNames.MRSEAM, HEX, "accepted TDX modules", REPORT));

  /** {@code mrConfigIds}: accepted identities of the TD's configuration. */
  public static final PolicyOption MR_CONFIG_IDS =
      TABLE.add(
          PolicyOption.oneOf(
              "mrConfigIds",
              TdxClaimNames.MRCONFIGID,
              HEX,
              "accepted identities of the TD's configuration",
              REPORT));

  /** {@code mrOwners}: accepted identities of the TD's owner. */
  public static final PolicyOption MR_OWNERS =
      TABLE.add(
          PolicyOption.oneOf(
              "mrOwners",
              TdxClaimNames.MROWNER,
              HEX,
              "accepted identities of the TD's owner",
              REPORT));

  /** {@code mrOwnerConfigs}: accepted identities of the owner's configuration. */
  public static final PolicyOption MR_OWNER_CONFIGS =
      TABLE.add(
          PolicyOption.oneOf(
              "mrOwnerConfigs",
              TdxClaimNames.MROWNERCONFIG,
              HEX,
              "accepted identities of the owner's configuration",
              REPORT));

  /** {@code mrServiceTds}: accepted measurements of service TDs; zeros for none. */
  public static final PolicyOption MR_SERVICE_TDS =
      TABLE.add(
          PolicyOption.oneOf(
                  "mrServiceTds",
                  TdxClaimNames.MRSERVICETD,
                  HEX,
                  "accepted measurements of service TDs; zeros for none",
                  REPORT)
              .applicableTo(claims -> claims.find(TdxClaimNames.MRSERVICETD).isPresent()));

  /** {@code rtmr0}: accepted measurements of the firmware's configuration. */
  public static final PolicyOption RTMR0 =
      TABLE.add(
          PolicyOption.oneOf(
              "rtmr0",
              TdxClaimNames.RTMR0,
              HEX,
              "accepted measurements of the firmware's configuration",
              REPORT));

  /** {@code rtmr1}: accepted measurements of boot loader and kernel. */
  public static final PolicyOption RTMR1 =
      TABLE.add(
          PolicyOption.oneOf(
              "rtmr1",
              TdxClaimNames.RTMR1,
              HEX,
              "accepted measurements of boot loader and kernel",
              REPORT));

  /**
   * {@code rtmr2}: accepted measurements of command line, initial RAM disk and operating system.
   */
  public static final PolicyOption RTMR2 =
      TABLE.add(
          PolicyOption.oneOf(
              "rtmr2",
              TdxClaimNames.RTMR2,
              HEX,
              "accepted measurements of command line, initial RAM disk and operating system",
              REPORT));

  /** {@code rtmr3}: accepted measurements of applications. */
  public static final PolicyOption RTMR3 =
      TABLE.add(
          PolicyOption.oneOf(
              "rtmr3", TdxClaimNames.RTMR3, HEX, "accepted measurements of applications", REPORT));

  /** {@code reportData}: accepted values that the guest supplied. */
  public static final PolicyOption REPORT_DATA =
      TABLE.add(
          PolicyOption.oneOf(
              "reportData",
              TdxClaimNames.REPORT_DATA,
              SettingType.hex(64),
              "accepted values that the guest supplied",
              REPORT));

  /** {@code requireEventLog}: an event log that reproduces the RTMRs. */
  public static final PolicyOption REQUIRE_EVENT_LOG =
      TABLE.add(
          PolicyOption.require(
              "requireEventLog",
              TdxClaimNames.EVENT_LOG,
              "an event log that reproduces the RTMRs",
              CCEL));

  /** {@code requiredEvents}: digests that must be among the events of the log. */
  public static final PolicyOption REQUIRED_EVENTS =
      TABLE.add(
          PolicyOption.of(
              "requiredEvents",
              "required-events",
              HEX,
              "digests that must be among the events of the log",
              CCEL,
              TdxRules::events));

  /**
   * {@code servicePolicies}: policies of Intel Trust Authority that its token must have matched.
   */
  public static final PolicyOption SERVICE_POLICIES =
      TABLE.add(
          PolicyOption.of(
              "servicePolicies",
              "service-policies",
              SettingType.texts(),
              "policies of Intel Trust Authority that its token must have matched",
              ITA,
              TdxRules::servicePolicies));

  /** Every option, in the order of its checks. */
  public static final List<PolicyOption> ALL = TABLE.all();

  /** Every kind of value that can be denied. */
  public static final List<DenyOption> DENIALS =
      List.of(
          DenyOption.of(
              "ppids",
              TdxClaimNames.PPID,
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
