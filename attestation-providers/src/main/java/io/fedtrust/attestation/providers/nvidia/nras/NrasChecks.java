// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.nras;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.codec.Digests;
import io.fedtrust.attestation.providers.codec.JsonObject;
import io.fedtrust.attestation.providers.jws.CompactJws;
import io.fedtrust.attestation.providers.token.TokenChecks;
import io.fedtrust.attestation.providers.token.TokenTimes;
import io.fedtrust.attestation.providers.token.TokenVerification;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The checks of one bundle, step by step
 * (docs/attestation-gpu.md#nvidias-remote-attestation-service). A good overall result proves
 * nothing alone: each device's token must be the one that the overall token names, and must contain
 * every finding.
 */
final class NrasChecks implements TokenChecks {
  private static final String SOURCE = NrasBundle.KIND.source();
  private static final String SUBJECT = "NVIDIA-PLATFORM-ATTESTATION";
  private static final String NVIDIA = "5703";

  /** The service writes the first, its local counterpart the second. */
  private static final Set<String> DIGEST_NAMES = Set.of("SHA-256", "SHA256");

  private static final Set<String> VERSIONS = Set.of("2.0", "3.0");

  @Override
  public Optional<Claims> check(Evidence evidence, TokenVerification verification)
      throws MalformedEvidenceException {
    NrasBundle bundle = NrasBundle.parse(evidence.token());
    verification.add(
        Check.passed("nras.format", "a bundle", bundle.devices().size() + " devices", SOURCE));
    JsonObject overall = bundle.overall().payload();
    verification.equal("subject", ReasonCode.EVIDENCE_MALFORMED, SUBJECT, overall.text("sub"));
    String version = overall.text("x-nvidia-ver");
    verification.add(
        Check.of(
            "nras.claims-version",
            ReasonCode.EVIDENCE_MALFORMED,
            VERSIONS.contains(version),
            "one of " + VERSIONS.stream().sorted().toList(),
            version,
            SOURCE));
    String nonce = overall.text("eat_nonce");
    verification.equal(
        "nonce", ReasonCode.EVIDENCE_MALFORMED, nonce.toLowerCase(Locale.ROOT), nonce);
    boolean signed = isSigned("overall", bundle.overall(), verification);
    verification.equal(
        "result", ReasonCode.REFERENCE_MISMATCH, true, overall.flag("x-nvidia-overall-att-result"));
    submodules(overall, bundle, verification);
    List<DeviceToken> devices = new ArrayList<>();
    for (Map.Entry<String, CompactJws> token : bundle.devices().entrySet()) {
      DeviceToken device = new DeviceToken(token.getKey(), token.getValue().payload());
      signed &= isSigned(device.name().toLowerCase(Locale.ROOT), token.getValue(), verification);
      device(device, version, nonce, verification);
      devices.add(device);
    }
    verification.add(consistent(devices));
    Claims claims = NrasClaims.of(bundle);
    return signed ? Optional.of(claims) : Optional.empty();
  }

  /** Algorithm, issuer, times, key and signature: the same rules for every token. */
  private static boolean isSigned(String name, CompactJws token, TokenVerification verification)
      throws MalformedEvidenceException {
    String part = name + "-";
    verification.stated(part, token);
    verification.valid(part, TokenTimes.of(token.payload()));
    return verification.signed(part, token);
  }

  /** The overall token names exactly the devices there are, each by the digest of its token. */
  private static void submodules(
      JsonObject overall, NrasBundle bundle, TokenVerification verification)
      throws MalformedEvidenceException {
    JsonObject submodules = overall.object("submods");
    boolean same = submodules.names().equals(bundle.devices().keySet());
    verification.add(
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
      verification.add(
          Check.of(
              "nras." + device.getKey().toLowerCase(Locale.ROOT) + "-digest",
              ReasonCode.SIGNATURE_INVALID,
              named,
              "its digest in the overall token",
              named ? "yes" : "another, or none",
              SOURCE));
    }
  }

  private static void device(
      DeviceToken device, String version, String nonce, TokenVerification verification)
      throws MalformedEvidenceException {
    String name = device.name().toLowerCase(Locale.ROOT);
    verification.equal(
        name + "-nonce", ReasonCode.BINDING_MISMATCH, nonce, device.claims().text("eat_nonce"));
    verification.equal(
        name + "-manufacturer", ReasonCode.PRODUCT_UNKNOWN, NVIDIA, device.claims().text("oemid"));
    List<String> problems = device.problems(version);
    verification.add(
        Check.of(
            "nras." + name + "-findings",
            ReasonCode.REFERENCE_MISMATCH,
            problems.isEmpty(),
            "every finding of the service good",
            problems.isEmpty() ? "all" : "not " + String.join(", ", problems),
            SOURCE));
  }

  private static Check consistent(List<DeviceToken> devices) throws MalformedEvidenceException {
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
    return Check.of(
        "nras.devices",
        ReasonCode.DEVICES_INCONSISTENT,
        good,
        "a GPU, every device once, one driver",
        good
            ? "yes"
            : gpus
                + " GPUs, "
                + ueids.size()
                + " of "
                + devices.size()
                + " devices distinct, "
                + drivers.size()
                + " drivers",
        SOURCE);
  }
}
