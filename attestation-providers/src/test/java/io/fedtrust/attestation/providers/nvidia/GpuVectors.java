// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaItems;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Real reports, chains and manifests, read where they are; without them, tests are skipped. */
final class GpuVectors {
  static final String H100_545 = "h100-545.00";
  static final String H100_550 = "h100-550.90.07";
  static final String H100_535 = "h100-535.86.09";
  static final String H100_580 = "h100-580.95.05-trailing-byte";
  static final String GB100 = "gb100-575.32";
  static final String BAD_SIGNATURE = "h100-bad-signature";
  static final String SWITCH = "switch-ls10";

  private static final Path FOLDER = Path.of(System.getProperty("fedtrust.vectors", "none"), "gpu");

  private GpuVectors() {}

  static void assume() {
    assumeTrue(Files.isDirectory(FOLDER), "the GPU vectors are not here");
  }

  static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] report(String name) {
    return HexFormat.of()
        .parseHex(new String(bytes(name + "/report.hex"), StandardCharsets.US_ASCII).strip());
  }

  static Architecture architecture(String name) {
    return switch (name) {
      case GB100 -> Architecture.BLACKWELL;
      case SWITCH -> Architecture.LS10;
      default -> Architecture.HOPPER;
    };
  }

  static GpuEvidence.Device device(String name) {
    return device(architecture(name), report(name), bytes(name + "/chain.pem"));
  }

  static GpuEvidence.Device device(Architecture architecture, byte[] report, byte[] chain) {
    try {
      return new GpuEvidence.Device(
          architecture,
          Bytes.of(SpdmReport.parse(report).nonce()),
          Bytes.of(report),
          Bytes.of(chain));
    } catch (MalformedEvidenceException e) {
      throw new AssertionError(e);
    }
  }

  static GpuEvidence evidence(String... names) {
    return new GpuEvidence(Stream.of(names).map(GpuVectors::device).toList());
  }

  /** Manifests under the ids that devices ask for. */
  static Collateral manifests(String... idsAndFiles) {
    return Collateral.of(
        java.util.stream.IntStream.range(0, idsAndFiles.length / 2)
            .mapToObj(
                i ->
                    CollateralItem.of(
                        NvidiaItems.MANIFEST, idsAndFiles[2 * i], bytes(idsAndFiles[2 * i + 1])))
            .toList());
  }

  static List<String> reports() {
    return List.of(H100_545, H100_550, H100_535, H100_580, GB100, BAD_SIGNATURE, SWITCH);
  }
}
