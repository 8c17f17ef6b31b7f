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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Compares a device's measurements with its manifests
 * (docs/attestation-gpu.md#what-is-checked-and-where-it-comes-from).
 *
 * @param compared how many
 * @param exempt indexes that were left out
 * @param mismatches that count
 * @param tolerated mismatches at indexes that the verifier leaves out
 */
record Comparison(
    int compared, Set<Integer> exempt, List<Mismatch> mismatches, List<Mismatch> tolerated) {
  /** Measurement of NVDEC0, which says nothing while that engine is disabled. */
  private static final int NVDEC0 = 35;

  /** Accepted values of an index. */
  private record Golden(ManifestId.Source source, List<Bytes> values) {}

  /**
   * A measurement that no value of its manifest fits.
   *
   * @param index from 0
   * @param source whose manifest
   * @param expected all accepted values, hex
   * @param actual hex
   */
  record Mismatch(int index, ManifestId.Source source, String expected, String actual) {
    @Override
    public String toString() {
      return index
          + " "
          + source.name().toLowerCase(Locale.ROOT)
          + ": expected "
          + expected
          + ", was "
          + actual;
    }
  }

  /** The reason why manifests are unusable, although each is genuine. */
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
    List<Mismatch> mismatches = new ArrayList<>();
    List<Mismatch> tolerated = new ArrayList<>();
    golden.forEach(
        (index, expected) -> {
          Optional<Mismatch> mismatch = mismatch(index, expected, report);
          if (exempted.contains(index)) {
            exempt.add(index);
            mismatch.ifPresent(tolerated::add);
          } else if (index == NVDEC0 && !report.nvdec0().orElse(true)) {
            exempt.add(index);
          } else {
            mismatch.ifPresent(mismatches::add);
          }
        });
    return new Comparison(
        golden.size() - exempt.size(), exempt, List.copyOf(mismatches), List.copyOf(tolerated));
  }

  private static Optional<Mismatch> mismatch(int index, Golden expected, SpdmReport report) {
    if (index == NVDEC0 && report.nvdec0().isEmpty()) {
      return Optional.of(
          new Mismatch(index, expected.source(), "NVDEC0 enabled or disabled", "neither"));
    }
    Optional<byte[]> found = report.measurement(index);
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
            new Mismatch(
                index,
                expected.source(),
                expected.values().stream().map(Bytes::hex).collect(Collectors.joining(" or ")),
                found.map(Bytes::of).map(Bytes::hex).orElse("nothing")));
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
