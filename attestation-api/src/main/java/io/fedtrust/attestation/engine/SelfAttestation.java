// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.SiteVerdict;
import java.util.List;
import java.util.Optional;

/** The last verdict of this site on itself, and what it proved itself with. */
final class SelfAttestation {
  private volatile Optional<Own> own = Optional.empty();

  /** A verdict on this site and its entries. */
  record Own(SiteVerdict verdict, List<CCToken> entries) {}

  void keep(SiteVerdict verdict, List<CCToken> entries) {
    own = Optional.of(new Own(verdict, List.copyOf(entries)));
  }

  Optional<Own> last() {
    return own;
  }
}
