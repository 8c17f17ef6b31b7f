// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidenceVerification;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.collateral.VerifierSettings;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Verifies what confidential VMs of Azure present without any service: the processor's report over
 * the paravisor's JSON, the TPM key in it, and that TPM's quote over the challenge. Safe for
 * threads; keep one, it remembers certificates that it has proven.
 */
public final class CvmVerifier implements EvidenceVerifier {
  private final Parts parts;

  private CvmVerifier(VerifierSettings settings, Builder options) {
    this.parts =
        new Parts(
            SnpVerifier.builder().settings(settings).build(),
            TdxVerifier.builder().settings(settings).build(),
            new Signatures(settings.provider()),
            options.acceptUnprovenKey);
  }

  /** The parts that a verification uses. */
  record Parts(
      EvidenceVerifier snp,
      EvidenceVerifier tdx,
      Signatures signatures,
      boolean acceptUnprovenKey) {}

  /**
   * Starts a verifier.
   *
   * @return a builder with AMD's and Intel's anchors, revocation required
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Set<EvidenceForm> forms() {
    return Set.of(EvidenceForm.CVM_TPM);
  }

  @Override
  public EvidenceVerification verify(Evidence evidence, Collateral collateral, Instant at) {
    return CheckRecorder.judged(
        "cvm.verifier", evidence, () -> new CvmVerification(evidence, collateral, at, parts).run());
  }

  /** Collects the options of a verifier. */
  public static final class Builder extends VerifierSettings.Builder<Builder> {
    private boolean acceptUnprovenKey;

    private Builder() {
      super(Stream.concat(AmdAnchors.ALL.stream(), IntelAnchors.ALL.stream()).toList());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Accepts quotes whose key is named otherwise than a primary key that is fixedTPM, restricted
     * and for signing. That the key signs nothing but what its TPM made is then the paravisor's
     * word, whose measurement the processor signed; verdicts say so.
     *
     * @param accepted false unless said otherwise
     * @return this builder
     */
    public Builder acceptUnprovenKey(boolean accepted) {
      this.acceptUnprovenKey = accepted;
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @return the verifier
     */
    public CvmVerifier build() {
      return new CvmVerifier(settings(), this);
    }
  }
}
