// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.model;

import java.util.Arrays;
import java.util.Optional;

/** A family of evidence, by the name that NVFlare carries in {@code _cc_namespace}. */
public enum Namespace {
  /** AMD SEV-SNP. */
  SNP("x-snp", true),
  /** Intel TDX. */
  TDX("x-tdx", true),
  /** Azure confidential containers. */
  AZURE_ACI("x-az-aci", true),
  /** Azure confidential virtual machines. */
  AZURE_CVM("x-az-cvm", true),
  /** NVIDIA GPU. */
  NVIDIA_GPU("x-nv-gpu", false);

  private final String text;
  private final boolean cpu;

  Namespace(String text, boolean cpu) {
    this.text = text;
    this.cpu = cpu;
  }

  /**
   * Returns the name on the wire.
   *
   * @return for example {@code x-snp}
   */
  public String text() {
    return text;
  }

  /**
   * Tells whether this family attests the process itself rather than a device beside it
   * (docs/protocol/exchange.md#entries).
   *
   * @return true for a CPU namespace
   */
  public boolean cpu() {
    return cpu;
  }

  /**
   * Finds a family by its name on the wire.
   *
   * @param text compared exactly
   * @return the family, or empty for an unknown name
   */
  public static Optional<Namespace> of(String text) {
    return Arrays.stream(values()).filter(namespace -> namespace.text.equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text;
  }
}
