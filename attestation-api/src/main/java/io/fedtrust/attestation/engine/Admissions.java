// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Appraisal;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.PolicyIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who is admitted at present (trust protocol, section 7). State, not a cache: a trusted verdict
 * admits until it ends, a rejection ends it at once, a missed answer changes nothing, and an
 * inconclusive one may only prolong what the same process was trusted for.
 */
final class Admissions {
  private final Duration grace;
  private final Map<String, Admission> current = new HashMap<>();

  /**
   * Admits nobody yet.
   *
   * @param grace how long after the last trusted verdict inconclusive ones may bridge
   */
  Admissions(Duration grace) {
    this.grace = grace;
  }

  /**
   * A site that is admitted.
   *
   * @param verdict the last trusted one
   * @param expiresAt when the admission ends
   */
  record Admission(SiteVerdict verdict, Instant expiresAt) {}

  /** Takes note of a verdict. */
  synchronized void record(SiteVerdict verdict) {
    switch (verdict.outcome()) {
      case TRUSTED -> current.put(verdict.site(), new Admission(verdict, verdict.expiresAt()));
      case REJECTED -> current.remove(verdict.site());
      case INCONCLUSIVE ->
          current(verdict.site(), verdict.verifiedAt())
              .filter(admission -> basis(admission.verdict()).equals(basis(verdict)))
              .ifPresent(admission -> prolong(admission));
    }
  }

  /** To the same instant however often: prolongations do not add up. */
  private void prolong(Admission admission) {
    SiteVerdict trusted = admission.verdict();
    Instant graced = trusted.verifiedAt().plus(grace);
    Instant latest =
        graced.isBefore(trusted.prolongableUntil()) ? graced : trusted.prolongableUntil();
    if (latest.isAfter(admission.expiresAt())) {
      current.put(trusted.site(), new Admission(trusted, latest));
    }
  }

  /** Finds who is admitted at an instant. */
  synchronized Optional<Admission> current(String site, Instant at) {
    return Optional.ofNullable(current.get(site))
        .filter(admission -> at.isBefore(admission.expiresAt()));
  }

  synchronized void forget(String site) {
    current.remove(site);
  }

  private record Basis(
      Optional<String> confirmation,
      List<EvidenceForm> forms,
      List<PolicyIdentity> policies,
      List<Optional<String>> measurements) {}

  /** What must be the same for one verdict to stand in for another. */
  private static Basis basis(SiteVerdict verdict) {
    List<Appraisal> appraisals = verdict.verdicts().stream().map(Verdict::appraisal).toList();
    return new Basis(
        verdict.confirmation(),
        appraisals.stream().map(Appraisal::form).toList(),
        appraisals.stream().map(Appraisal::policy).toList(),
        appraisals.stream().map(appraisal -> appraisal.claims().map(Claims::measurement)).toList());
  }
}
