// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.CCEvent.Occasion;
import io.fedtrust.attestation.spi.Consequence;
import io.fedtrust.attestation.spi.SiteActions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * The one place where an answer becomes a verdict, and a verdict an admission or its end. What
 * fails on the way is a rejection: no verdict never admits.
 */
final class Examiner implements AutoCloseable {
  private final AnswerReader bound;
  private final UnboundReader unbound;
  private final Set<String> compat;
  private final SiteAppraisal appraisal;
  private final Admissions admissions;
  private final AtomicReference<FederationPolicy> policy;
  private final Events events;
  private final SiteActions actions;
  private final Consequence consequence;
  private final int toleratedMisses;
  private final InstantSource clock;
  private final Lapses lapses;
  private final List<BiConsumer<String, String>> losses = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  Examiner(
      AnswerReader bound,
      UnboundReader unbound,
      SiteAppraisal appraisal,
      Admissions admissions,
      Events events,
      Alarms alarms,
      Settings settings) {
    this.bound = bound;
    this.unbound = unbound;
    this.compat = settings.compat();
    this.appraisal = appraisal;
    this.admissions = admissions;
    this.policy = new AtomicReference<>(settings.policy());
    this.events = events;
    this.actions = settings.actions();
    this.consequence = settings.consequence();
    this.toleratedMisses = settings.toleratedMisses();
    this.clock = settings.clock();
    this.lapses = new Lapses(alarms, settings.clock(), this::lapse);
  }

  Admissions admissions() {
    return admissions;
  }

  FederationPolicy policy() {
    return policy.get();
  }

  /** Whether a peer speaks NVFlare's own exchange: configured, never negotiated. */
  boolean isCompat(String site) {
    return compat.contains(site);
  }

  boolean isUnattested(String site) {
    return policy().isUnattested(site);
  }

  /**
   * What came of an answer.
   *
   * @param verdict on the site
   * @param answer as it was read; empty for a site without evidence
   */
  record Examined(SiteVerdict verdict, Optional<AnswerReader.Answer> answer) {}

  /**
   * Judges an answer without consequences: this site's own.
   *
   * @throws MalformedEvidenceException if it is no answer
   */
  SiteVerdict judge(String site, List<CCToken> entries) throws MalformedEvidenceException {
    Instant now = clock.instant();
    return verdict(bound.read(site, entries, now), now);
  }

  /**
   * Judges an answer, and admits or ends the admission.
   *
   * @param certificateEnd of the site, where it is known
   * @param notes for the verdict
   * @throws MalformedEvidenceException if it is no answer; what was known of the site stays
   */
  Examined examine(
      Occasion occasion,
      String site,
      List<CCToken> entries,
      Optional<Instant> certificateEnd,
      List<String> notes)
      throws MalformedEvidenceException {
    Instant now = clock.instant();
    if (isUnattested(site)) {
      return new Examined(
          settle(occasion, unattested(site, now, certificateEnd), List.of(), Optional.empty()),
          Optional.empty());
    }
    AnswerReader.Answer answer =
        isCompat(site) ? unbound.read(site, entries, now) : bound.read(site, entries, now);
    SiteVerdict verdict = noted(verdict(answer, now), notes);
    settle(occasion, verdict, entries, Optional.of(answer));
    // A policy that came meanwhile has not seen this admission.
    while (verdict.trusted()
        && verdict.verdicts().stream()
            .anyMatch(each -> !each.appraisal().policy().equals(policy().identity()))) {
      verdict = noted(verdict(answer, clock.instant()), notes);
      settle(Occasion.POLICY, verdict, entries, Optional.of(answer));
    }
    return new Examined(verdict, Optional.of(answer));
  }

  private static SiteVerdict noted(SiteVerdict verdict, List<String> notes) {
    SiteVerdict noted = verdict;
    for (String note : notes) {
      noted = noted.with(note);
    }
    return noted;
  }

  private SiteVerdict unattested(String site, Instant now, Optional<Instant> certificateEnd) {
    Instant end = certificateEnd.orElse(Instant.MAX);
    Instant policyEnd = policy().notAfter().orElse(Instant.MAX);
    return SiteVerdict.unattested(site, now, end.isBefore(policyEnd) ? end : policyEnd);
  }

  private SiteVerdict verdict(AnswerReader.Answer answer, Instant now) {
    try {
      return appraisal.judge(answer, policy(), now);
    } catch (RuntimeException e) {
      return SiteVerdict.failed(answer.site(), now, e.getClass().getSimpleName());
    }
  }

  private SiteVerdict settle(
      Occasion occasion,
      SiteVerdict verdict,
      List<CCToken> entries,
      Optional<AnswerReader.Answer> answer) {
    Admissions.Change change = admissions.record(verdict, entries, answer);
    events.tell(new CCEvent.Judged(clock.instant(), occasion, verdict));
    follow(change, verdict.site(), occasion.text() + ": " + because(verdict));
    if (verdict.trusted()) {
      lapses.watch(verdict.site(), verdict.expiresAt());
    }
    return verdict;
  }

  private static String because(SiteVerdict verdict) {
    return verdict
        .decisive()
        .map(Object::toString)
        .or(() -> verdict.reason().map(Enum::name))
        .orElse("trusted");
  }

  /** A site was asked, and no answer came that counts. */
  void missed(Occasion occasion, String site, String problem) {
    events.tell(new CCEvent.Unanswered(clock.instant(), occasion, site, problem));
    follow(
        admissions.missed(site, toleratedMisses, clock.instant()),
        site,
        occasion.text() + ": more than " + toleratedMisses + " answers missed; " + problem);
  }

  /** Time has passed: whoever is past its end is no longer admitted. */
  void lapse(String site) {
    if (closed) {
      return;
    }
    follow(
        admissions.lapsed(site, clock.instant()), site, "its verdict ended and none followed it");
  }

  /** The host and the jobs hear of a change after it has been made. */
  private void follow(Admissions.Change change, String site, String reason) {
    if (change instanceof Admissions.Ended) {
      events.tell(new CCEvent.Quarantined(clock.instant(), site, consequence, reason));
      switch (consequence) {
        case QUARANTINE_SITE ->
            HostCode.guarded("quarantine", () -> actions.quarantine(site, reason));
        case STOP_JOBS -> HostCode.guarded("stopping of jobs", () -> actions.stopJobs(site, reason));
        case SHUT_DOWN -> HostCode.guarded("shutdown", () -> actions.shutDown(site, reason));
      }
    } else if (change instanceof Admissions.Recovered) {
      events.tell(new CCEvent.Recovered(clock.instant(), site));
      HostCode.guarded("readmission", () -> actions.readmit(site));
    } else if (change instanceof Admissions.Replaced replaced) {
      events.tell(
          new CCEvent.SessionChanged(clock.instant(), site, replaced.before(), replaced.now()));
    }
    if (change instanceof Admissions.Ended || change instanceof Admissions.Replaced) {
      losses.forEach(loss -> loss.accept(site, reason));
    }
  }

  /** Calls somebody of this engine whenever a process is no longer admitted: site and reason. */
  void whenLost(BiConsumer<String, String> loss) {
    losses.add(loss);
  }

  /** A site has left. */
  void forget(String site) {
    lapses.forget(site);
    admissions.forget(site);
  }

  /** From now on the end of an admission is nobody's business here. */
  @Override
  public void close() {
    closed = true;
  }

  /** Puts another policy in force, and judges by it whoever is admitted. */
  void replace(FederationPolicy next) {
    FederationPolicy former = policy.getAndSet(next);
    Instant now = clock.instant();
    events.tell(new CCEvent.PolicyReplaced(now, next.changesSince(former)));
    for (Admissions.Admission admission : admissions.admitted(now)) {
      String site = admission.verdict().site();
      SiteVerdict verdict =
          admission
              .answer()
              .map(answer -> noted(verdict(answer, now), admission.verdict().notes()))
              .orElseGet(
                  () ->
                      next.isUnattested(site)
                          ? unattested(site, now, Optional.of(admission.verdict().expiresAt()))
                          : SiteVerdict.failed(
                              site, now, "the policy now asks for evidence, and there is none"));
      settle(Occasion.POLICY, verdict, admission.entries(), admission.answer());
    }
  }
}
