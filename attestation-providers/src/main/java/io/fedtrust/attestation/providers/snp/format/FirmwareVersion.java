// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.snp.format;

import io.fedtrust.attestation.model.ClaimValue;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A version of the SEV firmware.
 *
 * @param major API version
 * @param minor API version
 * @param build number
 */
public record FirmwareVersion(int major, int minor, int build) {
  /**
   * Compares all parts.
   *
   * @param other another version
   * @return true if this one is not newer
   */
  public boolean isAtMost(FirmwareVersion other) {
    return (major << 16 | minor << 8 | build)
        <= (other.major << 16 | other.minor << 8 | other.build);
  }

  /** {@return the version as a claim, levels major, minor, build} */
  public ClaimValue.Levels claim() {
    Map<String, Long> levels = new LinkedHashMap<>();
    levels.put("major", (long) major);
    levels.put("minor", (long) minor);
    levels.put("build", (long) build);
    return new ClaimValue.Levels(levels);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + build;
  }
}
