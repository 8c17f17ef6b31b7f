// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.support;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What a relying party's own revocation lists say (RFC 5280 section 5): each must be there,
 * genuine, current and not older than before.
 */
public final class RevocationLists {
  private final Collateral collateral;
  private final Trail trail;
  private final CollateralTimes times;
  private final String source;

  /**
   * Looks among a relying party's collateral.
   *
   * @param source document and section that ask for the lists
   */
  public RevocationLists(Collateral collateral, Trail trail, CollateralTimes times, String source) {
    this.collateral = collateral;
    this.trail = trail;
    this.times = times;
    this.source = source;
  }

  /** Verifies a list. */
  @FunctionalInterface
  public interface Reading {
    /** Returns the list, or says what is wrong with it. */
    RevocationList read(CollateralItem item) throws MalformedEvidenceException;
  }

  /** Finds a list and says on the trail what becomes of it. */
  public Optional<RevocationList> find(String check, String kind, String subject, Reading reading) {
    List<CollateralItem> items = collateral.items(kind, subject);
    if (items.isEmpty()) {
      trail.add(
          Check.missing(
              check,
              ReasonCode.COLLATERAL_UNAVAILABLE,
              "the revocation list " + subject,
              "none",
              source));
      return Optional.empty();
    }
    try {
      RevocationList list = reading.read(items.get(0));
      times.current(check, list.use(), "RFC 5280 section 5.1.2");
      return Optional.of(list);
    } catch (MalformedEvidenceException e) {
      trail.add(Trail.invalid(check, e));
      return Optional.empty();
    }
  }

  /** Adds whether a list names a certificate. */
  public void notNamed(
      String check, RevocationList list, X509Certificate certificate, String what) {
    boolean revoked = list.names(certificate);
    trail.add(
        Check.of(
            check,
            ReasonCode.CERT_REVOKED,
            !revoked,
            what + " not revoked",
            revoked ? "revoked" : "not revoked",
            source));
  }
}
