// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import io.fedtrust.attestation.model.Bytes;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The measurements of good firmware, from a manifest (TCG Reference Integrity Manifest Information
 * Model; docs/attestation-gpu.md#what-is-checked-and-where-it-comes-from).
 *
 * @param edition GPU or switch
 * @param product chip
 * @param version of driver or VBIOS
 * @param measurements accepted values, by index from 0; of those indexes alone that are active
 */
public record ReferenceManifest(
    String edition, String product, String version, SortedMap<Integer, List<Bytes>> measurements) {
  /**
   * Copies the values.
   *
   * @param edition GPU or switch
   * @param product chip
   * @param version of driver or VBIOS
   * @param measurements accepted values by index
   */
  public ReferenceManifest {
    SortedMap<Integer, List<Bytes>> copied = new TreeMap<>();
    measurements.forEach((index, values) -> copied.put(index, List.copyOf(values)));
    measurements = Collections.unmodifiableSortedMap(copied);
  }

  /**
   * Compares this manifest with a requested one: a valid manifest of another product or version
   * does not count.
   *
   * @param id the requested manifest
   * @return what does not fit, or empty
   */
  public Optional<String> differenceFrom(ManifestId id) {
    if (!edition.equals(id.edition()) || !product.equals(id.product())) {
      return Optional.of("a manifest of " + edition + " " + product);
    }
    if (!version.equalsIgnoreCase(id.version())) {
      return Optional.of("version " + version);
    }
    return measurements.isEmpty() ? Optional.of("no active measurement") : Optional.empty();
  }

  @Override
  public String toString() {
    return edition + " " + product + " " + version + ", " + measurements.size() + " measurements";
  }
}
