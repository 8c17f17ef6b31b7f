// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.StrictJson;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.token.TokenRequests;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Requests tokens for this machine's GPUs from NVIDIA's remote attestation service, over its REST
 * interface of version 3 or 4. The service sees the GPUs' reports.
 */
public final class NrasCollector implements EvidenceCollector {
  private static final int MAX_BYTES = 1 << 20;

  private final TokenRequests requests = new TokenRequests(MAX_BYTES);
  private final Devices devices;
  private final Settings settings;

  private NrasCollector(Devices devices, Settings settings) {
    this.devices = devices;
    this.settings = settings;
  }

  /** The options of a collector. */
  private record Settings(
      String service, Version version, Optional<Supplier<String>> key, boolean peer) {}

  /** Version of the service's interface. */
  public enum Version {
    /** The older one. */
    V3,
    /** The newer one. */
    V4
  }

  /** Collects from devices, for example {@code GpuCollector.ofThisMachine()::collect}. */
  @FunctionalInterface
  public interface Devices {
    /**
     * Collects evidence over a nonce.
     *
     * @param nonce 32 bytes
     * @param deadline by which the evidence is needed
     * @return evidence of this machine's GPUs
     */
    GpuEvidence collect(byte[] nonce, Deadline deadline);
  }

  /**
   * Uses NVIDIA's own service, version 4, without a key.
   *
   * @param devices of this machine
   * @return a collector
   */
  public static NrasCollector of(Devices devices) {
    return new NrasCollector(
        Objects.requireNonNull(devices, "devices"),
        new Settings(NrasKeysClient.NVIDIA.toString(), Version.V4, Optional.empty(), false));
  }

  /**
   * Uses another service.
   *
   * @param uri its address
   * @return a collector of it
   */
  public NrasCollector service(URI uri) {
    return new NrasCollector(
        devices,
        new Settings(TokenRequests.base(uri), settings.version, settings.key, settings.peer));
  }

  /**
   * Uses another version of the interface.
   *
   * @param version of the interface
   * @return a collector that uses it
   */
  public NrasCollector version(Version version) {
    return new NrasCollector(
        devices, new Settings(settings.service, version, settings.key, settings.peer));
  }

  /**
   * Sends a key to the service.
   *
   * @param key returns the key of the project's account, for each request; the key is sent only to
   *     the service
   * @return a collector that sends it
   */
  public NrasCollector serviceKey(Supplier<String> key) {
    return new NrasCollector(
        devices, new Settings(settings.service, settings.version, Optional.of(key), settings.peer));
  }

  /**
   * Wraps tokens as NVFlare's own GPU authorizer does, for sites whose peers are NVFlare's.
   *
   * @return a collector of such tokens
   */
  public NrasCollector forPeers() {
    return new NrasCollector(
        devices, new Settings(settings.service, settings.version, settings.key, true));
  }

  @Override
  public EvidenceForm form() {
    return EvidenceForm.NRAS_EAT;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (!binding.form().equals(EvidenceForm.NRAS_EAT)) {
      throw new IllegalArgumentException(
          "form: expected " + EvidenceForm.NRAS_EAT + ", was " + binding.form());
    }
    GpuEvidence collected = devices.collect(binding.hash(), deadline);
    URI uri =
        URI.create(
            settings.service
                + "/"
                + settings.version.name().toLowerCase(Locale.ROOT)
                + "/attest/gpu");
    try {
      String bundle = token(uri, request(collected, binding.hash()), deadline);
      NrasBundle.parse(bundle);
      return Evidence.of(
          EvidenceForm.NRAS_EAT, settings.peer ? NrasBundle.peerToken(bundle) : bundle);
    } catch (IOException | MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, settings.service, e);
    }
  }

  private String token(URI uri, byte[] request, Deadline deadline) throws IOException {
    Map<String, String> headers = new HashMap<>(Map.of("Accept", "application/json"));
    settings.key.ifPresent(key -> headers.put("Authorization", "Bearer " + key.get()));
    return new String(requests.post(uri, headers, request, deadline), StandardCharsets.UTF_8);
  }

  /** One architecture a request. */
  private static byte[] request(GpuEvidence evidence, byte[] nonce) throws IOException {
    List<Map<String, String>> list = new ArrayList<>();
    for (GpuEvidence.Device device : evidence.devices()) {
      if (device.architecture() != evidence.devices().get(0).architecture()
          || device.architecture().isSwitch()) {
        throw new UnreadableException(
            "expected GPUs of one architecture, was " + device.architecture());
      }
      list.add(
          Map.of(
              "evidence", Base64.getEncoder().encodeToString(device.report().bytes()),
              "certificate", Base64.getEncoder().encodeToString(device.chain().bytes())));
    }
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("nonce", HexFormat.of().formatHex(nonce));
    request.put("arch", evidence.devices().get(0).architecture().name());
    request.put("evidence_list", list);
    request.put("claims_version", "3.0");
    return StrictJson.writeLine(request).getBytes(StandardCharsets.UTF_8);
  }
}
