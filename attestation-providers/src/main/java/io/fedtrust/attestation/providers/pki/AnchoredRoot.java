// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.codec.Digests;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A root that matched an anchor.
 *
 * @param certificate the root
 * @param sha256 of its bytes, hex
 * @param anchor the record
 * @param how it matched
 */
public record AnchoredRoot(
    X509Certificate certificate, String sha256, TrustAnchor anchor, AnchorMatcher how) {

  /** Finds the first certificate that matches an anchor. */
  public static Optional<AnchoredRoot> find(
      List<TrustAnchor> anchors, List<DerCertificate> candidates, IssuanceChecks issuance) {
    for (DerCertificate candidate : candidates) {
      for (TrustAnchor anchor : anchors) {
        Optional<AnchorMatcher> how = AnchorMatcher.of(anchor, candidate, issuance::selfIssued);
        if (how.isPresent()) {
          return Optional.of(
              new AnchoredRoot(
                  candidate.certificate(), Digests.sha256(candidate.der()), anchor, how.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the description of the match, for a verdict. */
  public String matched() {
    return anchor.subject().getName() + ", " + how;
  }

  /** Returns the notes for the reader of a verdict. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>(2);
    if (anchor.origin() == TrustAnchor.Origin.SIMULATED) {
      notes.add("SIMULATED platform: this evidence was made in software");
    } else if (anchor.origin() == TrustAnchor.Origin.PRIVATE) {
      notes.add("anchor: private, " + anchor.subject().getName());
    }
    if (how == AnchorMatcher.REISSUED) {
      notes.add("anchor: reissued, certificate sha256 " + sha256);
    }
    return notes;
  }
}
