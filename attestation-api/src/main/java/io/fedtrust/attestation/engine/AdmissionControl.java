// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.event.Consequence;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.protocol.CCInfo;
import io.fedtrust.attestation.protocol.Presence;
import io.fedtrust.attestation.spi.SiteActions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where an answer becomes a verdict, and a verdict an admission or its end. What
 * fails on the way is a rejection: no verdict never admits.
 */
final class AdmissionControl implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.attestation");

  private final AnswerReader bound;
  private final UnboundReader unbound;
  private final ReplayCheck replays;
  private final Set<String> nvflarePeers;
  private final SiteAppraisal appraisal;
  private final Admissions admissions;
  private final AtomicReference<FederationPolicy> policy;
  private final Events events;
  private final SiteActions actions;
  private final Consequence consequence;
  private final int toleratedMisses;
  private final int toleratedRefusals;
  private final Duration forgetAfter;
  private final InstantSource clock;
  private final Lapses lapses;
  private final List<BiConsumer<String, String>> losses = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  AdmissionControl(
      AnswerReader bound,
      UnboundReader unbound,
      ReplayCheck replays,
      SiteAppraisal appraisal,
      Admissions admissions,
      Events events,
      Alarms alarms,
      Settings settings) {
    this.bound = bound;
    this.unbound = unbound;
    this.replays = replays;
    this.nvflarePeers = settings.nvflarePeers();
    this.appraisal = appraisal;
    this.admissions = admissions;
    this.policy = new AtomicReference<>(settings.policy());
    this.events = events;
    this.actions = settings.actions();
    this.consequence = settings.consequence();
    this.toleratedMisses = settings.toleratedMisses();
    this.toleratedRefusals = settings.toleratedRefusals();
    this.forgetAfter = settings.timing().forgetAfter();
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
  boolean isNvflarePeer(String site) {
    return nvflarePeers.contains(site);
  }

  /** Whether a site must not take part, whatever it shows. */
  boolean isDenied(String site) {
    return policy().denies(site);
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
   * Appraises an answer without consequences: this site's own.
   *
   * @throws MalformedEvidenceException if it is no answer
   */
  SiteVerdict judge(String site, List<CCToken> entries) throws MalformedEvidenceException {
    return verdict(bound.read(site, entries, clock.instant()), policy());
  }

  /**
   * Appraises what a site shows when this site asked it: its entries or, if it has no evidence,
   * that it is present.
   *
   * @param purpose for which it was asked
   * @param role how NVFlare's messages may call it
   * @param member of the message that holds the entries
   * @throws MalformedEvidenceException if it is no answer; what was known of the site stays
   */
  Examined answered(
      EvidencePurpose purpose, String site, String role, Map<?, ?> message, String member)
      throws MalformedEvidenceException {
    Occasion occasion =
        switch (purpose) {
          case REGISTRATION -> Occasion.REGISTRATION;
          case JOB -> Occasion.JOB;
          case CROSS_SITE -> Occasion.CROSS_SITE;
        };
    if (isNvflarePeer(site) && isUnattested(site)) {
      return examine(occasion, site, List.of(), Optional.empty(), List.of());
    }
    if (!isNvflarePeer(site)
        && !message.containsKey(member)
        && message.get(Topics.HERE) instanceof Map<?, ?> here) {
      AnswerReader.Answer answer =
          bound.present(site, purpose, Presence.fromMap(here), clock.instant());
      return examined(occasion, answer, List.of(), List.of());
    }
    return examine(
        occasion, site, CCInfo.read(message.get(member), site, role), Optional.empty(), List.of());
  }

  /**
   * Appraises an answer, and admits or ends the admission.
   *
   * @param entries of the site; none if it showed that it is present instead
   * @param present with which certificate it showed that, as the caller verified
   * @param notes for the verdict
   * @throws MalformedEvidenceException if it is no answer; what was known of the site stays
   */
  Examined examine(
      Occasion occasion,
      String site,
      List<CCToken> entries,
      Optional<SiteCertificates.Proven> present,
      List<String> notes)
      throws MalformedEvidenceException {
    return examined(occasion, read(site, entries, present), entries, notes);
  }

  private AnswerReader.Answer read(
      String site, List<CCToken> entries, Optional<SiteCertificates.Proven> present)
      throws MalformedEvidenceException {
    Instant now = clock.instant();
    if (isNvflarePeer(site) && !isUnattested(site)) {
      return unbound.read(site, entries, now);
    }
    if (isNvflarePeer(site)) {
      // Whatever came over its connection counts: it need not show anything.
      return AnswerReader.Answer.withoutEvidence(site, now);
    }
    if (entries.isEmpty() && present.isPresent()) {
      return AnswerReader.Answer.withoutEvidence(present.get(), now);
    }
    return bound.read(site, entries, now);
  }

  private Examined examined(
      Occasion occasion, AnswerReader.Answer answer, List<CCToken> entries, List<String> notes)
      throws MalformedEvidenceException {
    FederationPolicy by = policy();
    SiteVerdict verdict =
        noted(isNvflarePeer(answer.site()) ? unreplayed(answer, by) : verdict(answer, by), notes);
    settle(occasion, verdict, admissions.record(verdict, entries, Optional.of(answer)));
    // A policy that came meanwhile has not seen this admission.
    while (verdict.trusted() && policy() != by) {
      by = policy();
      verdict = noted(verdict(answer, by), notes);
      settleAgain(verdict, answer);
    }
    return new Examined(verdict, Optional.of(answer));
  }

  private static SiteVerdict noted(SiteVerdict verdict, List<String> notes) {
    SiteVerdict noted = verdict;
    for (String note : notes) {
      noted = noted.notes().contains(note) ? noted : noted.with(note);
    }
    return noted;
  }

  private static SiteVerdict unattested(
      AnswerReader.Answer answer, FederationPolicy by, Instant now) {
    Instant end = answer.certificateEnd();
    Instant policyEnd = by.notAfter().orElse(Instant.MAX);
    return SiteVerdict.unattested(answer.site(), now, end.isBefore(policyEnd) ? end : policyEnd);
  }

  private SiteVerdict verdict(AnswerReader.Answer answer, FederationPolicy by) {
    Instant now = clock.instant();
    return withoutAppraisal(answer, by, now)
        .orElseGet(
            () -> {
              try {
                return appraisal.judge(answer, by, now);
              } catch (RuntimeException | Error e) {
                return undecided(answer, now, e);
              }
            });
  }

  /** Of a peer that chose its nonce what was presented before is no answer. */
  private SiteVerdict unreplayed(AnswerReader.Answer answer, FederationPolicy by)
      throws MalformedEvidenceException {
    Instant now = clock.instant();
    Optional<SiteVerdict> known = withoutAppraisal(answer, by, now);
    if (known.isPresent()) {
      return known.get();
    }
    try {
      return appraisal.judge(
          answer, by, now, genuine -> replays.first(answer.site(), genuine, now));
    } catch (RuntimeException | Error e) {
      return undecided(answer, now, e);
    }
  }

  private static Optional<SiteVerdict> withoutAppraisal(
      AnswerReader.Answer answer, FederationPolicy by, Instant now) {
    if (by.denies(answer.site()) || answer.certificate().filter(by::denies).isPresent()) {
      return Optional.of(SiteVerdict.denied(answer.site(), now));
    }
    return by.isUnattested(answer.site())
        ? Optional.of(unattested(answer, by, now))
        : Optional.empty();
  }

  /** What fails here says nothing about the site: it neither admits nor rejects. */
  private static SiteVerdict undecided(AnswerReader.Answer answer, Instant now, Throwable failure) {
    LOG.error("a verdict on {} failed", answer.site(), failure);
    return SiteVerdict.undecided(answer.site(), now, failure.getClass().getSimpleName());
  }

  private void settle(Occasion occasion, SiteVerdict verdict, Admissions.Change change) {
    events.tell(new CCEvent.Appraised(clock.instant(), occasion, verdict));
    follow(change, verdict.site(), occasion.text() + ": " + because(verdict));
    if (verdict.trusted() && !(change instanceof Admissions.Superseded)) {
      lapses.watch(verdict.site(), verdict.expiresAt());
    }
  }

  /** By another policy. Appraisal holds no lock: by now the site may stand on another answer. */
  private void settleAgain(SiteVerdict verdict, AnswerReader.Answer answer) {
    Admissions.Change change = admissions.recordAgain(verdict, answer);
    if (!(change instanceof Admissions.Superseded)) {
      settle(Occasion.POLICY, verdict, change);
    }
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

  /** A site signed that it does not answer. That is no miss, unless it says so again and again. */
  void refused(Occasion occasion, String site, Refusal refusal) {
    events.tell(
        new CCEvent.PeerRefused(clock.instant(), occasion, site, refusal.code(), refusal.reason()));
    if (admissions.refused(site, toleratedRefusals)) {
      missed(
          occasion,
          site,
          "more than " + toleratedRefusals + " refusals since its last answer: " + refusal);
    }
  }

  /** Time has passed: whoever is past its end is out, and has left after long enough. */
  void lapse(String site) {
    if (closed) {
      return;
    }
    Instant now = clock.instant();
    follow(admissions.lapsed(site, now), site, "its verdict ended and none followed it");
    if (admissions.left(site, forgetAfter, now)) {
      events.tell(new CCEvent.Forgotten(now, site));
      HostCode.guarded("forgetting", () -> actions.forgotten(site));
    }
  }

  /** The host and the jobs hear of a change after it has been made. */
  private void follow(Admissions.Change change, String site, String reason) {
    if (change instanceof Admissions.Ended) {
      events.tell(new CCEvent.Quarantined(clock.instant(), site, consequence, reason));
      switch (consequence) {
        case QUARANTINE_SITE ->
            HostCode.guarded("quarantine", () -> actions.quarantine(site, reason));
        case STOP_JOBS ->
            HostCode.guarded("stopping of jobs", () -> actions.stopJobs(site, reason));
        case SHUT_DOWN -> HostCode.guarded("shutdown", () -> actions.shutDown(site, reason));
      }
    } else if (change instanceof Admissions.Readmitted) {
      events.tell(new CCEvent.Readmitted(clock.instant(), site));
      HostCode.guarded("readmission", () -> actions.readmit(site));
    } else if (change instanceof Admissions.Replaced replaced) {
      events.tell(
          new CCEvent.SessionChanged(clock.instant(), site, replaced.before(), replaced.now()));
    }
    if (change instanceof Admissions.Ended) {
      lapses.watch(site, clock.instant().plus(forgetAfter));
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

  /** Activates another policy, and appraises every admitted site by it. */
  void replace(FederationPolicy next) {
    FederationPolicy former = policy.getAndSet(next);
    Instant now = clock.instant();
    events.tell(new CCEvent.PolicyReplaced(now, next.changesSince(former)));
    admissions.members().stream()
        .filter(next::denies)
        .filter(site -> admissions.current(site, now).isEmpty())
        .forEach(site -> admissions.denied(site, now));
    for (Admissions.Admission admission : admissions.admitted(now)) {
      AnswerReader.Answer answer = admission.answer().orElseThrow();
      SiteVerdict verdict = noted(verdict(answer, next), admission.verdict().notes());
      settleAgain(verdict, answer);
    }
  }
}
