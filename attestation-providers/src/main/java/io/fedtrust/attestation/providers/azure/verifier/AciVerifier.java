// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.azure.collateral.AzureAnchors;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.collateral.VerifierSettings;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Verifies bundles of confidential container groups offline: AMD's report, Microsoft's endorsement
 * of the utility VM, the digests of container policy and runtime data. It uses and trusts no
 * service of Microsoft. Safe for threads; keep one instance, because it caches proven chains.
 */
public final class AciVerifier implements EvidenceVerifier {
  private final SnpVerifier processor;
  private final UvmProof endorsements;

  private AciVerifier(VerifierSettings settings) {
    this.processor = SnpVerifier.builder().settings(settings).build();
    this.endorsements =
        new UvmProof(settings.anchors(AzureAnchors.FAMILY), new Signatures(settings.provider()));
  }

  /**
   * Starts a verifier.
   *
   * @return a builder with AMD's and Microsoft's anchors, revocation required
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(EvidenceForm.ACI_RAW);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return CheckRecorder.judged(
        "aci.verifier",
        evidence,
        () -> new AciVerification(evidence, collateral, at, processor, endorsements).run());
  }

  /** Collects the options of a verifier. */
  public static final class Builder extends VerifierSettings.Builder<Builder> {

    private Builder() {
      super(Stream.concat(AmdAnchors.ALL.stream(), AzureAnchors.ALL.stream()).toList());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @return the verifier
     */
    public AciVerifier build() {
      return new AciVerifier(settings());
    }
  }
}
