// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.CollateralUse;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.CollateralTimes;
import io.fedtrust.attestation.providers.checks.EvidenceAttachments;
import io.fedtrust.attestation.providers.checks.Expiry;
import io.fedtrust.attestation.providers.nvidia.collateral.NvidiaItems;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One authentication of the devices of one machine. */
final class GpuVerification {
  private static final String SOURCE = "NVIDIA attestation SDK, several devices";

  private final Evidence evidence;
  private final Collateral collateral;
  private final Instant at;
  private final GpuVerifier.Options options;
  private final NvidiaCache cache;
  private final CheckRecorder recorder = new CheckRecorder();

  GpuVerification(
      Evidence evidence,
      Collateral collateral,
      Instant at,
      GpuVerifier.Options options,
      NvidiaCache cache) {
    this.evidence = evidence;
    this.collateral = collateral;
    this.at = at;
    this.options = options;
    this.cache = cache;
  }

  EvidenceVerification run() {
    GpuEvidence parsed;
    try {
      parsed = GpuEvidence.parse(evidence.token());
    } catch (MalformedEvidenceException e) {
      return recorder.add(e.check()).conclude(List.of());
    }
    List<CollateralItem> attachments =
        EvidenceAttachments.manifests(evidence, recorder).stream()
            .map(xml -> CollateralItem.of(NvidiaItems.MANIFEST, "presented", xml))
            .toList();
    List<GpuEvidence.Device> devices = parsed.devices();
    recorder.add(
        Check.passed("nvidia.format", "devices", devices.size(), "NVIDIA attestation SDK"));
    new CollateralTimes(recorder, collateral.floors(), at).clock("nvidia.clock");
    consistent(
        "nvidia.one-nonce",
        devices.stream().map(device -> device.nonce().hex()).distinct().count() == 1,
        "one nonce for all devices",
        "several nonces");
    List<DeviceFindings> findings = judge(devices, attachments);
    Set<CollateralUse> used = new LinkedHashSet<>();
    for (DeviceFindings one : findings) {
      recorder.addAll(one.checks());
      used.addAll(one.used());
      one.notes().forEach(recorder::note);
    }
    List<DeviceFacts> facts = findings.stream().flatMap(one -> one.facts().stream()).toList();
    boolean complete = facts.size() == devices.size();
    if (complete) {
      consistent(facts);
    }
    Optional<Claims> claims =
        complete
            ? Optional.of(new GpuClaims(facts).of(devices.get(0).nonce().bytes()))
            : Optional.empty();
    return recorder.conclude(claims, List.copyOf(used), ends(findings));
  }

  private static Expiry ends(List<DeviceFindings> findings) {
    return findings.stream()
        .flatMap(one -> one.ends().stream())
        .reduce(Expiry.of(Instant.MAX), Expiry::and);
  }

  /** Each device by itself, all at the same time; their order stays. */
  private List<DeviceFindings> judge(
      List<GpuEvidence.Device> devices, List<CollateralItem> attachments) {
    List<String> labels = labels(devices);
    IntStream places = IntStream.range(0, devices.size());
    return (devices.size() > 1 ? places.parallel() : places)
        .mapToObj(
            place ->
                new DeviceVerification(
                        labels.get(place),
                        devices.get(place),
                        attachments,
                        collateral,
                        at,
                        options,
                        cache)
                    .run())
        .toList();
  }

  private static List<String> labels(List<GpuEvidence.Device> devices) {
    Map<Boolean, Integer> counts = new LinkedHashMap<>();
    List<String> labels = new ArrayList<>();
    for (GpuEvidence.Device device : devices) {
      boolean isSwitch = device.architecture().isSwitch();
      int place = counts.merge(isSwitch, 1, Integer::sum) - 1;
      labels.add((isSwitch ? "switch-" : "gpu-") + place);
    }
    return labels;
  }

  /** Devices that are the same one, or that no single machine has together. */
  private void consistent(List<DeviceFacts> facts) {
    List<DeviceFacts> gpus = facts.stream().filter(device -> !device.isSwitch()).toList();
    consistent(
        "nvidia.distinct",
        facts.stream().map(device -> device.certificates().ueid()).distinct().count()
            == facts.size(),
        "every device once",
        "a device more than once");
    consistent("nvidia.has-gpu", !gpus.isEmpty(), "a GPU", "switches only");
    same("nvidia.one-architecture", gpus, DeviceFacts::architecture);
    same("nvidia.one-driver", gpus, DeviceFacts::driverVersion);
    same("nvidia.one-mode", gpus, DeviceFacts::mode);
  }

  private void same(String check, List<DeviceFacts> gpus, Function<DeviceFacts, Object> what) {
    Set<Object> found = gpus.stream().map(what).collect(Collectors.toSet());
    consistent(
        check,
        found.size() <= 1,
        "the same of all GPUs",
        new TreeSet<>(found.stream().map(String::valueOf).toList()).toString());
  }

  private void consistent(String check, boolean good, String expected, String otherwise) {
    recorder.add(
        Check.of(
            check,
            ReasonCode.DEVICES_INCONSISTENT,
            good,
            expected,
            good ? "yes" : otherwise,
            SOURCE));
  }
}
