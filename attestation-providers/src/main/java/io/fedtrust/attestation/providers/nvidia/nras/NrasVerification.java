// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.jws.SigningKeys;
import io.fedtrust.attestation.providers.jws.TokenSigner;
import io.fedtrust.attestation.providers.jws.TokenTimes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One authentication of one bundle, step by step
 * (docs/attestation-gpu.md#nvidias-remote-attestation-service). A good overall result alone says
 * nothing: each device's token must be the one that the overall token names, and must have every
 * finding.
 */
final class NrasVerification {
  private static final String SOURCE = "NVIDIA Remote Attestation Service, detached EAT bundle";
  private static final String SUBJECT = "NVIDIA-PLATFORM-ATTESTATION";
  private static final String NVIDIA = "5703";

  /** The service writes the first, its local counterpart the second. */
  private static final Set<String> DIGEST_NAMES = Set.of("SHA-256", "SHA256");

  private static final Set<String> VERSIONS = Set.of("2.0", "3.0");

  private final Evidence evidence;
  private final Instant at;
  private final CheckRecorder recorder = new CheckRecorder();
  private final TokenSigner signer;
  private Expiry ends = Expiry.of(Instant.MAX);

  NrasVerification(
      Evidence evidence,
      Collateral collateral,
      Instant at,
      TokenSigner.Accepted accepted,
      SigningKeys keys) {
    this.evidence = evidence;
    this.at = at;
    this.signer = new TokenSigner(keys, accepted, collateral, at, recorder);
  }

  EvidenceVerification run() {
    try {
      NrasBundle bundle = NrasBundle.parse(evidence.token());
      recorder.add(
          Check.passed("nras.format", "a bundle", bundle.devices().size() + " devices", SOURCE));
      JsonObject overall = bundle.overall().payload();
      check("subject", ReasonCode.EVIDENCE_MALFORMED, SUBJECT, overall.text("sub"));
      String version = overall.text("x-nvidia-ver");
      recorder.add(
          Check.of(
              "nras.claims-version",
              ReasonCode.EVIDENCE_MALFORMED,
              VERSIONS.contains(version),
              "one of " + VERSIONS.stream().sorted().toList(),
              version,
              SOURCE));
      String nonce = overall.text("eat_nonce");
      check("nonce", ReasonCode.EVIDENCE_MALFORMED, nonce.toLowerCase(Locale.ROOT), nonce);
      boolean signed = token("overall", bundle.overall());
      recorder.add(
          Check.of(
              "nras.result",
              ReasonCode.REFERENCE_MISMATCH,
              overall.flag("x-nvidia-overall-att-result"),
              "true",
              overall.flag("x-nvidia-overall-att-result"),
              SOURCE));
      submodules(overall, bundle);
      List<DeviceToken> devices = new ArrayList<>();
      for (Map.Entry<String, CompactJws> token : bundle.devices().entrySet()) {
        DeviceToken device = new DeviceToken(token.getKey(), token.getValue().payload());
        signed &= token(device.name().toLowerCase(Locale.ROOT), token.getValue());
        device(device, version, nonce);
        devices.add(device);
      }
      consistent(devices);
      Claims claims = NrasClaims.of(bundle);
      return recorder.conclude(signed ? Optional.of(claims) : Optional.empty(), List.of(), ends);
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(List.of());
    }
  }

  private void check(String name, ReasonCode code, Object expected, Object actual) {
    recorder.add(Check.of("nras." + name, code, expected.equals(actual), expected, actual, SOURCE));
  }

  /** Algorithm, issuer, times, key and signature: the same rules for every token. */
  private boolean token(String name, CompactJws token) throws MalformedEvidenceException {
    String prefix = "nras." + name + "-";
    signer.stated(prefix, token);
    TokenTimes times = TokenTimes.of(token.payload());
    recorder.add(times.check(prefix + "times", at));
    ends = ends.and(Expiry.of(times.expiresAt()));
    Optional<SigningKeys.Found> key = signer.key(token);
    key.ifPresent(known -> ends = ends.and(known.until()));
    return key.isPresent() && signer.signed(prefix, token, key.get());
  }

  /** The overall token names exactly the devices there are, each by the digest of its token. */
  private void submodules(JsonObject overall, NrasBundle bundle) throws MalformedEvidenceException {
    JsonObject submodules = overall.object("submods");
    boolean same = submodules.names().equals(bundle.devices().keySet());
    recorder.add(
        Check.of(
            "nras.submodules",
            ReasonCode.SIGNATURE_INVALID,
            same,
            submodules.names().stream().sorted().toList(),
            bundle.devices().keySet(),
            SOURCE));
    for (Map.Entry<String, CompactJws> device : bundle.devices().entrySet()) {
      String digest = Digests.sha256(device.getValue().text().getBytes(StandardCharsets.US_ASCII));
      boolean named =
          submodules.members().get(device.getKey()) instanceof List<?> entry
              && entry.size() == 2
              && "DIGEST".equals(entry.get(0))
              && entry.get(1) instanceof List<?> value
              && value.size() == 2
              && value.get(0) instanceof String name
              && DIGEST_NAMES.contains(name)
              && digest.equals(value.get(1));
      recorder.add(
          Check.of(
              "nras." + device.getKey().toLowerCase(Locale.ROOT) + "-digest",
              ReasonCode.SIGNATURE_INVALID,
              named,
              "its digest in the overall token",
              named ? "yes" : "another, or none",
              SOURCE));
    }
  }

  private void device(DeviceToken device, String version, String nonce)
      throws MalformedEvidenceException {
    String name = device.name().toLowerCase(Locale.ROOT);
    check(name + "-nonce", ReasonCode.BINDING_MISMATCH, nonce, device.claims().text("eat_nonce"));
    check(
        name + "-manufacturer", ReasonCode.PRODUCT_UNKNOWN, NVIDIA, device.claims().text("oemid"));
    List<String> problems = device.problems(version);
    recorder.add(
        Check.of(
            "nras." + name + "-findings",
            ReasonCode.REFERENCE_MISMATCH,
            problems.isEmpty(),
            "every finding of the service good",
            problems.isEmpty() ? "all" : "not " + String.join(", ", problems),
            SOURCE));
  }

  private void consistent(List<DeviceToken> devices) throws MalformedEvidenceException {
    Set<String> ueids = new HashSet<>();
    Set<Optional<String>> drivers = new HashSet<>();
    int gpus = 0;
    for (DeviceToken device : devices) {
      ueids.add(device.ueid());
      if (!device.isSwitch()) {
        drivers.add(device.driverVersion());
        gpus++;
      }
    }
    boolean good = ueids.size() == devices.size() && drivers.size() == 1 && gpus > 0;
    recorder.add(
        Check.of(
            "nras.devices",
            ReasonCode.DEVICES_INCONSISTENT,
            good,
            "a GPU, every device once, one driver",
            good ? "yes" : "no",
            SOURCE));
  }
}
