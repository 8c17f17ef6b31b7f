// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

/** The names of the claims of AMD SEV-SNP. Claims, policies and documentation use these. */
public final class SnpClaimNames {
  /** The claim {@code version}: version of the report's format. */
  public static final String VERSION = "version";

  /** The claim {@code product}: product line of the processor. */
  public static final String PRODUCT = "product";

  /** The claim {@code cpuid}: family, model and stepping of the processor. */
  public static final String CPUID = "cpuid";

  /** The claim {@code signer}: kind of the key that signed the report. */
  public static final String SIGNER = "signer";

  /** The claim {@code csp-id}: cloud to which the key belongs. */
  public static final String CSP_ID = "csp-id";

  /** The claim {@code measurement}: launch measurement. */
  public static final String MEASUREMENT = "measurement";

  /** The claim {@code report-data}: what the guest supplied, where the binding is. */
  public static final String REPORT_DATA = "report-data";

  /** The claim {@code host-data}: what the host supplied at launch. */
  public static final String HOST_DATA = "host-data";

  /** The claim {@code vmpl}: privilege level of the software that requested the report. */
  public static final String VMPL = "vmpl";

  /** The claim {@code guest-svn}: security version of the guest. */
  public static final String GUEST_SVN = "guest-svn";

  /** The claim {@code family-id}: family of the guest image. */
  public static final String FAMILY_ID = "family-id";

  /** The claim {@code image-id}: guest image. */
  public static final String IMAGE_ID = "image-id";

  /** The claim {@code author-key}: whether an author key vouches for the ID key. */
  public static final String AUTHOR_KEY = "author-key";

  /** The claim {@code id-key-digest}: digest of the key that signed the ID block. */
  public static final String ID_KEY_DIGEST = "id-key-digest";

  /** The claim {@code author-key-digest}: digest of the author key. */
  public static final String AUTHOR_KEY_DIGEST = "author-key-digest";

  /** The claim {@code report-id}: guest instance. */
  public static final String REPORT_ID = "report-id";

  /** The claim {@code report-id-ma}: migration agent of the guest. */
  public static final String REPORT_ID_MA = "report-id-ma";

  /** The claim {@code chip-id}: chip. */
  public static final String CHIP_ID = "chip-id";

  /** The claim {@code masked-chip-id}: whether the platform withholds the chip's identity. */
  public static final String MASKED_CHIP_ID = "masked-chip-id";

  /** The claim {@code current-tcb}: TCB in use. */
  public static final String CURRENT_TCB = "current-tcb";

  /** The claim {@code reported-tcb}: TCB that the host lets the platform report. */
  public static final String REPORTED_TCB = "reported-tcb";

  /** The claim {@code committed-tcb}: TCB to which the platform can still roll back. */
  public static final String COMMITTED_TCB = "committed-tcb";

  /** The claim {@code launch-tcb}: TCB at the launch of the guest. */
  public static final String LAUNCH_TCB = "launch-tcb";

  /** The claim {@code current-version}: firmware version in use. */
  public static final String CURRENT_VERSION = "current-version";

  /** The claim {@code build}: firmware build in use. */
  public static final String BUILD = "build";

  /**
   * The claim {@code committed-version}: firmware version to which the platform can still roll
   * back.
   */
  public static final String COMMITTED_VERSION = "committed-version";

  /** The claim {@code launch-mitigations}: mitigations active at launch. */
  public static final String LAUNCH_MITIGATIONS = "launch-mitigations";

  /** The claim {@code current-mitigations}: active mitigations. */
  public static final String CURRENT_MITIGATIONS = "current-mitigations";

  /** The claim {@code reserved-bits}: whether bits are set that this release does not know. */
  public static final String RESERVED_BITS = "reserved-bits";

  /** The claim {@code abi}: minimum firmware ABI that the guest requires. */
  public static final String ABI = "abi";

  /** The claim {@code debug}: whether the host may read the guest's memory. */
  public static final String DEBUG = "debug";

  /** The claim {@code migration}: whether a migration agent may be associated. */
  public static final String MIGRATION = "migration";

  /** The claim {@code smt}: whether the guest allows SMT. */
  public static final String SMT = "smt";

  /** The claim {@code cxl}: whether the guest allows CXL devices. */
  public static final String CXL = "cxl";

  /** The claim {@code single-socket}: whether the guest requires one socket. */
  public static final String SINGLE_SOCKET = "single-socket";

  /** The claim {@code mem-aes-256-xts}: whether the guest requires memory under AES-256-XTS. */
  public static final String MEM_AES_256_XTS = "mem-aes-256-xts";

  /** The claim {@code rapl-disabled}: whether the guest requires RAPL to be off. */
  public static final String RAPL_DISABLED = "rapl-disabled";

  /** The claim {@code ciphertext-hiding}: whether the guest requires ciphertext hiding. */
  public static final String CIPHERTEXT_HIDING = "ciphertext-hiding";

  /** The claim {@code page-swap-disabled}: whether pages are neither moved nor swapped. */
  public static final String PAGE_SWAP_DISABLED = "page-swap-disabled";

  /** The claim {@code platform-info}: all bits of PLATFORM_INFO. */
  public static final String PLATFORM_INFO = "platform-info";

  /** The claim {@code platform-smt}: whether SMT is on. */
  public static final String PLATFORM_SMT = "platform-smt";

  /** The claim {@code platform-tsme}: whether TSME is on. */
  public static final String PLATFORM_TSME = "platform-tsme";

  /** The claim {@code platform-tio}: whether trusted I/O is on. */
  public static final String PLATFORM_TIO = "platform-tio";

  /** The claim {@code platform-ecc}: whether memory has ECC. */
  public static final String PLATFORM_ECC = "platform-ecc";

  /** The claim {@code platform-rapl-disabled}: whether RAPL is off. */
  public static final String PLATFORM_RAPL_DISABLED = "platform-rapl-disabled";

  /** The claim {@code platform-ciphertext-hiding}: whether ciphertext hiding is on. */
  public static final String PLATFORM_CIPHERTEXT_HIDING = "platform-ciphertext-hiding";

  /**
   * The claim {@code platform-alias-check}: whether the platform was checked for memory aliases.
   */
  public static final String PLATFORM_ALIAS_CHECK = "platform-alias-check";

  private SnpClaimNames() {}
}
