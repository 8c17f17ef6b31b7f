// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.azure.maa.MaaVerifier;
import io.fedtrust.attestation.providers.azure.verifier.CvmVerifier;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.nvidia.verifier.GpuVerifier;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.EvidenceCollector;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The machine of one site. What vendors publish of real ones - anchors, certificates, lists,
 * manifests, keys - it puts into a folder that all sites of the example read. In this federation
 * every family of evidence is one site's.
 */
final class Hardware {
  private static final String ANCHORS = "anchors.json";
  private static final String COLLATERAL = "collateral";

  /** The form that each simulated family presents, verified under simulated roots. */
  private static final Map<Namespace, Function<List<TrustAnchor>, EvidenceVerifier>> VERIFIERS =
      Map.of(
          Namespace.SNP, anchors -> SnpVerifier.builder().anchors(anchors).build(),
          Namespace.TDX, anchors -> TdxVerifier.builder().anchors(anchors).build(),
          Namespace.NVIDIA_GPU, anchors -> GpuVerifier.builder().anchors(anchors).build(),
          Namespace.AZURE_ACI, anchors -> MaaVerifier.containers(SimulatedMaa.INSTANCE).build(),
          Namespace.AZURE_CVM, anchors -> CvmVerifier.builder().anchors(anchors).build());

  private final Path published;
  private final Machine machine;

  /**
   * Publishes what belongs to a machine.
   *
   * @param published the folder for all
   * @param site whose machine it is
   */
  Hardware(Path published, String site, Machine machine, Instant now) throws IOException {
    this.published = published;
    this.machine = machine;
    Path staged = Files.createDirectories(published.resolve("." + site));
    for (EvidenceCollector collector : machine.collectors()) {
      CollateralFolder.open(staged.resolve(COLLATERAL + collector.form().namespace()))
          .add(machine.collateral().stream().map(item -> entry(item, now)).toList());
    }
    Files.writeString(staged.resolve(ANCHORS), TrustAnchors.write(machine.anchors()));
    Files.move(staged, published.resolve(site));
  }

  private static CollateralEntry entry(CollateralItem item, Instant now) {
    return new CollateralEntry(item, "simulated", now, Optional.empty(), Optional.empty());
  }

  /** Collects here, and verifies evidence of every family that a site named has published. */
  List<CCAuthorizer> authorizers(List<String> sites) {
    List<TrustAnchor> anchors = new ArrayList<>();
    Map<Namespace, Collateral> byFamily = new TreeMap<>();
    for (String site : sites) {
      Path folder = published.resolve(site);
      anchors.addAll(TrustAnchors.read(folder.resolve(ANCHORS)));
      for (Namespace family : Namespace.all()) {
        Path items = folder.resolve(COLLATERAL + family);
        if (Files.isDirectory(items)) {
          byFamily.put(family, CollateralFolder.open(items).collateral());
        }
      }
    }
    return byFamily.entrySet().stream()
        .map(
            family ->
                authorizer(verifier(family.getKey(), anchors))
                    .withCollateral(evidence -> family.getValue()))
        .toList();
  }

  private CCAuthorizer authorizer(EvidenceVerifier verifier) {
    return machine.collectors().stream()
        .filter(collector -> verifier.forms().contains(collector.form()))
        .findFirst()
        .map(collector -> CCAuthorizer.of(collector, verifier))
        .orElseGet(() -> CCAuthorizer.verifying(verifier));
  }

  private static EvidenceVerifier verifier(Namespace family, List<TrustAnchor> anchors) {
    return Objects.requireNonNull(VERIFIERS.get(family), family::text).apply(anchors);
  }
}
