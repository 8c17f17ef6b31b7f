// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.providers.tdx.format.TdReportType;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A quote before it is signed: a good one, of which a caller changes what it wants. Unchanged, it
 * fulfils the profile {@code strict}.
 */
public final class SimulatedQuote {
  /** Digest of the quoting enclave's signer: of no real key. */
  static final byte[] QE_SIGNER =
      HexFormat.of().parseHex("51e0000000000000000000000000000000000000000000000000000000000051");

  private static final byte[] VENDOR = HexFormat.of().parseHex("939a7233f79c4ca9940a0db3957f0607");
  private static final int HEADER_BYTES = 48;
  private static final int DESCRIPTOR_BYTES = 6;
  private static final int QE_BYTES = 384;
  private static final long SEPT_VE_DISABLE = 0x1000_0000L;
  private static final long XFAM = 0x602E7;
  private static final int CHAIN = 5;

  private final int version;
  private final TdReportType type;
  private final byte[] report;
  private final byte[] enclave = new byte[QE_BYTES];
  private int certificationType = CHAIN;

  private SimulatedQuote(int version, TdReportType type) {
    this.version = version;
    this.type = type;
    this.report = new byte[type.size()];
    set(TdxField.TEE_TCB_SVN, HexFormat.of().parseHex(SimulatedTdxPlatform.TEE_TCB_SVN));
    set(TdxField.TDATTRIBUTES, SEPT_VE_DISABLE);
    set(TdxField.XFAM, XFAM);
    if (type.has(TdxField.TEE_TCB_SVN_2)) {
      set(TdxField.TEE_TCB_SVN_2, HexFormat.of().parseHex(SimulatedTdxPlatform.TEE_TCB_SVN));
    }
    enclave(48, HexFormat.of().parseHex("1500000000000000e700000000000000"));
    enclave(128, QE_SIGNER);
    enclave(256, new byte[] {2, 0});
    enclaveSvn(6);
  }

  static SimulatedQuote of(int version, TdReportType type) {
    return new SimulatedQuote(version, type);
  }

  /**
   * Sets a number.
   *
   * @param field of eight bytes
   * @param value little-endian in the report
   * @return this quote
   */
  public SimulatedQuote set(TdxField field, long value) {
    return set(
        field,
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  /**
   * Sets bytes.
   *
   * @param field of the layout
   * @param value as long as the field, or shorter: zeros fill its end
   * @return this quote
   */
  public SimulatedQuote set(TdxField field, byte[] value) {
    System.arraycopy(Arrays.copyOf(value, field.size()), 0, report, field.offset(), field.size());
    return this;
  }

  /**
   * Sets bytes of the quoting enclave's report.
   *
   * @param offset within it
   * @param value what is there
   * @return this quote
   */
  public SimulatedQuote enclave(int offset, byte[] value) {
    System.arraycopy(value, 0, enclave, offset, value.length);
    return this;
  }

  /**
   * Sets the quoting enclave's security version.
   *
   * @param svn 0 to 65535
   * @return this quote
   */
  public SimulatedQuote enclaveSvn(int svn) {
    return enclave(258, new byte[] {(byte) svn, (byte) (svn >>> Byte.SIZE)});
  }

  /**
   * Sets what the quote carries of the platform's certificate.
   *
   * @param number 1 to 4 for less than the whole chain, 5 for all of it
   * @return this quote
   */
  public SimulatedQuote certificationType(int number) {
    this.certificationType = number;
    return this;
  }

  int certificationType() {
    return certificationType;
  }

  /** Returns what the attestation key signs. */
  byte[] signed() {
    boolean described = version > 4;
    ByteBuffer bytes =
        ByteBuffer.allocate(HEADER_BYTES + (described ? DESCRIPTOR_BYTES : 0) + report.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort((short) version).putShort((short) 2).putInt(0x81).putInt(0).put(VENDOR);
    bytes.position(HEADER_BYTES);
    if (described) {
      bytes.putShort((short) type.number()).putInt(type.size());
    }
    return bytes.put(report).array();
  }

  /** Returns the enclave's report with what it binds. */
  byte[] enclave(byte[] bound) {
    byte[] bytes = enclave.clone();
    System.arraycopy(bound, 0, bytes, 320, bound.length);
    return bytes;
  }
}
