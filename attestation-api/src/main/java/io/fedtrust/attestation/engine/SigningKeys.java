// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EntryProof;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.Presence;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The keys with which this site signs: those of now, and in a round those with which it showed
 * itself, even if the identity was replaced since
 * (docs/protocol/exchange.md#replacing-an-identity).
 */
final class SigningKeys implements Supplier<ProcessKeys> {
  private final Identities identities;
  private final SessionKey session;
  private final boolean attested;

  SigningKeys(Identities identities, SessionKey session, boolean attested) {
    this.identities = identities;
    this.session = session;
    this.attested = attested;
  }

  @Override
  public ProcessKeys get() {
    return of(identities.current());
  }

  /**
   * Finds the keys of a round.
   *
   * @param entries of this site in it; none of a site without evidence
   * @param presence that it showed instead
   * @return the keys that signed them; those of now if they are not kept any more
   */
  ProcessKeys of(List<CCToken> entries, Optional<Presence> presence) {
    return of(
        presence
            .map(Presence::certificates)
            .or(
                () ->
                    entries.stream()
                        .findFirst()
                        .flatMap(CCToken::proof)
                        .map(EntryProof::certificates))
            .flatMap(chain -> identities.holding(chain.get(0)))
            .orElseGet(identities::current));
  }

  private ProcessKeys of(SiteIdentity identity) {
    return new ProcessKeys(identity, session, attested);
  }
}
