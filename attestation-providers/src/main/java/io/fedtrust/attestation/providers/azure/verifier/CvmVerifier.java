// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.azure.verifier;

import io.fedtrust.attestation.model.Authentication;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.collateral.Revocation;
import io.fedtrust.attestation.providers.snp.collateral.AmdAnchors;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.Trail;
import io.fedtrust.attestation.providers.tdx.collateral.IntelAnchors;
import io.fedtrust.attestation.providers.tdx.verifier.TdxVerifier;
import io.fedtrust.attestation.spi.EvidenceVerifier;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies what confidential VMs of Azure present without any service: the processor's report over
 * the paravisor's JSON, the TPM key in it, and that TPM's quote over the challenge. Safe for
 * threads; keep one, it remembers certificates that it has proven.
 */
public final class CvmVerifier implements EvidenceVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(CvmVerifier.class);

  private final Parts parts;

  private CvmVerifier(Builder options) {
    this.parts =
        new Parts(
            SnpVerifier.builder().anchors(options.anchors).revocation(options.revocation).build(),
            TdxVerifier.builder().anchors(options.anchors).revocation(options.revocation).build(),
            new Signatures(Optional.empty()),
            options.acceptUnprovenKey);
  }

  /** What an authentication uses. */
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
  public Authentication authenticate(Evidence evidence, Collateral collateral, Instant at) {
    try {
      return new CvmAuthentication(evidence, collateral, at, parts).run();
    } catch (RuntimeException e) {
      // A defect here must not open a door: judging evidence never throws.
      LOG.error("cannot judge evidence sha256 {}", evidence.digest(), e);
      return Trail.defect("cvm.verifier", e);
    }
  }

  /** Collects the options of a verifier. */
  public static final class Builder {
    private List<TrustAnchor> anchors =
        Stream.concat(AmdAnchors.ALL.stream(), IntelAnchors.ALL.stream()).toList();
    private Revocation revocation = Revocation.REQUIRED;
    private boolean acceptUnprovenKey;

    private Builder() {}

    /**
     * Replaces AMD's and Intel's anchors.
     *
     * @param roots the only ones that are trusted; the vendors' are in {@link AmdAnchors#ALL} and
     *     {@link IntelAnchors#ALL}
     * @return this builder
     */
    public Builder anchors(List<TrustAnchor> roots) {
      this.anchors = List.copyOf(roots);
      return this;
    }

    /**
     * Says whether revocation lists are asked for.
     *
     * @param choice {@link Revocation#REQUIRED} unless said otherwise
     * @return this builder
     */
    public Builder revocation(Revocation choice) {
      this.revocation = Objects.requireNonNull(choice, "revocation");
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
      return new CvmVerifier(this);
    }
  }
}
