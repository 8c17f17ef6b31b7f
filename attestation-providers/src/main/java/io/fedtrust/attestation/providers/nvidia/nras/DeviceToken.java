// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The service's statement about one device, in claims of version 2 or 3
 * (docs/attestation-gpu.md#nvidias-remote-attestation-service).
 *
 * @param name in the bundle
 * @param claims of its token
 */
record DeviceToken(String name, JsonObject claims) {
  private static final String PREFIX = "x-nvidia-";
  private static final int MAX_PDIS = 64;

  boolean isSwitch() {
    return name.startsWith("SWITCH");
  }

  private String device() {
    return PREFIX + (isSwitch() ? "switch-" : "gpu-");
  }

  /** Returns every required finding that is not good. */
  List<String> problems(String version) throws MalformedEvidenceException {
    List<String> problems = new ArrayList<>();
    text(problems, "measres", "success");
    text(problems, "dbgstat", "disabled");
    flag(problems, "secboot");
    String own = device();
    flag(problems, own + "arch-check");
    for (String found : List.of("parsed", "nonce-match", "signature-verified")) {
      flag(problems, own + "attestation-report-" + found);
    }
    boolean third = version.equals("3.0");
    chain(problems, own + "attestation-report", "cert-chain-validated", third);
    if (third) {
      flag(problems, own + "attestation-report-cert-chain-fwid-match");
    }
    List<String> groups = isSwitch() ? List.of("bios-rim") : List.of("driver-rim", "vbios-rim");
    for (String group : groups) {
      for (String found :
          List.of("fetched", "schema-validated", "signature-verified", "measurements-available")) {
        flag(problems, own + group + "-" + found);
      }
      if (third) {
        flag(problems, own + group + "-version-match");
      }
      chain(problems, own + group, "cert-validated", third);
    }
    if (!isSwitch()) {
      flag(problems, own + "vbios-index-no-conflict");
    }
    if (claims.has("x-nvidia-error-details")) {
      problems.add("x-nvidia-error-details");
    }
    if (claims.has("x-nvidia-mismatch-measurement-records")) {
      problems.add("x-nvidia-mismatch-measurement-records");
    }
    return problems;
  }

  /** Version 3 has an object where version 2 has one word. */
  private void chain(List<String> problems, String of, String older, boolean third)
      throws MalformedEvidenceException {
    if (!third) {
      flag(problems, of + "-" + older);
      return;
    }
    String name = of + "-cert-chain";
    if (!claims.has(name)) {
      problems.add(name);
      return;
    }
    JsonObject chain = claims.object(name);
    boolean good =
        chain.findText("x-nvidia-cert-status").filter("valid"::equals).isPresent()
            && chain.findText("x-nvidia-cert-ocsp-status").filter("good"::equals).isPresent()
            && !chain.has("x-nvidia-cert-revocation-reason")
            && isUnsaidOrSet(chain, "x-nvidia-cert-ocsp-nonce-matches")
            && isUnsaidOrSet(chain, "x-nvidia-cert-ocsp-response-valid");
    if (!good) {
      problems.add(name);
    }
  }

  private static boolean isUnsaidOrSet(JsonObject object, String name)
      throws MalformedEvidenceException {
    return !object.has(name) || object.flag(name);
  }

  private void flag(List<String> problems, String name) throws MalformedEvidenceException {
    if (!claims.has(name) || !claims.flag(name)) {
      problems.add(name);
    }
  }

  private void text(List<String> problems, String name, String expected)
      throws MalformedEvidenceException {
    if (claims.findText(name).filter(expected::equals).isEmpty()) {
      problems.add(name);
    }
  }

  String ueid() throws MalformedEvidenceException {
    return claims.text("ueid");
  }

  String hardwareModel() throws MalformedEvidenceException {
    return claims.text("hwmodel");
  }

  Optional<String> driverVersion() throws MalformedEvidenceException {
    return claims.findText(device() + "driver-version");
  }

  Optional<String> biosVersion() throws MalformedEvidenceException {
    return claims.findText(device() + (isSwitch() ? "bios-version" : "vbios-version"));
  }

  /** A GPU that names switches is on a board whose NVLink is not encrypted. */
  boolean namesSwitches() throws MalformedEvidenceException {
    return !claims.texts(device() + "switch-pdis", MAX_PDIS).isEmpty();
  }

  Optional<String> warning() throws MalformedEvidenceException {
    return claims.findText("x-nvidia-attestation-warning").map(text -> name + ": " + text);
  }
}
