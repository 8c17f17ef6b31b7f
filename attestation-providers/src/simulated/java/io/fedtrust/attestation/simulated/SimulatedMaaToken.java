// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A token of Microsoft Azure Attestation before it is signed: a good one, of which a caller changes
 * what it wants. Values are written as JSON. Unchanged, it fulfils the profile {@code strict}.
 */
public final class SimulatedMaaToken {
  private static final String SNP = "x-ms-sevsnpvm-";
  private static final int HASH_BYTES = 32;
  private static final int MEASUREMENT_BYTES = 48;

  private final Map<String, String> header = new LinkedHashMap<>();
  private final Map<String, String> outer = new LinkedHashMap<>();
  private final Map<String, String> hardware = new LinkedHashMap<>();
  private final boolean machine;

  private SimulatedMaaToken(boolean machine, String kid, String issuer, Instant at, String id) {
    this.machine = machine;
    header("alg", text("RS256"))
        .header("jku", text(issuer + "/certs"))
        .header("kid", text(kid))
        .header("typ", text("JWT"));
    outer("iss", text(issuer))
        .outer("iat", String.valueOf(at.getEpochSecond()))
        .outer("nbf", String.valueOf(at.getEpochSecond()))
        .outer("exp", String.valueOf(at.plusSeconds(28_800).getEpochSecond()))
        .outer("jti", text(id))
        .outer("x-ms-ver", text("1.0"))
        .outer("x-ms-policy-hash", text("simulated"));
    hardware("x-ms-attestation-type", text("sevsnpvm"))
        .hardware(
            "x-ms-compliance-status",
            text(machine ? "azure-compliant-cvm" : "azure-compliant-uvm"));
    for (String flag : new String[] {"is-debuggable", "migration-allowed"}) {
      hardware(SNP + flag, "false");
    }
    hardware(SNP + "smt-allowed", "true").hardware(SNP + "vmpl", "0");
    hardware(SNP + "guestsvn", "2");
    hardware(SNP + "bootloader-svn", "4")
        .hardware(SNP + "tee-svn", "0")
        .hardware(SNP + "snpfw-svn", "24")
        .hardware(SNP + "microcode-svn", "219");
    bytes("familyId", new byte[16]).bytes("imageId", new byte[16]);
    bytes("hostdata", new byte[HASH_BYTES]).bytes("reportid", new byte[HASH_BYTES]);
    bytes("reportdata", new byte[64]);
    for (String digest : new String[] {"launchmeasurement", "idkeydigest", "authorkeydigest"}) {
      bytes(digest, new byte[MEASUREMENT_BYTES]);
    }
    if (machine) {
      outer("x-ms-attestation-type", text("azurevm")).outer("secureboot", "true");
      for (String flag : new String[] {"boot", "kernel", "hypervisor"}) {
        outer("x-ms-azurevm-" + flag + "debug-enabled", "false");
      }
      outer("x-ms-azurevm-testsigning-enabled", "false").outer("x-ms-azurevm-vmid", text("SIM"));
    }
  }

  static SimulatedMaaToken of(boolean machine, String kid, String issuer, Instant at, String id) {
    return new SimulatedMaaToken(machine, kid, issuer, at, id);
  }

  private static String text(String value) {
    return "\"" + value + "\"";
  }

  /**
   * Sets a member of the header.
   *
   * @param name of the member
   * @param json its value
   * @return this token
   */
  public SimulatedMaaToken header(String name, String json) {
    header.put(name, json);
    return this;
  }

  /**
   * Sets an outermost claim.
   *
   * @param name of the claim
   * @param json its value
   * @return this token
   */
  public SimulatedMaaToken outer(String name, String json) {
    outer.put(name, json);
    return this;
  }

  /**
   * Sets a claim of what the hardware signed: outermost of a container group, within {@code
   * x-ms-isolation-tee} of a confidential VM.
   *
   * @param name of the claim
   * @param json its value
   * @return this token
   */
  public SimulatedMaaToken hardware(String name, String json) {
    hardware.put(name, json);
    return this;
  }

  /**
   * Leaves a member out.
   *
   * @param name of a claim or of a member of the header
   * @return this token
   */
  public SimulatedMaaToken without(String name) {
    header.remove(name);
    outer.remove(name);
    hardware.remove(name);
    return this;
  }

  /** Leaves out everything that hardware signed, as of a VM that is not confidential. */
  SimulatedMaaToken withoutHardware() {
    hardware.clear();
    return this;
  }

  /**
   * Sets a claim of bytes.
   *
   * @param name without {@code x-ms-sevsnpvm-}
   * @param value its bytes
   * @return this token
   */
  public SimulatedMaaToken bytes(String name, byte[] value) {
    return hardware(SNP + name, text(HexFormat.of().formatHex(value)));
  }

  /**
   * Says what was launched.
   *
   * @param measurement 48 bytes
   * @return this token
   */
  public SimulatedMaaToken launched(byte[] measurement) {
    return bytes("launchmeasurement", measurement);
  }

  /**
   * Makes it answer a challenge.
   *
   * @param hash 32 bytes
   * @return this token
   */
  public SimulatedMaaToken bound(byte[] hash) {
    String nonce = RuntimeData.nonce(hash);
    if (!machine) {
      return bytes("reportdata", RuntimeData.reportData(RuntimeData.of(hash)))
          .outer("x-ms-runtime", "{\"nonce\":" + text(nonce) + "}");
    }
    String encoded = Base64.getEncoder().encodeToString(nonce.getBytes(StandardCharsets.US_ASCII));
    return outer(
        "x-ms-runtime", "{\"client-payload\":{\"nonce\":" + text(encoded) + "},\"keys\":[]}");
  }

  /** Returns what is signed. */
  String signingInput() {
    Map<String, String> payload = new LinkedHashMap<>(outer);
    if (!machine) {
      payload.putAll(hardware);
    } else if (!hardware.isEmpty()) {
      payload.put("x-ms-isolation-tee", object(hardware));
    }
    return part(object(header)) + "." + part(object(payload));
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
