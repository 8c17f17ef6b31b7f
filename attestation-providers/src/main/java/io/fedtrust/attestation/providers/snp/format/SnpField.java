// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

/**
 * The attestation report, field by field: offset and size in bytes, integers little-endian (AMD
 * publication 56860, SEV-SNP Firmware ABI, table ATTESTATION_REPORT).
 */
public enum SnpField {
  /** Version of this layout. */
  VERSION(0x000, 4),
  /** Security version of the guest, from its ID block. */
  GUEST_SVN(0x004, 4),
  /** Guest policy. */
  POLICY(0x008, 8),
  /** Family of the guest image, opaque. */
  FAMILY_ID(0x010, 16),
  /** Guest image, opaque. */
  IMAGE_ID(0x020, 16),
  /** Privilege level that requested the report. */
  VMPL(0x030, 4),
  /** Algorithm of the signature. */
  SIGNATURE_ALGO(0x034, 4),
  /** TCB in use. */
  CURRENT_TCB(0x038, 8),
  /** The features that the platform has enabled. */
  PLATFORM_INFO(0x040, 8),
  /** The keys that were used. */
  KEY_INFO(0x048, 4),
  /** Zero. */
  RESERVED_04C(0x04C, 4),
  /** The data that the guest supplied. */
  REPORT_DATA(0x050, 64),
  /** Launch digest. */
  MEASUREMENT(0x090, 48),
  /** The data that the host supplied at launch. */
  HOST_DATA(0x0C0, 32),
  /** Digest of the ID key. */
  ID_KEY_DIGEST(0x0E0, 48),
  /** Digest of the author key. */
  AUTHOR_KEY_DIGEST(0x110, 48),
  /** Identity of this guest instance. */
  REPORT_ID(0x140, 32),
  /** Identity of its migration agent. */
  REPORT_ID_MA(0x160, 32),
  /** TCB for which the endorsement key was derived. */
  REPORTED_TCB(0x180, 8),
  /** Combined CPU family, from version 3. */
  CPUID_FAM_ID(0x188, 1),
  /** Combined CPU model, from version 3. */
  CPUID_MOD_ID(0x189, 1),
  /** CPU stepping, from version 3. */
  CPUID_STEP(0x18A, 1),
  /** Zero. */
  RESERVED_18B(0x18B, 21),
  /** Identity of the chip, or zeros where it is masked. */
  CHIP_ID(0x1A0, 64),
  /** TCB below which the platform will not go back. */
  COMMITTED_TCB(0x1E0, 8),
  /** Firmware build in use. */
  CURRENT_BUILD(0x1E8, 1),
  /** Minor API version of the firmware in use. */
  CURRENT_MINOR(0x1E9, 1),
  /** Major API version of the firmware in use. */
  CURRENT_MAJOR(0x1EA, 1),
  /** Zero. */
  RESERVED_1EB(0x1EB, 1),
  /** Committed firmware build. */
  COMMITTED_BUILD(0x1EC, 1),
  /** Minor API version of the committed firmware. */
  COMMITTED_MINOR(0x1ED, 1),
  /** Major API version of the committed firmware. */
  COMMITTED_MAJOR(0x1EE, 1),
  /** Zero. */
  RESERVED_1EF(0x1EF, 1),
  /** TCB when the guest was launched or imported. */
  LAUNCH_TCB(0x1F0, 8),
  /** Mitigations at launch, from version 5. */
  LAUNCH_MIT_VECTOR(0x1F8, 8),
  /** Mitigations now, from version 5. */
  CURRENT_MIT_VECTOR(0x200, 8),
  /** Zero. */
  RESERVED_208(0x208, 152),
  /** First number of the signature. */
  SIGNATURE_R(0x2A0, 72),
  /** Second number of the signature. */
  SIGNATURE_S(0x2E8, 72),
  /** Zero. */
  SIGNATURE_RESERVED(0x330, 368);

  /** Length of a report. */
  public static final int REPORT_BYTES = 0x4A0;

  /** Length of what is signed, from the start. */
  public static final int SIGNED_BYTES = 0x2A0;

  private final int offset;
  private final int size;

  SnpField(int offset, int size) {
    this.offset = offset;
    this.size = size;
  }

  /** {@return the offset of the field in bytes from the start of the report} */
  public int offset() {
    return offset;
  }

  /** {@return the length of the field in bytes} */
  public int size() {
    return size;
  }
}
