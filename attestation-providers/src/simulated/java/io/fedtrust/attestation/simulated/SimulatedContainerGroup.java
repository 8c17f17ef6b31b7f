// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.simulated;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.azure.format.AciEvidence;
import io.fedtrust.attestation.providers.azure.format.RuntimeData;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.time.Instant;
import java.util.List;

/**
 * A confidential container group in software, on a simulated platform, in an endorsed utility VM.
 */
public final class SimulatedContainerGroup {
  private final SimulatedSnpPlatform platform;
  private final SimulatedUvm uvm;
  private final byte[] policy;
  private final byte[] measurement;
  private final Instant endorsedAt;

  private SimulatedContainerGroup(
      SimulatedSnpPlatform platform,
      SimulatedUvm uvm,
      byte[] policy,
      byte[] measurement,
      Instant endorsedAt) {
    this.platform = platform;
    this.uvm = uvm;
    this.policy = policy.clone();
    this.measurement = measurement.clone();
    this.endorsedAt = endorsedAt;
  }

  /**
   * Starts a container group.
   *
   * @param platform that it runs on
   * @param uvm who endorses its utility VM
   * @param policy text of its container policy
   * @param measurement of its utility VM, 48 bytes
   * @param endorsedAt when that was endorsed
   * @return the group
   */
  public static SimulatedContainerGroup on(
      SimulatedSnpPlatform platform,
      SimulatedUvm uvm,
      byte[] policy,
      byte[] measurement,
      Instant endorsedAt) {
    return new SimulatedContainerGroup(platform, uvm, policy, measurement, endorsedAt);
  }

  /**
   * Starts a report.
   *
   * @param runtimeData that it hashes
   * @return a good report to change
   */
  public SimulatedReport report(byte[] runtimeData) {
    return platform
        .report()
        .set(SnpField.MEASUREMENT, measurement)
        .set(SnpField.HOST_DATA, policySha256())
        .set(SnpField.REPORT_DATA, RuntimeData.reportData(runtimeData));
  }

  /**
   * Starts the endorsement of its utility VM.
   *
   * @return a good endorsement to change
   */
  public SimulatedEndorsement endorsement() {
    return uvm.endorsement(endorsedAt).measurement(measurement);
  }

  /**
   * Returns the digest of its container policy.
   *
   * @return SHA-256, 32 bytes
   */
  public byte[] policySha256() {
    return Pem.digest(policy);
  }

  /**
   * Puts a bundle together.
   *
   * @param runtimeData that the report hashes
   * @param report to sign
   * @param endorsement to sign
   * @return a bundle with everything
   */
  public AciEvidence bundle(
      byte[] runtimeData, SimulatedReport report, SimulatedEndorsement endorsement) {
    return AciEvidence.of(platform.sign(report), uvm.sign(endorsement))
        .runtimeData(runtimeData)
        .policy(policy);
  }

  /**
   * Returns a good bundle.
   *
   * @param hash of a challenge, 32 bytes
   * @return evidence without attachments
   */
  public Evidence evidence(byte[] hash) {
    byte[] runtimeData = RuntimeData.of(hash);
    return bundle(runtimeData, report(runtimeData), endorsement()).evidence();
  }

  /**
   * Returns a collector that asks this group instead of a real one.
   *
   * @return the collector
   */
  public EvidenceCollector collector() {
    return new EvidenceCollector() {
      @Override
      public EvidenceForm form() {
        return EvidenceForm.ACI_RAW;
      }

      @Override
      public Evidence collect(Binding binding, Deadline deadline) {
        return evidence(binding.hash());
      }
    };
  }

  /**
   * Returns the roots of its platform and of its endorser.
   *
   * @return two anchors of origin {@code SIMULATED}
   */
  public List<TrustAnchor> anchors() {
    return List.of(platform.anchor(), uvm.anchor());
  }

  /**
   * Returns everything a verifier needs beside.
   *
   * @param at when AMD's list was issued
   * @return three items
   */
  public List<CollateralItem> collateral(Instant at) {
    return platform.collateral(platform.report(), at);
  }
}
