// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The architecture of a device. */
public enum Architecture {
  /** GPUs of the line H100. */
  HOPPER("GH100"),
  /** GPUs of the line B100. */
  BLACKWELL("GB1"),
  /** NVSwitches of the third generation. */
  LS10("LS_10");

  private final String chipPrefix;

  Architecture(String chipPrefix) {
    this.chipPrefix = chipPrefix;
  }

  /**
   * Tells whether an authority signs manifests for such devices.
   *
   * @param subject of its certificate
   * @return true if it names the chip
   */
  public boolean isManifestAuthority(String subject) {
    return subject.contains(chipPrefix.replace("_", ""));
  }

  /**
   * Finds an architecture by its name in evidence.
   *
   * @param name in any case
   * @return the architecture, or empty for an unknown name
   */
  public static Optional<Architecture> of(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return Arrays.stream(values()).filter(known -> known.name().equals(upper)).findFirst();
  }

  /** {@return whether a device of this kind is a switch, false for a GPU} */
  public boolean isSwitch() {
    return this == LS10;
  }

  /** Tells whether a certificate's common name is that of such a device. */
  boolean isNamed(String commonName) {
    return commonName.startsWith(chipPrefix);
  }
}
