// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import io.fedtrust.attestation.providers.codec.Digests;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The devices and their firmware, which must not change while a verdict is prolonged. */
public final class Firmware {
  private Firmware() {}

  /**
   * Writes a device and its firmware.
   *
   * @param ueid of the device
   * @param driver version of a GPU's driver
   * @param bios version of VBIOS or BIOS
   * @return one line
   */
  public static String line(String ueid, Optional<String> driver, String bios) {
    return String.join(" ", ueid, driver.orElse("-"), bios).toUpperCase(Locale.ROOT);
  }

  /**
   * Computes a digest over devices.
   *
   * @param lines of all devices, in their order
   * @return SHA-256, hex
   */
  public static String digest(List<String> lines) {
    return Digests.sha256(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }
}
