// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.eventlog;

import io.fedtrust.attestation.providers.codec.Digests;

/** The registers into which the events of a log were extended, and with which digest. */
public enum RegisterBank {
  /** Runtime measurement registers of a TD, SHA-384. A log numbers them from 1: 0 is MRTD. */
  RTMR("tdx.event-log", 4, 1, 0x000C, "SHA-384", 48) {
    @Override
    byte[] digest(byte[] bytes) {
      return Digests.sha384(bytes);
    }
  },
  /** Platform configuration registers of a TPM, SHA-256 bank. */
  PCR("tpm.event-log", 24, 0, 0x000B, "SHA-256", 32) {
    @Override
    byte[] digest(byte[] bytes) {
      return Digests.sha256Bytes(bytes);
    }
  };

  private final String check;
  private final int registers;
  private final int first;
  private final int algorithm;
  private final String algorithmName;
  private final int bytes;

  RegisterBank(
      String check, int registers, int first, int algorithm, String algorithmName, int bytes) {
    this.check = check;
    this.registers = registers;
    this.first = first;
    this.algorithm = algorithm;
    this.algorithmName = algorithmName;
    this.bytes = bytes;
  }

  abstract byte[] digest(byte[] bytes);

  /** {@return the number of registers: 4 or 24} */
  public int registers() {
    return registers;
  }

  /** {@return the length of a register and of each digest extended into it: 32 or 48 bytes} */
  public int bytes() {
    return bytes;
  }

  /** Name of the check in verdicts. */
  String check() {
    return check;
  }

  /** Number that a log gives to the first register. */
  int first() {
    return first;
  }

  /** TPM_ALG_ID. */
  int algorithm() {
    return algorithm;
  }

  String algorithmName() {
    return algorithmName;
  }
}
