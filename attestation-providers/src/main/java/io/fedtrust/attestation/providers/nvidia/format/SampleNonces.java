// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import java.util.HexFormat;
import java.util.Set;

/** Nonces of NVIDIA's samples: evidence over them may be old, or of another machine. */
public final class SampleNonces {
  private static final Set<String> KNOWN =
      Set.of(
          "931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb",
          "4cff7f5380ead8fad8ec2c531c110aca4302a88f603792801a8ca29ee151af2e");

  private SampleNonces() {}

  /**
   * Tells whether a nonce is one of them.
   *
   * @param nonce 32 bytes
   * @return true if everybody knows it
   */
  public static boolean contains(byte[] nonce) {
    return KNOWN.contains(HexFormat.of().formatHex(nonce));
  }
}
