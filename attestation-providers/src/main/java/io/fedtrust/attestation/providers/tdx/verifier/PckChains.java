// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.tdx.verifier;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.support.Certificates;
import io.fedtrust.attestation.providers.support.Signatures;
import io.fedtrust.attestation.providers.support.Trail;
import io.fedtrust.attestation.providers.tdx.collateral.TdxItems;
import io.fedtrust.attestation.providers.tdx.format.CertificationData;
import io.fedtrust.attestation.providers.tdx.format.TdxQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which certificates vouch for a quote: its own, the sender's, or those of our own folder. */
final class PckChains {
  private static final String DCAP = TdxAuthentication.DCAP;

  private final Collateral collateral;
  private final Signatures signatures;
  private final TdxCache cache;
  private final Trail trail;

  PckChains(Collateral collateral, Signatures signatures, TdxCache cache, Trail trail) {
    this.collateral = collateral;
    this.signatures = signatures;
    this.cache = cache;
    this.trail = trail;
  }

  /** The chain that the quote carries, or for those that carry none, the sender's or our own. */
  Optional<PckChain> of(TdxQuote quote, List<byte[]> hints) throws MalformedEvidenceException {
    if (quote.certificationData() instanceof CertificationData.PckChain own) {
      return Optional.of(cache.chain(own.pem()));
    }
    Optional<byte[]> leaf = leaf(quote);
    if (!hints.isEmpty()) {
      List<byte[]> presented = new ArrayList<>(hints);
      leaf.ifPresent(own -> presented.add(0, own));
      return Optional.of(cache.chain(presented));
    }
    return known(quote, leaf);
  }

  /** Of the chains in our own folder the one that signed, else the first. */
  private Optional<PckChain> known(TdxQuote quote, Optional<byte[]> leaf) {
    Optional<PckChain> first = Optional.empty();
    Optional<Check> spoiled = Optional.empty();
    for (CollateralItem item : collateral.items(TdxItems.PCK_CHAIN)) {
      try {
        PckChain chain = cache.chain(item.bytes());
        if (leaf.filter(own -> !chain.isOf(own)).isPresent()) {
          continue;
        }
        if (chain.hasSigned(quote, signatures)) {
          return Optional.of(chain);
        }
        first = first.or(() -> Optional.of(chain));
      } catch (MalformedEvidenceException e) {
        spoiled = spoiled.or(() -> Optional.of(Trail.invalid("tdx.pck-chain", e)));
      }
    }
    if (first.isEmpty()) {
      trail.add(
          spoiled.orElseGet(
              () ->
                  Check.missing(
                      "tdx.pck-chain",
                      ReasonCode.ENDORSEMENT_MISSING,
                      "the PCK certificate and those above it",
                      "certification data of type " + quote.certificationData().type(),
                      DCAP)));
    }
    return first;
  }

  private static Optional<byte[]> leaf(TdxQuote quote) throws MalformedEvidenceException {
    if (!(quote.certificationData() instanceof CertificationData.PckLeaf leaf)) {
      return Optional.empty();
    }
    List<byte[]> certificates = Certificates.parsePem(leaf.pem());
    if (certificates.size() != 1) {
      throw MalformedEvidenceException.of(
          "tdx.pck-chain",
          ReasonCode.EVIDENCE_MALFORMED,
          "one certificate in certification data of type 4",
          certificates.size(),
          DCAP);
    }
    return Optional.of(certificates.get(0));
  }
}
