// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.demo;

import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.Verdict;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.CollateralFolder;
import io.fedtrust.attestation.providers.collateral.TrustAnchors;
import io.fedtrust.attestation.providers.policy.FederationPolicies;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.wire.EvidenceFiles;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.cli.ShellWord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Evidence of a platform in software, appraised as it is and with one bit changed. */
final class AttestationDemo {
  private static final Duration AGO = Duration.ofHours(1);

  private final Path folder;
  private final Instant now;
  private final Consumer<String> say;

  AttestationDemo(Path folder, Instant now, Consumer<String> say) {
    this.folder = folder;
    this.now = now;
    this.say = say;
  }

  Map<String, Object> run() throws IOException {
    Files.createDirectories(folder);
    SecureRandom random = new SecureRandom();
    SimulatedSnpPlatform platform =
        SimulatedSnpPlatform.create(ProductLine.MILAN, now.minus(AGO), random);
    byte[] nonce = bytes(random, SnpField.REPORT_DATA.size());
    byte[] measurement = bytes(random, SnpField.MEASUREMENT.size());
    SimulatedReport report =
        platform.report().set(SnpField.REPORT_DATA, nonce).set(SnpField.MEASUREMENT, measurement);
    byte[] signed = platform.sign(report);
    CollateralFolder collateral = CollateralFolder.open(folder.resolve("collateral"));
    collateral.add(platform.collateral(report, now.minus(AGO)).stream().map(this::entry).toList());
    Files.writeString(
        folder.resolve("anchors.json"), TrustAnchors.write(List.of(platform.anchor())));
    FederationPolicy policy =
        FederationPolicies.read(
            Files.writeString(folder.resolve("policy.yaml"), policy(measurement)));
    SnpVerifier verifier = SnpVerifier.builder().anchors(List.of(platform.anchor())).build();

    Verdict good = judge("genuine.json", signed, nonce, policy, verifier, collateral);
    signed[SnpField.MEASUREMENT.offset()] ^= 1;
    Verdict tampered = judge("tampered.json", signed, nonce, policy, verifier, collateral);
    return answer(good, tampered, nonce);
  }

  private CollateralEntry entry(CollateralItem item) {
    return new CollateralEntry(item, "simulated platform", now, Optional.empty(), Optional.empty());
  }

  private static byte[] bytes(SecureRandom random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String policy(byte[] measurement) {
    return """
        id: quickstart
        version: "1"
        reviewed: true
        sites:
          "*":
            x-snp:
              profile: strict
              measurements:
                - name: the simulated hospital's software
                  measurement: %s
        """
        .formatted(HexFormat.of().formatHex(measurement));
  }

  private Verdict judge(
      String name,
      byte[] report,
      byte[] nonce,
      FederationPolicy policy,
      SnpVerifier verifier,
      CollateralFolder collateral)
      throws IOException {
    Evidence evidence =
        Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(report));
    Files.writeString(folder.resolve(name), EvidenceFiles.write(evidence));
    Verdict verdict =
        policy
            .find("hospital-a", Namespace.SNP)
            .orElseThrow()
            .appraise(
                evidence,
                verifier.verify(evidence, collateral.collateral(), now),
                AppraisalContext.evidenceAlone("hospital-a", now).expecting(nonce));
    say.accept(String.format("%-17s %s", name, shown(verdict)));
    return verdict;
  }

  private static String shown(Verdict verdict) {
    return verdict instanceof Verdict.Rejected rejected
        ? "rejected, " + rejected.reason()
        : verdict.outcome();
  }

  private Map<String, Object> answer(Verdict good, Verdict tampered, byte[] nonce) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("note", "SIMULATED platform: this shows the flow and proves nothing about hardware");
    data.put("genuine evidence", shown(good));
    data.put("one bit changed", shown(tampered));
    data.put(
        "look_at",
        "%s attest verify -e %s -d %s -p %s --anchors %s --nonce %s"
            .formatted(
                Main.program(),
                ShellWord.of(folder.resolve("genuine.json")),
                ShellWord.of(folder.resolve("collateral")),
                ShellWord.of(folder.resolve("policy.yaml")),
                ShellWord.of(folder.resolve("anchors.json")),
                HexFormat.of().formatHex(nonce)));
    return data;
  }
}
