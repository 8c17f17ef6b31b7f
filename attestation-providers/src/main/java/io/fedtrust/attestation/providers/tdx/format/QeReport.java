// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.providers.codec.ByteReader;
import io.fedtrust.attestation.providers.codec.Digests;
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

  /** {@return the signed bytes: all 384 bytes, as a copy} */
  public byte[] bytes() {
    return fields.bytes(0, BYTES);
  }

  /** {@return MISCSELECT, unsigned 32 bits} */
  public long miscSelect() {
    return fields.u32(MISC_SELECT);
  }

  /** {@return the enclave's attributes, 16 bytes} */
  public byte[] attributes() {
    return fields.bytes(ATTRIBUTES, ATTRIBUTES_BYTES);
  }

  /** {@return the enclave's measurement, 32 bytes} */
  public byte[] mrEnclave() {
    return fields.bytes(MR_ENCLAVE, DIGEST_BYTES);
  }

  /** {@return the digest of the enclave's signer, 32 bytes} */
  public byte[] mrSigner() {
    return fields.bytes(MR_SIGNER, DIGEST_BYTES);
  }

  /** {@return the enclave's product, unsigned 16 bits; 2 for the TD quoting enclave} */
  public int isvProdId() {
    return fields.u16(ISV_PROD_ID);
  }

  /** {@return the enclave's security version, unsigned 16 bits} */
  public int isvSvn() {
    return fields.u16(ISV_SVN);
  }

  /** {@return the REPORTDATA that binds the attestation key, 64 bytes} */
  public byte[] reportData() {
    return fields.bytes(REPORT_DATA, REPORT_DATA_BYTES);
  }

  @Override
  public String toString() {
    return "QE report of "
        + Digests.summary(bytes())
        + ", product "
        + isvProdId()
        + ", SVN "
        + isvSvn();
  }
}
