// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.nvidia.format.Architecture;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.ManifestId;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.pki.Certificates;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.simulated.SimulatedGpu;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Many simulated GPUs with chains and statuses of their own, and two manifests for all. */
final class Gpus {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final int HOST = 8;

  final List<Gpu> gpus = new ArrayList<>();
  final List<Evidence> hosts = new ArrayList<>();
  final SimulatedGpuHost host;
  final Collateral all;
  final List<byte[]> manifests = new ArrayList<>();

  /** One GPU, and what raw cryptography needs of it. */
  static final class Gpu {
    Evidence evidence;
    byte[] report;
    byte[] signed;
    byte[] signature;
    PublicKey key;

    boolean verifies(Signature curve) throws GeneralSecurityException {
      curve.initVerify(key);
      curve.update(signed);
      return curve.verify(signature);
    }
  }

  Gpus(int count) throws GeneralSecurityException, MalformedEvidenceException {
    SecureRandom random = new SecureRandom();
    host = SimulatedGpuHost.create(NOW.minus(Duration.ofDays(30)), random);
    List<CollateralItem> items = new ArrayList<>();
    Signatures signatures = new Signatures(Optional.empty());
    List<GpuEvidence.Device> together = new ArrayList<>();
    byte[] shared = new byte[SpdmReport.NONCE_BYTES];
    for (int i = 0; i < count; i++) {
      SimulatedGpu device = host.gpu();
      byte[] nonce = new byte[SpdmReport.NONCE_BYTES];
      random.nextBytes(nonce);
      GpuEvidence.Device reported = device.report(nonce);
      SpdmReport report = SpdmReport.parse(reported.report().bytes());
      Gpu gpu = new Gpu();
      gpu.evidence = new GpuEvidence(List.of(reported)).evidence();
      gpu.report = reported.report().bytes();
      gpu.signed = report.signed();
      gpu.signature = Signatures.p384(report.signature()).orElseThrow();
      List<byte[]> chain = device.chain();
      gpu.key = signatures.curveKey(Certificates.parse(chain.get(0)).getPublicKey());
      gpus.add(gpu);
      items.addAll(host.statuses(chain.subList(1, chain.size()), NOW.minus(Duration.ofHours(1))));
      together.add(device.report(shared));
      if (together.size() == HOST) {
        hosts.add(new GpuEvidence(together).evidence());
        together.clear();
      }
    }
    SpdmReport first = SpdmReport.parse(gpus.get(0).report);
    for (ManifestId id : ManifestId.of(Architecture.HOPPER, first)) {
      byte[] xml = host.sign(host.manifest(id), NOW.minus(Duration.ofDays(1)));
      manifests.add(xml);
      items.addAll(host.manifestItems(id, xml, NOW.minus(Duration.ofHours(1))));
    }
    all = Collateral.of(items);
  }

  GpuVerifier verifier() {
    return GpuVerifier.builder().anchors(host.anchors()).build();
  }
}
