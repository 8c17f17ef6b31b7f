// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.format;

import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Base64Text;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Evidence of one or several devices of a machine, in the JSON of NVIDIA's own tools: {@code
 * [{"arch", "nonce", "evidence", "certificate"}]}
 * (docs/attestation-gpu.md#what-is-checked-and-where-it-comes-from).
 *
 * @param devices in the order of the evidence
 */
public record GpuEvidence(List<Device> devices) {
  /** Maximum number of devices of one machine: more than eight GPUs and four switches. */
  public static final int MAX_DEVICES = 32;

  private static final JsonObject.Kind KIND =
      new JsonObject.Kind(
          "nvidia.format",
          ReasonCode.EVIDENCE_MALFORMED,
          "NVIDIA attestation SDK, serialized evidence");
  private static final int MAX_BYTES = 2 << 20;
  private static final int MAX_CHAIN_BYTES = 32 << 10;

  /**
   * Copies the list.
   *
   * @param devices in the order of the evidence
   */
  public GpuEvidence {
    devices = List.copyOf(devices);
  }

  /**
   * A device.
   *
   * @param architecture as stated; its certificates must fit
   * @param nonce as stated, 32 bytes; its report must have the same
   * @param report request and response, not yet parsed
   * @param chain certificates in PEM, the device's first
   */
  public record Device(Architecture architecture, Bytes nonce, Bytes report, Bytes chain) {
    /**
     * Returns the certificates.
     *
     * @return DER, the device's first; nothing about them is verified
     * @throws MalformedEvidenceException if they are not certificates in PEM
     */
    public List<byte[]> certificates() throws MalformedEvidenceException {
      return CertificatePem.read(chain.bytes());
    }

    @Override
    public String toString() {
      return architecture
          + ": report of "
          + Digests.summary(report.bytes())
          + "; chain of "
          + chain.bytes().length
          + " bytes";
    }
  }

  /**
   * Parses evidence. Nothing is verified.
   *
   * @param json a list
   * @return its devices, at least one
   * @throws MalformedEvidenceException saying what is wrong
   */
  public static GpuEvidence parse(String json) throws MalformedEvidenceException {
    return devices(JsonObject.readList(KIND, json, MAX_BYTES));
  }

  /**
   * Parses the output of {@code nvattest collect-evidence --format json}.
   *
   * @param json an object with {@code result_code} and {@code evidences}
   * @return its devices, at least one
   * @throws MalformedEvidenceException saying what is wrong, or what the tool says is
   */
  public static GpuEvidence ofTool(byte[] json) throws MalformedEvidenceException {
    JsonObject printed = JsonObject.read(KIND, json, MAX_BYTES);
    if (printed.whole("result_code", Integer.MAX_VALUE) != 0) {
      throw KIND.refused("result_code 0", printed.findText("result_message").orElse("another"));
    }
    return devices(printed.objects("evidences", MAX_DEVICES));
  }

  private static GpuEvidence devices(List<JsonObject> items) throws MalformedEvidenceException {
    if (items.isEmpty() || items.size() > MAX_DEVICES) {
      throw KIND.refused("1 to " + MAX_DEVICES + " devices", items.size());
    }
    List<Device> devices = new ArrayList<>();
    for (JsonObject item : items) {
      String name = item.text("arch");
      devices.add(
          new Device(
              Architecture.of(name).orElseThrow(() -> KIND.refused("a known arch", name)),
              Bytes.of(item.hex("nonce", SpdmReport.NONCE_BYTES)),
              Bytes.of(base64(item, "evidence", SpdmReport.MAX_BYTES)),
              Bytes.of(base64(item, "certificate", MAX_CHAIN_BYTES))));
    }
    return new GpuEvidence(devices);
  }

  private static byte[] base64(JsonObject item, String name, int maxBytes)
      throws MalformedEvidenceException {
    Optional<byte[]> bytes = Base64Text.decode(item.text(name));
    return bytes
        .filter(read -> read.length > 0 && read.length <= maxBytes)
        .orElseThrow(
            () ->
                KIND.refused(
                    name + " of at most " + maxBytes + " bytes in canonical base64", "another"));
  }

  /**
   * Writes the evidence as a token.
   *
   * @return JSON on one line
   */
  public String json() {
    List<Map<String, String>> items = new ArrayList<>();
    for (Device device : devices) {
      Map<String, String> item = new LinkedHashMap<>();
      item.put("arch", device.architecture().name());
      item.put("nonce", HexFormat.of().formatHex(device.nonce().bytes()));
      item.put("evidence", Base64.getEncoder().encodeToString(device.report().bytes()));
      item.put("certificate", Base64.getEncoder().encodeToString(device.chain().bytes()));
      items.add(item);
    }
    return StrictJson.writeLine(items);
  }

  /**
   * Wraps it for the wire.
   *
   * @return evidence of the form {@code nv-evidence}
   */
  public Evidence evidence() {
    return Evidence.of(EvidenceForm.NV_EVIDENCE, json());
  }

  @Override
  public String toString() {
    return devices.size() + " devices: " + devices.stream().map(Device::architecture).toList();
  }
}
