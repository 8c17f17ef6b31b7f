// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** An answer of a {@link SimulatedNras}: good until it is changed. Values are JSON. */
public final class SimulatedBundle {
  private static final String ISSUER = "https://nras.attestation.nvidia.com";
  private static final long LIFE_SECONDS = 3600;

  private final String kid;
  private final byte[] nonce;
  private final Instant at;
  private final Map<String, String> header = new LinkedHashMap<>();
  private final Map<String, String> overall = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> devices = new LinkedHashMap<>();
  private final Map<String, String> renamed = new LinkedHashMap<>();
  private final List<String> undigested = new ArrayList<>();

  private SimulatedBundle(String kid, byte[] nonce, Instant at) {
    this.kid = kid;
    this.nonce = nonce.clone();
    this.at = at;
    header.put("kid", text(kid));
    header.put("alg", text("ES384"));
    common(overall);
    overall.put("sub", text("NVIDIA-PLATFORM-ATTESTATION"));
    overall.put("x-nvidia-ver", text("3.0"));
    overall.put("x-nvidia-overall-att-result", "true");
  }

  static SimulatedBundle of(String kid, byte[] nonce, Instant at) {
    return new SimulatedBundle(kid, nonce, at);
  }

  private static String text(String value) {
    return "\"" + value + "\"";
  }

  private void common(Map<String, String> claims) {
    claims.put("iss", text(ISSUER));
    claims.put("eat_nonce", text(HexFormat.of().formatHex(nonce)));
    claims.put("iat", String.valueOf(at.getEpochSecond()));
    claims.put("nbf", String.valueOf(at.getEpochSecond()));
    claims.put("exp", String.valueOf(at.getEpochSecond() + LIFE_SECONDS));
    claims.put("jti", text("simulated " + kid));
  }

  /**
   * Adds a good GPU.
   *
   * @return this answer
   */
  public SimulatedBundle gpu() {
    int place = devices.size();
    Map<String, String> claims = new LinkedHashMap<>();
    common(claims);
    claims.put("ueid", text("1000" + place));
    claims.put("hwmodel", text("GH100 A01 GSP BROM"));
    claims.put("oemid", text("5703"));
    claims.put("measres", text("success"));
    claims.put("secboot", "true");
    claims.put("dbgstat", text("disabled"));
    claims.put("x-nvidia-gpu-driver-version", text("550.90.07"));
    claims.put("x-nvidia-gpu-vbios-version", text("96.00.9F.00.01"));
    for (String good :
        List.of(
            "arch-check",
            "attestation-report-parsed",
            "attestation-report-nonce-match",
            "attestation-report-signature-verified",
            "attestation-report-cert-chain-fwid-match",
            "driver-rim-fetched",
            "driver-rim-schema-validated",
            "driver-rim-signature-verified",
            "driver-rim-version-match",
            "driver-rim-measurements-available",
            "vbios-rim-fetched",
            "vbios-rim-schema-validated",
            "vbios-rim-signature-verified",
            "vbios-rim-version-match",
            "vbios-rim-measurements-available",
            "vbios-index-no-conflict")) {
      claims.put("x-nvidia-gpu-" + good, "true");
    }
    for (String chain : List.of("attestation-report", "driver-rim", "vbios-rim")) {
      claims.put(
          "x-nvidia-gpu-" + chain + "-cert-chain",
          "{\"x-nvidia-cert-status\":\"valid\",\"x-nvidia-cert-ocsp-status\":\"good\","
              + "\"x-nvidia-cert-revocation-reason\":null}");
    }
    claims.put("x-nvidia-attestation-warning", "null");
    devices.put("GPU-" + place, claims);
    return this;
  }

  /**
   * Turns its claims into those of version 2.
   *
   * @return this answer
   */
  public SimulatedBundle version2() {
    overall.put("x-nvidia-ver", text("2.0"));
    devices
        .values()
        .forEach(
            claims -> {
              claims.keySet().removeIf(name -> name.endsWith("-cert-chain"));
              claims.keySet().removeIf(name -> name.endsWith("-version-match"));
              claims.keySet().removeIf(name -> name.endsWith("-fwid-match"));
              claims.put("x-nvidia-gpu-attestation-report-cert-chain-validated", "true");
              claims.put("x-nvidia-gpu-driver-rim-cert-validated", "true");
              claims.put("x-nvidia-gpu-vbios-rim-cert-validated", "true");
            });
    return this;
  }

  /**
   * Sets a member of every header.
   *
   * @param name of the member
   * @param json its value
   * @return this answer
   */
  public SimulatedBundle header(String name, String json) {
    header.put(name, json);
    return this;
  }

  /**
   * Sets an overall claim.
   *
   * @param name of the claim
   * @param json its value; nothing leaves it out
   * @return this answer
   */
  public SimulatedBundle overall(String name, String json) {
    put(overall, name, json);
    return this;
  }

  /**
   * Sets a claim of a device.
   *
   * @param device for example {@code GPU-0}
   * @param name of the claim
   * @param json its value; nothing leaves it out
   * @return this answer
   */
  public SimulatedBundle device(String device, String name, String json) {
    put(devices.computeIfAbsent(device, ignored -> new LinkedHashMap<>()), name, json);
    return this;
  }

  private static void put(Map<String, String> claims, String name, String json) {
    if (json.isEmpty()) {
      claims.remove(name);
    } else {
      claims.put(name, json);
    }
  }

  /**
   * Presents a device's token under another name than the overall token has.
   *
   * @param device for example {@code GPU-0}
   * @param name presented; nothing leaves it out
   * @return this answer
   */
  public SimulatedBundle present(String device, String name) {
    renamed.put(device, name);
    return this;
  }

  /**
   * Leaves a device out of the overall token.
   *
   * @param device for example {@code GPU-0}
   * @return this answer
   */
  public SimulatedBundle undigested(String device) {
    undigested.add(device);
    return this;
  }

  /** Writes and signs all tokens. */
  String json(UnaryOperator<String> signer) {
    Map<String, String> tokens = new LinkedHashMap<>();
    Map<String, String> digests = new LinkedHashMap<>();
    devices.forEach(
        (device, claims) -> {
          String token = signer.apply(part(object(header)) + "." + part(object(claims)));
          String name = renamed.getOrDefault(device, device);
          if (!name.isEmpty()) {
            tokens.put(name, text(token));
          }
          if (!undigested.contains(device)) {
            digests.put(
                device,
                "[\"DIGEST\",[\"SHA-256\",\""
                    + Pem.sha256(token.getBytes(StandardCharsets.US_ASCII))
                    + "\"]]");
          }
        });
    Map<String, String> claims = new LinkedHashMap<>(overall);
    claims.putIfAbsent("submods", object(digests));
    String whole = signer.apply(part(object(header)) + "." + part(object(claims)));
    return "[[\"JWT\"," + text(whole) + "]," + object(tokens) + "]";
  }

  private static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> text(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
