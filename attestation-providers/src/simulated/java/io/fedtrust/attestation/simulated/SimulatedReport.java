// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import java.util.Arrays;

/**
 * A report before it is signed: a good one, of which a caller changes what it wants. Unchanged, it
 * fulfils the profile {@code strict}.
 */
public final class SimulatedReport {
  private static final long GUEST_POLICY = 0x30000;
  private static final long PLATFORM_INFO = 0x25;
  private static final byte[] OLD_TCB = {4, 0, 0, 0, 0, 0, 24, (byte) 219};
  private static final byte[] NEW_TCB = {1, 1, 0, 4, 0, 0, 0, 72};
  private static final int SIGNING_KEY_SHIFT = 2;

  private final byte[] bytes = new byte[SnpField.REPORT_BYTES];
  private final EndorsementKey key;

  private SimulatedReport(ProductLine line, EndorsementKey key, byte[] chipId) {
    this.key = key;
    set(SnpField.VERSION, 5);
    set(SnpField.POLICY, GUEST_POLICY);
    set(SnpField.SIGNATURE_ALGO, 1);
    set(SnpField.PLATFORM_INFO, PLATFORM_INFO);
    set(SnpField.KEY_INFO, (long) key.number() << SIGNING_KEY_SHIFT);
    byte[] noAgent = new byte[SnpField.REPORT_ID_MA.size()];
    Arrays.fill(noAgent, (byte) 0xFF);
    set(SnpField.REPORT_ID_MA, noAgent);
    tcb(line == ProductLine.TURIN ? NEW_TCB : OLD_TCB);
    set(SnpField.CPUID_FAM_ID, line == ProductLine.TURIN ? 0x1A : 0x19);
    set(
        SnpField.CPUID_MOD_ID,
        line == ProductLine.GENOA ? 0x11 : line == ProductLine.MILAN ? 1 : 2);
    set(SnpField.CPUID_STEP, 1);
    set(SnpField.CHIP_ID, chipId);
    for (SnpField build : new SnpField[] {SnpField.CURRENT_BUILD, SnpField.COMMITTED_BUILD}) {
      set(build, 29);
    }
    for (SnpField minor : new SnpField[] {SnpField.CURRENT_MINOR, SnpField.COMMITTED_MINOR}) {
      set(minor, 55);
    }
    for (SnpField major : new SnpField[] {SnpField.CURRENT_MAJOR, SnpField.COMMITTED_MAJOR}) {
      set(major, 1);
    }
  }

  static SimulatedReport of(ProductLine line, EndorsementKey key, byte[] chipId) {
    return new SimulatedReport(line, key, chipId);
  }

  /**
   * Sets a number.
   *
   * @param field of at most eight bytes
   * @param value little-endian in the report
   * @return this report
   */
  public SimulatedReport set(SnpField field, long value) {
    for (int i = 0; i < Math.min(field.size(), Long.BYTES); i++) {
      bytes[field.offset() + i] = (byte) (value >>> (Byte.SIZE * i));
    }
    return this;
  }

  /**
   * Sets bytes.
   *
   * @param field of the report
   * @param value as long as the field, or shorter: zeros fill its end
   * @return this report
   */
  public SimulatedReport set(SnpField field, byte[] value) {
    System.arraycopy(Arrays.copyOf(value, field.size()), 0, bytes, field.offset(), field.size());
    return this;
  }

  /**
   * Sets all four TCBs.
   *
   * @param tcb eight bytes in the layout of the product line
   * @return this report
   */
  public SimulatedReport tcb(byte[] tcb) {
    return set(SnpField.CURRENT_TCB, tcb)
        .set(SnpField.REPORTED_TCB, tcb)
        .set(SnpField.COMMITTED_TCB, tcb)
        .set(SnpField.LAUNCH_TCB, tcb);
  }

  /**
   * Makes it a report of an older layout, which lacks what came later.
   *
   * @param version 2 to 5
   * @return this report
   */
  public SimulatedReport version(int version) {
    set(SnpField.VERSION, version);
    if (version < 3) {
      set(SnpField.CPUID_FAM_ID, 0).set(SnpField.CPUID_MOD_ID, 0).set(SnpField.CPUID_STEP, 0);
    }
    return this;
  }

  EndorsementKey key() {
    return key;
  }

  byte[] bytes(SnpField field) {
    return Arrays.copyOfRange(bytes, field.offset(), field.offset() + field.size());
  }

  byte[] bytes() {
    return bytes.clone();
  }
}
