// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import java.util.List;

/**
 * The positions of the components of a TCB_VERSION.
 *
 * @param components names
 * @param bytes index of each within the eight
 */
record TcbLayout(List<String> components, List<Integer> bytes) {
  /** Boot loader, TEE, four reserved, SNP, microcode. */
  private static final TcbLayout FIRST =
      new TcbLayout(List.of("bootloader", "tee", "snp", "microcode"), List.of(0, 1, 6, 7));

  /** FMC, boot loader, TEE, SNP, three reserved, microcode. */
  private static final TcbLayout WITH_FMC =
      new TcbLayout(
          List.of("fmc", "bootloader", "tee", "snp", "microcode"), List.of(0, 1, 2, 3, 7));

  static TcbLayout of(ProductLine line) {
    return line == ProductLine.TURIN ? WITH_FMC : FIRST;
  }
}
