// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.providers.codec.ByteReader;
import java.util.Arrays;

/**
 * The report of the SGX enclave that signs quotes (Intel SGX ECDSA Quote Library API, appendix A.4,
 * Enclave Report Body).
 */
public final class QeReport {
  /** Length of a report. */
  public static final int BYTES = 384;

  /** Length of {@link #reportData()}. */
  public static final int REPORT_DATA_BYTES = 64;

  private static final int MISC_SELECT = 16;
  private static final int ATTRIBUTES = 48;
  private static final int ATTRIBUTES_BYTES = 16;
  private static final int MR_ENCLAVE = 64;
  private static final int MR_SIGNER = 128;
  private static final int DIGEST_BYTES = 32;
  private static final int ISV_PROD_ID = 256;
  private static final int ISV_SVN = 258;
  private static final int REPORT_DATA = 320;

  private final ByteReader fields;

  QeReport(byte[] bytes) {
    this.fields = new ByteReader(Arrays.copyOf(bytes, BYTES));
  }

  /**
   * Returns what is signed.
   *
   * @return all 384 bytes, a copy
   */
  public byte[] bytes() {
    return fields.bytes(0, BYTES);
  }

  /**
   * Returns MISCSELECT.
   *
   * @return unsigned 32 bits
   */
  public long miscSelect() {
    return fields.u32(MISC_SELECT);
  }

  /**
   * Returns the enclave's attributes.
   *
   * @return 16 bytes
   */
  public byte[] attributes() {
    return fields.bytes(ATTRIBUTES, ATTRIBUTES_BYTES);
  }

  /**
   * Returns the enclave's measurement.
   *
   * @return 32 bytes
   */
  public byte[] mrEnclave() {
    return fields.bytes(MR_ENCLAVE, DIGEST_BYTES);
  }

  /**
   * Returns the digest of the enclave's signer.
   *
   * @return 32 bytes
   */
  public byte[] mrSigner() {
    return fields.bytes(MR_SIGNER, DIGEST_BYTES);
  }

  /**
   * Returns the enclave's product.
   *
   * @return unsigned 16 bits; 2 for the TD quoting enclave
   */
  public int isvProdId() {
    return fields.u16(ISV_PROD_ID);
  }

  /**
   * Returns the enclave's security version.
   *
   * @return unsigned 16 bits
   */
  public int isvSvn() {
    return fields.u16(ISV_SVN);
  }

  /**
   * Returns what the enclave binds: the attestation key.
   *
   * @return 64 bytes
   */
  public byte[] reportData() {
    return fields.bytes(REPORT_DATA, REPORT_DATA_BYTES);
  }
}
