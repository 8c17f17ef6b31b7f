// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.pki.CertificatePem;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.CertificationData;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the certificates for a quote: its own, the sender's, or those of the verifier's folder. */
final class PckChains {
  private static final String DCAP = TdxVerification.DCAP;
  private static final String CHECK = "tdx.pck-chain";

  private final Collateral collateral;
  private final Signatures signatures;
  private final TdxCache cache;
  private final CheckRecorder recorder;

  PckChains(Collateral collateral, Signatures signatures, TdxCache cache, CheckRecorder recorder) {
    this.collateral = collateral;
    this.signatures = signatures;
    this.cache = cache;
    this.recorder = recorder;
  }

  /**
   * Certificates of a platform.
   *
   * @param chain whether proven or not
   * @param usable whether it may speak against a quote: it is part of the quote, or it is proven
   *     and of the platform that signed
   */
  record Endorsement(PckChain chain, boolean usable) {}

  /** The chain that the quote contains; for a quote without one, the sender's or our own. */
  Optional<Endorsement> of(TdxQuote quote, List<byte[]> attachments, Instant at)
      throws MalformedEvidenceException {
    if (quote.certificationData() instanceof CertificationData.PckChain own) {
      return Optional.of(new Endorsement(cache.chain(own.pem()), true));
    }
    Optional<byte[]> leaf = leaf(quote);
    List<PckChain> candidates = new ArrayList<>();
    if (!attachments.isEmpty()) {
      List<byte[]> presented = new ArrayList<>(attachments);
      leaf.ifPresent(own -> presented.add(0, own));
      add(candidates, "what the sender attached", () -> cache.chain(presented));
    }
    for (CollateralItem item : collateral.items(TdxItems.PCK_CHAIN)) {
      add(candidates, "a stored chain", () -> cache.chain(item.bytes()));
    }
    candidates.removeIf(chain -> leaf.filter(own -> !chain.isOf(own)).isPresent());
    Optional<Endorsement> found =
        candidates.stream()
            .filter(chain -> usable(chain, quote, leaf.isPresent(), at))
            .findFirst()
            .map(chain -> new Endorsement(chain, true))
            .or(() -> candidates.stream().findFirst().map(chain -> new Endorsement(chain, false)));
    if (found.filter(Endorsement::usable).isEmpty()) {
      recorder.add(
          Check.missing(
              CHECK,
              ReasonCode.ENDORSEMENT_MISSING,
              "the PCK certificate of this platform, proven, and those above it",
              found.isPresent()
                  ? "one that is not proven or is of another platform"
                  : "certification data of type " + quote.certificationData().type(),
              DCAP));
    }
    return found;
  }

  /**
   * Without its certificate a quote does not say which platform's it is, so it must have signed.
   */
  private boolean usable(PckChain chain, TdxQuote quote, boolean named, Instant at) {
    return chain.proven()
        && chain.validity().isValid(at)
        && (named || chain.hasSigned(quote, signatures));
  }

  /** Reads certificates. */
  @FunctionalInterface
  private interface Reading {
    PckChain read() throws MalformedEvidenceException;
  }

  private void add(List<PckChain> candidates, String what, Reading reading) {
    try {
      candidates.add(reading.read());
    } catch (MalformedEvidenceException e) {
      recorder.leftAside(CHECK, what, e);
    }
  }

  private static Optional<byte[]> leaf(TdxQuote quote) throws MalformedEvidenceException {
    if (!(quote.certificationData() instanceof CertificationData.PckLeaf leaf)) {
      return Optional.empty();
    }
    List<byte[]> certificates = CertificatePem.read(leaf.pem());
    if (certificates.size() != 1) {
      throw MalformedEvidenceException.of(
          CHECK,
          ReasonCode.EVIDENCE_MALFORMED,
          "one certificate in certification data of type 4",
          certificates.size(),
          DCAP);
    }
    return Optional.of(certificates.get(0));
  }
}
