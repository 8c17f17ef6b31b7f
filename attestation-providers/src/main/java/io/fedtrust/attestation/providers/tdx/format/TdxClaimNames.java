// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

/** The names of the claims of Intel TDX. Claims, policies and documentation use these. */
public final class TdxClaimNames {
  /** The claim {@code version}: version of the quote's format. */
  public static final String VERSION = "version";

  /** The claim {@code td-report}: kind of the TD report. */
  public static final String TD_REPORT = "td-report";

  /** The claim {@code tee-tcb-svn}: security versions of TDX, component by component. */
  public static final String TEE_TCB_SVN = "tee-tcb-svn";

  /**
   * The claim {@code tee-tcb-svn-2}: security versions after an update of the TDX module without a
   * reboot.
   */
  public static final String TEE_TCB_SVN_2 = "tee-tcb-svn-2";

  /** The claim {@code mrseam}: measurement of the TDX module. */
  public static final String MRSEAM = "mrseam";

  /** The claim {@code mrsignerseam}: signer of the TDX module. */
  public static final String MRSIGNERSEAM = "mrsignerseam";

  /** The claim {@code seam-attributes}: attributes of the TDX module. */
  public static final String SEAM_ATTRIBUTES = "seam-attributes";

  /** The claim {@code td-attributes}: attributes of the TD. */
  public static final String TD_ATTRIBUTES = "td-attributes";

  /** The claim {@code xfam}: extended features of the TD. */
  public static final String XFAM = "xfam";

  /** The claim {@code mrtd}: measurement of the TD at its launch. */
  public static final String MRTD = "mrtd";

  /** The claim {@code mrconfigid}: identity of the TD's configuration. */
  public static final String MRCONFIGID = "mrconfigid";

  /** The claim {@code mrowner}: identity of the TD's owner. */
  public static final String MROWNER = "mrowner";

  /** The claim {@code mrownerconfig}: identity of the owner's configuration. */
  public static final String MROWNERCONFIG = "mrownerconfig";

  /** The claim {@code rtmr0}: measurement of the firmware's configuration. */
  public static final String RTMR0 = "rtmr0";

  /** The claim {@code rtmr1}: measurement of boot loader and kernel. */
  public static final String RTMR1 = "rtmr1";

  /**
   * The claim {@code rtmr2}: measurement of command line, initial RAM disk and operating system.
   */
  public static final String RTMR2 = "rtmr2";

  /** The claim {@code rtmr3}: measurement of applications. */
  public static final String RTMR3 = "rtmr3";

  /** The claim {@code report-data}: what the guest supplied, where the binding is. */
  public static final String REPORT_DATA = "report-data";

  /** The claim {@code mrservicetd}: measurement of service TDs. */
  public static final String MRSERVICETD = "mrservicetd";

  /** The claim {@code reserved-bits}: whether bits are set that this release does not know. */
  public static final String RESERVED_BITS = "reserved-bits";

  /** The claim {@code debug}: whether the host may read the TD's memory. */
  public static final String DEBUG = "debug";

  /** The claim {@code sept-ve-disable}: whether an access to a missing page terminates the TD. */
  public static final String SEPT_VE_DISABLE = "sept-ve-disable";

  /** The claim {@code migratable}: whether the TD may be migrated. */
  public static final String MIGRATABLE = "migratable";

  /** The claim {@code pks}: whether the TD may use supervisor protection keys. */
  public static final String PKS = "pks";

  /** The claim {@code key-locker}: whether the TD may use Key Locker. */
  public static final String KEY_LOCKER = "key-locker";

  /** The claim {@code perfmon}: whether the TD may use performance monitoring. */
  public static final String PERFMON = "perfmon";

  /** The claim {@code qe-svn}: security version of the quoting enclave. */
  public static final String QE_SVN = "qe-svn";

  /** The claim {@code qe-id}: identity of the quoting enclave's platform. */
  public static final String QE_ID = "qe-id";

  /** The claim {@code fmspc}: kind of platform. */
  public static final String FMSPC = "fmspc";

  /** The claim {@code pce-id}: identity of the provisioning certification enclave. */
  public static final String PCE_ID = "pce-id";

  /** The claim {@code pce-svn}: security version of the provisioning certification enclave. */
  public static final String PCE_SVN = "pce-svn";

  /** The claim {@code ppid}: platform. */
  public static final String PPID = "ppid";

  /** The claim {@code cpu-svn}: security versions of the processor. */
  public static final String CPU_SVN = "cpu-svn";

  /** The claim {@code sgx-type}: kind of memory protection. */
  public static final String SGX_TYPE = "sgx-type";

  /** The claim {@code pck-issuer}: kind of CA that issued the PCK certificate. */
  public static final String PCK_ISSUER = "pck-issuer";

  /** The claim {@code platform-instance-id}: instance of the platform. */
  public static final String PLATFORM_INSTANCE_ID = "platform-instance-id";

  /** The claim {@code dynamic-platform}: whether packages can be added to the platform. */
  public static final String DYNAMIC_PLATFORM = "dynamic-platform";

  /** The claim {@code cached-keys}: whether Intel caches the platform's keys. */
  public static final String CACHED_KEYS = "cached-keys";

  /** The claim {@code smt}: whether SMT is on. */
  public static final String SMT = "smt";

  /** The claim {@code tcb-status}: status of platform, TDX module and quoting enclave together. */
  public static final String TCB_STATUS = "tcb-status";

  /** The claim {@code platform-status}: status of the platform. */
  public static final String PLATFORM_STATUS = "platform-status";

  /** The claim {@code module-status}: status of the TDX module. */
  public static final String MODULE_STATUS = "module-status";

  /** The claim {@code qe-status}: status of the quoting enclave. */
  public static final String QE_STATUS = "qe-status";

  /** The claim {@code tcb-date}: date of the TCB level. */
  public static final String TCB_DATE = "tcb-date";

  /** The claim {@code tcb-age-days}: days since the date of the TCB level. */
  public static final String TCB_AGE_DAYS = "tcb-age-days";

  /** The claim {@code advisory-ids}: advisories that are not mitigated. */
  public static final String ADVISORY_IDS = "advisory-ids";

  /** The claim {@code named-advisory-ids}: all advisories that Intel's documents name. */
  public static final String NAMED_ADVISORY_IDS = "named-advisory-ids";

  /**
   * The claim {@code tcb-evaluation-data-number}: evaluation data number of TCB Info and QE
   * identity.
   */
  public static final String TCB_EVALUATION_DATA_NUMBER = "tcb-evaluation-data-number";

  /** The claim {@code collateral-age-days}: days since Intel issued TCB Info and QE identity. */
  public static final String COLLATERAL_AGE_DAYS = "collateral-age-days";

  /** The claim {@code event-log}: whether an event log reproduces the RTMRs. */
  public static final String EVENT_LOG = "event-log";

  /** The claim {@code policies-matched}: policies of Intel Trust Authority that matched. */
  public static final String POLICIES_MATCHED = "policies-matched";

  /** The claim {@code policies-unmatched}: policies of Intel Trust Authority that did not match. */
  public static final String POLICIES_UNMATCHED = "policies-unmatched";

  /** The claim {@code issuer}: issuer of the token. */
  public static final String ISSUER = "issuer";

  /** The claim {@code issued-at}: when the token was issued. */
  public static final String ISSUED_AT = "issued-at";

  /** The claim {@code token-id}: identity of the token. */
  public static final String TOKEN_ID = "token-id";

  private TdxClaimNames() {}

  /**
   * Returns the claim with the events of a runtime register.
   *
   * @param register from 0 to 3
   * @return for example {@code rtmr0-events}
   */
  public static String events(int register) {
    return "rtmr" + register + "-events";
  }
}
