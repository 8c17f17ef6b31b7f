// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.ReferenceManifest;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Holds a device's measurements against its manifests (NVIDIA GPU specification of this project,
 * section 5.6).
 *
 * @param compared how many
 * @param exempt indexes that were left out
 * @param mismatches index, source, what was expected and what was found
 */
record Comparison(int compared, Set<Integer> exempt, List<String> mismatches) {
  /** Measurement of NVDEC0, which says nothing while that engine is disabled. */
  private static final int NVDEC0 = 35;

  private static final int SHOWN_DIGITS = 16;

  /** Accepted values of an index. */
  private record Golden(ManifestId.Source source, List<Bytes> values) {}

  /** What makes manifests unusable, though each is genuine. */
  static final class ConflictException extends Exception {
    private static final long serialVersionUID = 1;

    ConflictException(String message) {
      super(message);
    }
  }

  /**
   * Compares.
   *
   * @param exempted indexes that the verifier leaves out
   * @throws ConflictException if the manifests cannot be meant for one device
   */
  static Comparison of(
      SpdmReport report, Map<ManifestId.Source, ReferenceManifest> manifests, Set<Integer> exempted)
      throws ConflictException {
    SortedMap<Integer, Golden> golden = new TreeMap<>();
    for (Map.Entry<ManifestId.Source, ReferenceManifest> manifest : manifests.entrySet()) {
      for (Map.Entry<Integer, List<Bytes>> active : manifest.getValue().measurements().entrySet()) {
        if (golden.put(active.getKey(), new Golden(manifest.getKey(), active.getValue())) != null) {
          throw new ConflictException("index " + active.getKey() + " in both manifests");
        }
      }
    }
    if (golden.size() > report.measurements()) {
      throw new ConflictException(golden.size() + " values for " + report.measurements());
    }
    Set<Integer> exempt = new TreeSet<>();
    List<String> mismatches = new ArrayList<>();
    golden.forEach(
        (index, expected) -> {
          boolean disabled = index == NVDEC0 && !report.nvdec0().orElse(true);
          if (disabled || exempted.contains(index)) {
            exempt.add(index);
          } else {
            mismatch(index, expected, report.measurement(index)).ifPresent(mismatches::add);
          }
        });
    if (golden.containsKey(NVDEC0) && report.nvdec0().isEmpty() && !exempt.contains(NVDEC0)) {
      mismatches.add(NVDEC0 + " driver: the report does not say whether NVDEC0 is enabled");
    }
    return new Comparison(golden.size() - exempt.size(), exempt, List.copyOf(mismatches));
  }

  private static Optional<String> mismatch(int index, Golden expected, Optional<byte[]> found) {
    boolean good =
        found
            .filter(
                value ->
                    expected.values().stream()
                        .anyMatch(known -> MessageDigest.isEqual(known.bytes(), value)))
            .isPresent();
    return good
        ? Optional.empty()
        : Optional.of(
            index
                + " "
                + expected.source().name().toLowerCase(java.util.Locale.ROOT)
                + ": expected "
                + shown(expected.values().get(0))
                + (expected.values().size() > 1 ? " or another" : "")
                + ", was "
                + found.map(Bytes::of).map(Comparison::shown).orElse("nothing"));
  }

  private static String shown(Bytes value) {
    return value.hex().substring(0, SHOWN_DIGITS);
  }

  /**
   * Tells which measurements a manifest must have to say anything: one with trivial entries alone
   * would be signed as well.
   */
  static Set<Integer> least(Architecture architecture, ManifestId.Source source) {
    if (architecture != Architecture.HOPPER) {
      return Set.of();
    }
    Set<Integer> least = new TreeSet<>();
    if (source == ManifestId.Source.DRIVER) {
      least.add(7);
      IntStream.rangeClosed(21, 40).forEach(least::add);
    } else {
      IntStream.rangeClosed(0, 6).forEach(least::add);
      IntStream.rangeClosed(8, 12).forEach(least::add);
    }
    return least;
  }
}
