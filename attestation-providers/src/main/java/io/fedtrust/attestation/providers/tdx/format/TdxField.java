// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

/**
 * The TD report within a quote, field by field: offset within the report and size in bytes (Intel
 * TDX DCAP Quoting Library API, appendix A.3.2, TD Quote Body).
 */
public enum TdxField {
  /** Security versions of the TDX module and the SEAM loader at the launch of the TD. */
  TEE_TCB_SVN(0, 16),
  /** Measurement of the TDX module. */
  MRSEAM(16, 48),
  /** Signer of the TDX module; zero for Intel. */
  MRSIGNERSEAM(64, 48),
  /** Attributes of the TDX module; zero in production. */
  SEAMATTRIBUTES(112, 8),
  /** Attributes of the TD. */
  TDATTRIBUTES(120, 8),
  /** Extended features that the TD may use. */
  XFAM(128, 8),
  /** Measurement of the TD's initial contents. */
  MRTD(136, 48),
  /** Software-defined identity of the TD's configuration. */
  MRCONFIGID(184, 48),
  /** Software-defined identity of the TD's owner. */
  MROWNER(232, 48),
  /** Software-defined identity of the owner's configuration. */
  MROWNERCONFIG(280, 48),
  /** Runtime measurement: firmware configuration. */
  RTMR0(328, 48),
  /** Runtime measurement: boot loader and kernel. */
  RTMR1(376, 48),
  /** Runtime measurement: command line, initial RAM disk, operating system. */
  RTMR2(424, 48),
  /** Runtime measurement: applications. */
  RTMR3(472, 48),
  /** The data that the guest supplied. */
  REPORTDATA(520, 64),
  /** Security versions of the TDX module that is loaded now; TD report 1.5 only. */
  TEE_TCB_SVN_2(584, 16),
  /** Measurement of the service TDs bound to this one; TD report 1.5 only. */
  MRSERVICETD(600, 48);

  private final int offset;
  private final int size;

  TdxField(int offset, int size) {
    this.offset = offset;
    this.size = size;
  }

  /** {@return the offset of the field in bytes from the start of the TD report} */
  public int offset() {
    return offset;
  }

  /** {@return the length of the field in bytes} */
  public int size() {
    return size;
  }
}
