// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.format;

/**
 * The names of the claims of Azure, in addition to those of the processor. Claims, policies and
 * documentation use these.
 */
public final class AzureClaimNames {
  /**
   * The claim {@code launch-measurement}: launch measurement of the utility VM or of the
   * confidential VM.
   */
  public static final String LAUNCH_MEASUREMENT = "launch-measurement";

  /** The claim {@code uvm-issuer}: endorser of the utility VM, as did:x509. */
  public static final String UVM_ISSUER = "uvm-issuer";

  /** The claim {@code uvm-feed}: feed of the utility VM. */
  public static final String UVM_FEED = "uvm-feed";

  /** The claim {@code uvm-svn}: security version of the utility VM. */
  public static final String UVM_SVN = "uvm-svn";

  /** The claim {@code uvm-signed-at}: when the utility VM was endorsed. */
  public static final String UVM_SIGNED_AT = "uvm-signed-at";

  /** The claim {@code tee}: kind of processor. */
  public static final String TEE = "tee";

  /** The claim {@code secure-boot}: whether the guest started with secure boot. */
  public static final String SECURE_BOOT = "secure-boot";

  /** The claim {@code vm-id}: machine, by the identity that Azure assigned. */
  public static final String VM_ID = "vm-id";

  /** The claim {@code pcrs}: registers of the TPM that are quoted. */
  public static final String PCRS = "pcrs";

  /** The claim {@code event-log}: whether an event log reproduces the quoted registers. */
  public static final String EVENT_LOG = "event-log";

  /** The claim {@code pcr-events}: events of the log. */
  public static final String PCR_EVENTS = "pcr-events";

  /** The claim {@code issuer}: instance of Microsoft's service that issued the token. */
  public static final String ISSUER = "issuer";

  /** The claim {@code issued-at}: when the token was issued. */
  public static final String ISSUED_AT = "issued-at";

  /** The claim {@code token-id}: identity of the token. */
  public static final String TOKEN_ID = "token-id";

  /** The claim {@code maa-policy-hash}: policy of the service's instance. */
  public static final String MAA_POLICY_HASH = "maa-policy-hash";

  /** The claim {@code compliance-status}: compliance status that Microsoft's service reports. */
  public static final String COMPLIANCE_STATUS = "compliance-status";

  /** The claim {@code boot-debug}: whether the boot loader is debugged. */
  public static final String BOOT_DEBUG = "boot-debug";

  /** The claim {@code kernel-debug}: whether the kernel is debugged. */
  public static final String KERNEL_DEBUG = "kernel-debug";

  /** The claim {@code hypervisor-debug}: whether the hypervisor is debugged. */
  public static final String HYPERVISOR_DEBUG = "hypervisor-debug";

  /** The claim {@code test-signing}: whether code is accepted that is signed only for tests. */
  public static final String TEST_SIGNING = "test-signing";

  /** The claim {@code os-type}: kind of operating system. */
  public static final String OS_TYPE = "os-type";

  /** The claim {@code os-distro}: distribution of the operating system. */
  public static final String OS_DISTRO = "os-distro";

  private AzureClaimNames() {}
}
