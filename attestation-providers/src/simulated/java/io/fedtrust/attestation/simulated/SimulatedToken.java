// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A token of Intel Trust Authority before it is signed: a good one, of which a caller changes what
 * it wants. Values are written as JSON. Unchanged, it fulfils the profile {@code strict}.
 */
public final class SimulatedToken {
  private static final int MEASUREMENT_BYTES = 48;

  private final Map<String, String> header = new LinkedHashMap<>();
  private final Map<String, String> common = new LinkedHashMap<>();
  private final Map<String, String> tdx = new LinkedHashMap<>();
  private final boolean nested;

  private SimulatedToken(boolean nested, String kid, String issuer, Instant at) {
    this.nested = nested;
    header("alg", text("PS384")).header("kid", text(kid)).header("typ", text("JWT"));
    common("ver", text(nested ? "2.0.0" : "1.0.0"))
        .common("iss", text(issuer))
        .common("iat", String.valueOf(at.getEpochSecond()))
        .common("nbf", String.valueOf(at.getEpochSecond()))
        .common("exp", String.valueOf(at.plusSeconds(300).getEpochSecond()))
        .common("jti", text("simulated " + at));
    tdx("attester_type", text("TDX"))
        .tdx("attester_tcb_status", text("UpToDate"))
        .tdx("attester_tcb_date", text("2026-05-13T00:00:00Z"))
        .tdx("tdx_is_debuggable", "false")
        .tdx("tdx_tee_tcb_svn", text(SimulatedTdxPlatform.TEE_TCB_SVN))
        .tdx("tdx_seam_attributes", text("0".repeat(16)))
        .tdx("tdx_td_attributes", text("0000001000000000"))
        .tdx("tdx_xfam", text("e702060000000000"));
    for (String name :
        new String[] {
          "mrseam",
          "mrsignerseam",
          "mrtd",
          "mrconfigid",
          "mrowner",
          "mrownerconfig",
          "rtmr0",
          "rtmr1",
          "rtmr2",
          "rtmr3"
        }) {
      measurement(name, new byte[MEASUREMENT_BYTES]);
    }
  }

  static SimulatedToken of(boolean nested, String kid, String issuer, Instant at) {
    return new SimulatedToken(nested, kid, issuer, at);
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
  public SimulatedToken header(String name, String json) {
    header.put(name, json);
    return this;
  }

  /**
   * Sets a claim beside those of TDX.
   *
   * @param name of the claim
   * @param json its value
   * @return this token
   */
  public SimulatedToken common(String name, String json) {
    common.put(name, json);
    return this;
  }

  /**
   * Sets a claim of TDX.
   *
   * @param name of the claim
   * @param json its value
   * @return this token
   */
  public SimulatedToken tdx(String name, String json) {
    tdx.put(name, json);
    return this;
  }

  /**
   * Leaves a member out.
   *
   * @param name of a claim or of a member of the header
   * @return this token
   */
  public SimulatedToken without(String name) {
    header.remove(name);
    common.remove(name);
    tdx.remove(name);
    return this;
  }

  /**
   * Sets a measurement.
   *
   * @param name without {@code tdx_}
   * @param value 48 bytes
   * @return this token
   */
  public SimulatedToken measurement(String name, byte[] value) {
    return tdx("tdx_" + name, text(HexFormat.of().formatHex(value)));
  }

  /**
   * Sets the data that the attester and the service supplied.
   *
   * @param held of the attester
   * @param reportData their digest, as the quote has it
   * @param nonce of the service: value and time
   * @return this token
   */
  public SimulatedToken bound(byte[] held, byte[] reportData, byte[]... nonce) {
    tdx("attester_held_data", text(Base64.getEncoder().encodeToString(held)));
    tdx("tdx_report_data", text(HexFormat.of().formatHex(reportData)));
    if (nonce.length == 2) {
      common(
          "verifier_nonce",
          "{\"val\":"
              + text(Base64.getEncoder().encodeToString(nonce[0]))
              + ",\"iat\":"
              + text(Base64.getEncoder().encodeToString(nonce[1]))
              + ",\"signature\":\"\"}");
    }
    return this;
  }

  private static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> text(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** Returns what is signed. */
  String signingInput() {
    Map<String, String> payload = new LinkedHashMap<>(common);
    if (nested) {
      payload.put("tdx", object(tdx));
    } else {
      payload.putAll(tdx);
    }
    return part(object(header)) + "." + part(object(payload));
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the algorithm that the header names. */
  String algorithm() {
    return header.getOrDefault("alg", "");
  }
}
