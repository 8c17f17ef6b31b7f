// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.providers.snp.format.EndorsementKey;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.format.TcbVersion;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What AMD's key distribution service would answer if a simulated platform were real (AMD
 * publication 57230). Any HTTP server can serve it; its address is then the base of a {@code
 * KdsClient}.
 */
public final class SimulatedKeyService {
  private static final Pattern PATH =
      Pattern.compile(".*/(vcek|vlek)/v1/([A-Za-z]+)/(cert_chain|crl|[0-9a-f]{16}|[0-9a-f]{128})");
  private static final Pattern LEVEL = Pattern.compile("([a-z]+)SPL=([0-9]{1,3})");
  private static final Map<String, String> COMPONENTS =
      Map.of("fmc", "fmc", "bl", "bootloader", "tee", "tee", "snp", "snp", "ucode", "microcode");

  private final SimulatedSnpPlatform platform;
  private final ProductLine line;
  private final Clock clock;

  SimulatedKeyService(SimulatedSnpPlatform platform, ProductLine line, Clock clock) {
    this.platform = platform;
    this.line = line;
    this.clock = clock;
  }

  /**
   * Answers a request.
   *
   * @param request path and query; what stands before them does not matter
   * @return the body of a success: DER, for a chain PEM; empty where AMD says 404
   */
  public Optional<byte[]> answer(URI request) {
    Matcher path = PATH.matcher(request.getPath());
    if (!path.matches() || !path.group(2).equals(line.text())) {
      return Optional.empty();
    }
    EndorsementKey key =
        path.group(1).equals(EndorsementKey.VCEK.path())
            ? EndorsementKey.VCEK
            : EndorsementKey.VLEK;
    return switch (path.group(3)) {
      case "cert_chain" -> Optional.of(platform.chain(key));
      case "crl" ->
          Optional.of(
              platform.revocations(clock.instant().getEpochSecond(), clock.instant(), List.of()));
      default ->
          key == EndorsementKey.VCEK
              ? endorsement(HexFormat.of().parseHex(path.group(3)), request.getQuery())
              : Optional.empty();
    };
  }

  private Optional<byte[]> endorsement(byte[] chip, String query) {
    Map<String, Long> levels = new LinkedHashMap<>();
    for (String parameter : (query == null ? "" : query).split("&", -1)) {
      Matcher level = LEVEL.matcher(parameter);
      String component = level.matches() ? COMPONENTS.get(level.group(1)) : null;
      if (component == null || levels.put(component, Long.valueOf(level.group(2))) != null) {
        return Optional.empty();
      }
    }
    try {
      long tcb = new TcbVersion(levels).encode(line);
      return Optional.of(
          platform.endorsement(
              platform
                  .report()
                  .set(SnpField.CHIP_ID, Arrays.copyOf(chip, SnpField.CHIP_ID.size()))
                  .set(
                      SnpField.REPORTED_TCB,
                      ByteBuffer.allocate(Long.BYTES)
                          .order(ByteOrder.LITTLE_ENDIAN)
                          .putLong(tcb)
                          .array())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
