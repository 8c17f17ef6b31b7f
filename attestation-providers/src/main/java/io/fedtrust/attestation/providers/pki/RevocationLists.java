// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.pki;

import io.fedtrust.attestation.model.Check;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.providers.checks.CheckRecorder;
import io.fedtrust.attestation.providers.checks.CollateralTimes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Checks a relying party's own revocation lists (RFC 5280 section 5): each must be available,
 * genuine, current and not older than before.
 */
public final class RevocationLists {
  private final Collateral collateral;
  private final CheckRecorder recorder;
  private final CollateralTimes times;
  private final String source;

  /**
   * Looks among a relying party's collateral.
   *
   * @param source document and section that require the lists
   */
  public RevocationLists(
      Collateral collateral, CheckRecorder recorder, CollateralTimes times, String source) {
    this.collateral = collateral;
    this.recorder = recorder;
    this.times = times;
    this.source = source;
  }

  /** Verifies a list. */
  @FunctionalInterface
  public interface Reading {
    /** Returns the list, or says what is wrong with it. */
    RevocationList read(CollateralItem item) throws MalformedEvidenceException;
  }

  /** Finds a list and records the checks of it. */
  public Optional<RevocationList> find(String check, String kind, String subject, Reading reading) {
    List<CollateralItem> items = collateral.items(kind, subject);
    if (items.isEmpty()) {
      recorder.add(
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
      recorder.add(CheckRecorder.invalid(check, e));
      return Optional.empty();
    }
  }

  /** Adds whether a list names a certificate. */
  public void notNamed(
      String check, RevocationList list, X509Certificate certificate, String what) {
    boolean revoked = list.names(certificate);
    recorder.add(
        Check.of(
            check,
            ReasonCode.CERT_REVOKED,
            !revoked,
            what + " not revoked",
            revoked ? "revoked" : "not revoked",
            source));
  }
}
