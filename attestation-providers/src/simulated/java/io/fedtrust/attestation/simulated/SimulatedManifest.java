// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A reference manifest of a {@link SimulatedGpuHost}: good until it is changed. */
public final class SimulatedManifest {
  private static final int MEASUREMENTS = 64;

  private String edition;
  private String product;
  private String version;
  private final SortedMap<Integer, List<String>> active = new TreeMap<>();

  private SimulatedManifest(ManifestId id) {
    this.edition = id.edition();
    this.product = id.product();
    this.version = id.version();
  }

  /** A manifest of good simulated firmware. */
  static SimulatedManifest of(ManifestId id) {
    SimulatedManifest manifest = new SimulatedManifest(id);
    IntStream indexes;
    if (id.edition().equals("SWITCH")) {
      indexes = IntStream.rangeClosed(0, 30);
    } else if (id.source() == ManifestId.Source.DRIVER) {
      indexes = IntStream.concat(IntStream.of(7), IntStream.rangeClosed(21, 40));
    } else {
      indexes = IntStream.concat(IntStream.rangeClosed(0, 6), IntStream.rangeClosed(8, 12));
    }
    indexes.forEach(index -> manifest.active(index, SimulatedGpu.firmware(index)));
    return manifest;
  }

  /**
   * Names what it is for.
   *
   * @param stated {@code GPU} or {@code SWITCH}
   * @param chip for example {@code GH100}
   * @return this manifest
   */
  public SimulatedManifest product(String stated, String chip) {
    this.edition = stated;
    this.product = chip;
    return this;
  }

  /**
   * Names the version it is of.
   *
   * @param stated of driver or VBIOS
   * @return this manifest
   */
  public SimulatedManifest version(String stated) {
    this.version = stated;
    return this;
  }

  /**
   * Accepts values of a measurement.
   *
   * @param index from 0
   * @param values alternatives, 48 bytes each
   * @return this manifest
   */
  public SimulatedManifest active(int index, byte[]... values) {
    List<String> hex = new ArrayList<>();
    for (byte[] value : values) {
      hex.add(HexFormat.of().formatHex(value));
    }
    active.put(index, hex);
    return this;
  }

  /**
   * Leaves a measurement out.
   *
   * @param index from 0
   * @return this manifest
   */
  public SimulatedManifest inactive(int index) {
    active.remove(index);
    return this;
  }

  /** Writes it, not yet signed. */
  String xml() {
    StringBuilder xml = new StringBuilder(16 << 10);
    xml.append("<SoftwareIdentity xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\"")
        .append(" name=\"" + product + "\" tagId=\"simulated\" version=\"1.0\" tagVersion=\"0\">\n")
        .append("  <Entity name=\"FedTrust SIMULATED\" role=\"softwareCreator tagCreator\"/>\n")
        .append("  <Meta xmlns:rim=\"https://trustedcomputinggroup.org/resource/")
        .append("tcg-reference-integrity-manifest-rim-information-model/\"")
        .append(" colloquialVersion=\"" + version + "\" edition=\"" + edition + "\"")
        .append(" product=\"" + product + "\" rim:FirmwareManufacturerId=\"5703\"/>\n")
        .append("  <Payload xmlns:h=\"http://www.w3.org/2001/04/xmlenc#sha384\">\n");
    for (int index = 0; index < MEASUREMENTS; index++) {
      boolean counts = active.containsKey(index);
      List<String> values = counts ? active.get(index) : List.of("00".repeat(48));
      xml.append("    <Resource type=\"Measurement\" index=\"" + index + "\"")
          .append(" active=\"" + (counts ? "True" : "False") + "\"")
          .append(" alternatives=\"" + values.size() + "\" size=\"48\"");
      for (int i = 0; i < values.size(); i++) {
        xml.append(" h:Hash" + i + "=\"" + values.get(i) + "\"");
      }
      xml.append("/>\n");
    }
    return xml.append("  </Payload>\n</SoftwareIdentity>").toString();
  }
}
