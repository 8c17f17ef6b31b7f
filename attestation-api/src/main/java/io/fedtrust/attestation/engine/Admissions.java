// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Appraisal;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.PolicyIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who is admitted at present, with the verdict and the entries that say why (trust protocol,
 * section 7). State, not a cache: a trusted verdict admits until it ends, a rejection ends it at
 * once, a missed answer changes no end, and an inconclusive one may only prolong what the same
 * process was trusted for. Kept in memory alone: a restart knows nobody.
 */
final class Admissions {
  private final Duration grace;
  private final TreeMap<String, Admission> sites = new TreeMap<>();

  /**
   * Admits nobody yet.
   *
   * @param grace how long after the last trusted verdict inconclusive ones may bridge
   */
  Admissions(Duration grace) {
    this.grace = grace;
  }

  /** What became of a site. */
  enum Change {
    /** Nothing. */
    NONE,
    /** It is admitted, for the first time or for longer. */
    ADMITTED,
    /** It is admitted after it was in quarantine. */
    RECOVERED,
    /** It was admitted and is in quarantine from now on. */
    ENDED
  }

  /**
   * A site that proved itself.
   *
   * @param verdict the last trusted one, in short
   * @param entries what it proved itself with
   * @param answer the same as it was read, to be judged again; empty for a site without evidence
   * @param expiresAt when the admission ends
   * @param missed answers in a row that did not come
   * @param quarantined whether it ended before its time, or at it
   */
  record Admission(
      SiteVerdict verdict,
      List<CCToken> entries,
      Optional<AnswerReader.Answer> answer,
      Instant expiresAt,
      int missed,
      boolean quarantined) {
    Admission {
      entries = List.copyOf(entries);
    }

    boolean isCurrent(Instant at) {
      return !quarantined && at.isBefore(expiresAt);
    }

    private Admission until(Instant end) {
      return new Admission(verdict, entries, answer, end, 0, quarantined);
    }

    private Admission missing(int count) {
      return new Admission(verdict, entries, answer, expiresAt, count, quarantined);
    }

    private Admission ended() {
      return new Admission(verdict, List.of(), Optional.empty(), expiresAt, missed, true);
    }
  }

  /** Takes note of a verdict. Whoever was never trusted is not kept. */
  synchronized Change record(
      SiteVerdict verdict, List<CCToken> entries, Optional<AnswerReader.Answer> answer) {
    Admission known = sites.get(verdict.site());
    return switch (verdict.outcome()) {
      case TRUSTED -> {
        sites.put(
            verdict.site(),
            new Admission(verdict.summary(), entries, answer, verdict.expiresAt(), 0, false));
        yield known != null && known.quarantined() ? Change.RECOVERED : Change.ADMITTED;
      }
      case REJECTED -> end(verdict.site());
      case INCONCLUSIVE -> {
        if (known != null
            && known.isCurrent(verdict.verifiedAt())
            && basis(known.verdict()).equals(basis(verdict))) {
          prolong(known);
        }
        yield Change.NONE;
      }
    };
  }

  private Change end(String site) {
    Admission known = sites.get(site);
    if (known == null || known.quarantined()) {
      return Change.NONE;
    }
    sites.put(site, known.ended());
    return Change.ENDED;
  }

  /** To the same instant however often: prolongations do not add up. */
  private void prolong(Admission admission) {
    SiteVerdict trusted = admission.verdict();
    Instant graced = trusted.verifiedAt().plus(grace);
    Instant latest =
        graced.isBefore(trusted.prolongableUntil()) ? graced : trusted.prolongableUntil();
    sites.put(
        trusted.site(),
        admission.until(latest.isAfter(admission.expiresAt()) ? latest : admission.expiresAt()));
  }

  /** Takes note that an answer did not come; so many in a row are tolerated. */
  synchronized Change missed(String site, int tolerated) {
    Admission known = sites.get(site);
    if (known == null || known.quarantined()) {
      return Change.NONE;
    }
    if (known.missed() >= tolerated) {
      return end(site);
    }
    sites.put(site, known.missing(known.missed() + 1));
    return Change.NONE;
  }

  /** Takes note that time has passed. */
  synchronized Change lapsed(String site, Instant at) {
    Admission known = sites.get(site);
    return known == null || known.isCurrent(at) ? Change.NONE : end(site);
  }

  /** Finds who is admitted at an instant. */
  synchronized Optional<Admission> current(String site, Instant at) {
    return Optional.ofNullable(sites.get(site)).filter(admission -> admission.isCurrent(at));
  }

  /** Everybody who ever proved itself and has not left, whether admitted or in quarantine. */
  synchronized Set<String> members() {
    return new TreeSet<>(sites.keySet());
  }

  /** Those of them who are admitted. */
  synchronized List<Admission> admitted(Instant at) {
    return sites.values().stream().filter(admission -> admission.isCurrent(at)).toList();
  }

  synchronized void forget(String site) {
    sites.remove(site);
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
