// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Appraisal;
import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.PolicyIdentity;
import io.fedtrust.attestation.model.ReasonCode;
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
 * Who is admitted at present, with the verdict and the entries that say why
 * (docs/protocol/exchange.md#admissions). State, not a cache: a trusted verdict admits until it
 * ends, a rejection ends it at once, a missed answer changes no end, and an inconclusive one may
 * only prolong what the same process was trusted for. Kept in memory alone: a restart knows nobody.
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

  /** Why a site that was admitted is no longer. */
  enum Cause {
    /** A verdict rejected it. */
    REJECTED,
    /** It missed more answers than are tolerated. */
    SILENT,
    /** Its admission came to its end, and no verdict followed. */
    LAPSED,
    /** The policy denies it. */
    DENIED
  }

  /**
   * A site that was admitted and has to prove itself again.
   *
   * @param cause of the latest verdict, or why there is none
   * @param since when its admission ended; a later cause changes nothing here
   */
  record Quarantine(Cause cause, Instant since) {}

  /** What became of a site. */
  sealed interface Change {}

  /** Nothing. */
  record Unchanged() implements Change {}

  /** Nothing: what is known of the site rests on a later answer. */
  record Superseded() implements Change {}

  /** It is admitted, for the first time or for longer. */
  record Admitted() implements Change {}

  /** It is admitted after it was in quarantine. */
  record Readmitted() implements Change {}

  /**
   * It is admitted with another session key than until now.
   *
   * @param before SHA-256 of the former session key, hex
   * @param now SHA-256 of the new one
   */
  record Replaced(String before, String now) implements Change {}

  /** It was admitted, and is in quarantine from now on. */
  record Ended() implements Change {}

  /**
   * A site that proved itself.
   *
   * @param verdict the last trusted one, in short
   * @param entries what it proved itself with
   * @param answer the same as it was read, to be appraised again; empty where nothing was shown
   * @param expiresAt when the admission ends
   * @param missed answers in a row that did not come
   * @param refused signed refusals since the last answer that was appraised
   * @param admitsFrom answers to challenges from before this admit no more: when the answer that
   *     stands was asked for, or when a later one was rejected
   * @param quarantine since when and why it is not admitted; empty while it is
   */
  record Admission(
      SiteVerdict verdict,
      List<CCToken> entries,
      Optional<AnswerReader.Answer> answer,
      Instant expiresAt,
      int missed,
      int refused,
      Instant admitsFrom,
      Optional<Quarantine> quarantine) {
    Admission {
      entries = List.copyOf(entries);
    }

    /**
     * Finds which process was admitted. A verdict by {@code attestation: none} does not name it;
     * the answer does, if the site shows evidence all the same.
     *
     * @return SHA-256 of its session key, hex; empty of a site that showed none
     */
    Optional<String> process() {
      return verdict.confirmation().or(() -> answer.flatMap(AnswerReader.Answer::confirmation));
    }

    /**
     * True if this is the admission of a process.
     *
     * @param session SHA-256 of its session key, hex; empty of one without
     * @param unattested whether the policy says {@code attestation: none} of the site: then an
     *     admission that names no process is one of any
     */
    boolean isOf(Optional<String> session, boolean unattested) {
      return process().equals(session) || (process().isEmpty() && unattested);
    }

    boolean isCurrent(Instant at) {
      return quarantine.isEmpty() && at.isBefore(expiresAt);
    }

    private Admission judgedUntil(Instant end) {
      return new Admission(verdict, entries, answer, end, 0, 0, admitsFrom, quarantine);
    }

    private Admission missing(int count) {
      return new Admission(
          verdict, entries, answer, expiresAt, count, refused, admitsFrom, quarantine);
    }

    private Admission refusing(int count) {
      return new Admission(
          verdict, entries, answer, expiresAt, missed, count, admitsFrom, quarantine);
    }

    private Admission ended(Quarantine now, Instant from) {
      return new Admission(
          verdict, List.of(), Optional.empty(), expiresAt, missed, refused, from, Optional.of(now));
    }
  }

  /**
   * Takes note of a verdict. Whoever was never trusted is not kept. Appraisal takes time, so
   * verdicts come in any order: one that trusts an answer asked for before what is known changes
   * nothing.
   */
  synchronized Change record(
      SiteVerdict verdict, List<CCToken> entries, Optional<AnswerReader.Answer> answer) {
    Admission known = sites.get(verdict.site());
    return switch (verdict.outcome()) {
      case TRUSTED -> {
        Instant asked =
            answer.map(AnswerReader.Answer::challengedAt).orElseGet(verdict::verifiedAt);
        if (known != null && asked.isBefore(known.admitsFrom())) {
          yield new Superseded();
        }
        Admission now =
            new Admission(
                verdict.summary(),
                entries,
                answer,
                verdict.expiresAt(),
                0,
                0,
                asked,
                Optional.empty());
        sites.put(verdict.site(), now);
        yield admitted(Optional.ofNullable(known), now, verdict.verifiedAt());
      }
      case REJECTED ->
          end(
              verdict.site(),
              verdict.reason().filter(ReasonCode.DENIED::equals).isPresent()
                  ? Cause.DENIED
                  : Cause.REJECTED,
              verdict.verifiedAt());
      case INCONCLUSIVE -> {
        if (known != null && known.quarantine().isEmpty() && !verdict.verdicts().isEmpty()) {
          sites.put(verdict.site(), known.judgedUntil(prolonged(known, verdict)));
        }
        yield new Unchanged();
      }
    };
  }

  /** Takes note of another verdict on the answer that admits a site; nothing if it does no more. */
  synchronized Change recordAgain(SiteVerdict verdict, AnswerReader.Answer answer) {
    Optional<Admission> standing =
        Optional.ofNullable(sites.get(verdict.site()))
            .filter(known -> known.answer().filter(answer::equals).isPresent());
    return standing.isPresent()
        ? record(verdict, standing.get().entries(), Optional.of(answer))
        : new Superseded();
  }

  private static Change admitted(Optional<Admission> known, Admission admission, Instant at) {
    if (known.flatMap(Admission::quarantine).isPresent()) {
      return new Readmitted();
    }
    Optional<String> before =
        known.filter(former -> former.isCurrent(at)).flatMap(Admission::process);
    Optional<String> now = admission.process();
    return before.isPresent() && now.isPresent() && !before.equals(now)
        ? new Replaced(before.get(), now.get())
        : new Admitted();
  }

  /** A later cause counts more, unless it is silence after a verdict; the time stays. */
  private Change end(String site, Cause cause, Instant at) {
    Admission known = sites.get(site);
    if (known == null) {
      return new Unchanged();
    }
    boolean byVerdict = cause == Cause.REJECTED || cause == Cause.DENIED;
    Instant from = byVerdict && at.isAfter(known.admitsFrom()) ? at : known.admitsFrom();
    if (known.quarantine().isPresent()) {
      if (byVerdict) {
        sites.put(site, known.ended(new Quarantine(cause, known.quarantine().get().since()), from));
      }
      return new Unchanged();
    }
    sites.put(site, known.ended(new Quarantine(cause, at), from));
    return new Ended();
  }

  /** To the same instant however often: prolongations do not add up. */
  private Instant prolonged(Admission admission, SiteVerdict verdict) {
    if (!admission.isCurrent(verdict.verifiedAt())
        || !verifiedBinding(verdict)
        || !basis(admission.verdict()).equals(basis(verdict))) {
      return admission.expiresAt();
    }
    SiteVerdict trusted = admission.verdict();
    Instant graced = trusted.verifiedAt().plus(grace);
    Instant latest =
        graced.isBefore(trusted.prolongableUntil()) ? graced : trusted.prolongableUntil();
    return latest.isAfter(admission.expiresAt()) ? latest : admission.expiresAt();
  }

  /** Claims are those whose signature verified: without them nothing is known of this answer. */
  private static boolean verifiedBinding(SiteVerdict verdict) {
    return verdict.verdicts().stream()
        .map(Verdict::appraisal)
        .allMatch(
            appraisal ->
                appraisal.claims().isPresent() && appraisal.assurance() != Assurance.UNBOUND);
  }

  /** Takes note that an answer did not come; so many in a row are tolerated. */
  synchronized Change missed(String site, int tolerated, Instant at) {
    Admission known = sites.get(site);
    if (known == null || known.quarantine().isPresent()) {
      return new Unchanged();
    }
    if (known.missed() >= tolerated) {
      return end(site, Cause.SILENT, at);
    }
    sites.put(site, known.missing(known.missed() + 1));
    return new Unchanged();
  }

  /**
   * Takes note of a signed refusal.
   *
   * @return true if there were so many that this one is a miss
   */
  synchronized boolean refused(String site, int tolerated) {
    Admission known = sites.get(site);
    if (known == null || known.quarantine().isPresent()) {
      return false;
    }
    if (known.refused() >= tolerated) {
      return true;
    }
    sites.put(site, known.refusing(known.refused() + 1));
    return false;
  }

  /** Takes note that time has passed. */
  synchronized Change lapsed(String site, Instant at) {
    Admission known = sites.get(site);
    return known == null || known.isCurrent(at) ? new Unchanged() : end(site, Cause.LAPSED, at);
  }

  /** Takes note that the policy denies a site. */
  synchronized Change denied(String site, Instant at) {
    return end(site, Cause.DENIED, at);
  }

  /**
   * Forgets a site that was in quarantine without interruption for so long.
   *
   * @return true if it was
   */
  synchronized boolean left(String site, Duration longest, Instant at) {
    boolean left =
        quarantine(site).filter(known -> !at.isBefore(known.since().plus(longest))).isPresent();
    if (left) {
      sites.remove(site);
    }
    return left;
  }

  /** Finds why a site is in quarantine; empty if it is admitted, was never, or has left. */
  synchronized Optional<Quarantine> quarantine(String site) {
    return Optional.ofNullable(sites.get(site)).flatMap(Admission::quarantine);
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
