// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.format;

import io.fedtrust.attestation.providers.codec.Digests;
import java.util.HexFormat;

/**
 * A quote's data about the certificate of its platform's provisioning certification key (Intel SGX
 * ECDSA Quote Library API, appendix A.4, QE Certification Data).
 */
public sealed interface CertificationData {
  /** {@return the number of this kind, 1 to 5} */
  int type();

  /**
   * Types 1 to 3: who the platform is, for those who have or fetch its certificate themselves.
   *
   * @param type 1 plain, 2 encrypted with RSA-2048-OAEP, 3 with RSA-3072-OAEP
   * @param ppid 16, 256 or 384 bytes
   * @param cpuSvn 16 bytes
   * @param pceSvn unsigned 16 bits
   * @param pceId unsigned 16 bits
   */
  record PlatformId(int type, byte[] ppid, byte[] cpuSvn, int pceSvn, int pceId)
      implements CertificationData {

    @Override
    public String toString() {
      return "platform of type "
          + type
          + ", PPID of "
          + ppid.length
          + " bytes, CPU SVN "
          + HexFormat.of().formatHex(cpuSvn)
          + ", PCE SVN "
          + pceSvn
          + ", PCE "
          + pceId;
    }
  }

  /**
   * Type 4: the certificate without those above it.
   *
   * @param pem as found
   */
  record PckLeaf(byte[] pem) implements CertificationData {
    /** Number of this kind. */
    static final int TYPE = 4;

    @Override
    public int type() {
      return TYPE;
    }

    @Override
    public String toString() {
      return "PCK certificate of " + Digests.summary(pem);
    }
  }

  /**
   * Type 5, which every platform seen in the field has: the certificate, that of its issuer, and
   * Intel's root.
   *
   * @param pem as found; on most platforms a NUL follows, which is not part of it
   */
  record PckChain(byte[] pem) implements CertificationData {
    /** Number of this kind. */
    static final int TYPE = 5;

    @Override
    public int type() {
      return TYPE;
    }

    @Override
    public String toString() {
      return "PCK chain of " + Digests.summary(pem);
    }
  }
}
