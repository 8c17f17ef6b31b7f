// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Appraises the participants of a set by this site's policy, each as its entries come: the server
 * first, then whether the set fits the job, then the others
 * (docs/protocol/jobs.md#checks-of-a-set). Of each it keeps the keys alone.
 */
final class SetJudge {
  private static final int NAMES_AT_ONCE = 256;
  private static final int TRIES = 3;

  private final ClientServices services;
  private final SetChecks checks;
  private final OfferedSet offered;
  private final GroupRound round;
  private final Membership membership;
  private final BooleanSupplier wanted;
  private final List<String> notes;
  private final TreeSet<String> open;
  private final Map<String, PeerKeys> keys = new HashMap<>();
  private final Map<String, String> bad = new TreeMap<>();
  private final Map<String, ReasonCode> codes = new TreeMap<>();

  /**
   * Appraises nobody yet.
   *
   * @param offered whose participants are appraised
   * @param round in which they proved themselves
   * @param membership whom this site expects
   * @param wanted false once nobody waits for the verdicts any more
   */
  SetJudge(
      ClientServices services,
      SetChecks checks,
      OfferedSet offered,
      GroupRound round,
      Membership membership,
      BooleanSupplier wanted) {
    this.services = services;
    this.checks = checks;
    this.offered = offered;
    this.round = round;
    this.membership = membership;
    this.wanted = wanted;
    this.notes = membership.asserted() ? List.of(Membership.ASSERTED) : List.of();
    this.open = new TreeSet<>(offered.set().participants().keySet());
    open.remove(services.self());
  }

  /** The outcome of the appraisal. */
  sealed interface Outcome {}

  /**
   * Everybody is trusted.
   *
   * @param keys of each participant but this site and peers without rounds
   */
  record Trusted(Map<String, PeerKeys> keys) implements Outcome {}

  /**
   * This site does not take part.
   *
   * @param code that is told to the server, if there is one
   * @param why in words
   */
  record Declined(Optional<ReasonCode> code, String why) implements Outcome {}

  /**
   * Appraises, and reserves resources at the host if everybody is trusted.
   *
   * @param shown entries that came with the set
   * @param otherwise why this site declines if the host does not decide
   */
  CompletableFuture<Outcome> decide(
      ShownEntries shown, JobReservation reservation, String otherwise) {
    return CompletableFuture.completedFuture(shown)
        .thenCompose(this::judge)
        .thenCompose(
            outcome ->
                outcome instanceof Trusted && wanted.getAsBoolean()
                    ? reservation
                        .reserve(offered.set().participants().keySet(), otherwise)
                        .thenApply(
                            why ->
                                why.<Outcome>map(text -> new Declined(Optional.empty(), text))
                                    .orElse(outcome))
                    : CompletableFuture.completedFuture(outcome));
  }

  private CompletableFuture<Outcome> judge(ShownEntries shown) {
    String server = services.server();
    judge(server, shown);
    open.remove(server);
    if (!bad.isEmpty()) {
      return CompletableFuture.completedFuture(declined());
    }
    try {
      membership.require(offered.set().participants().keySet());
    } catch (MalformedEvidenceException e) {
      return CompletableFuture.completedFuture(
          new Declined(e.check().code(), JobDecision.VERIFY_ERROR + e.check()));
    }
    return others(shown, 0);
  }

  /** Those whose entries are there; then the next ones are fetched. */
  private CompletableFuture<Outcome> others(ShownEntries shown, int fruitless) {
    Set<String> here = new TreeSet<>(open);
    here.removeIf(site -> !isShown(site, shown));
    for (String site : here) {
      if (!wanted.getAsBoolean()) {
        break;
      }
      judge(site, shown);
    }
    open.removeAll(here);
    if (open.isEmpty() || !wanted.getAsBoolean()) {
      return CompletableFuture.completedFuture(bad.isEmpty() ? new Trusted(keys) : declined());
    }
    if (fruitless == TRIES) {
      open.forEach(site -> bad(site, "entries missing", Optional.of(ReasonCode.EVIDENCE_MISSING)));
      return CompletableFuture.completedFuture(declined());
    }
    return fetched()
        .thenComposeAsync(
            next -> others(next, isAnyShown(next) ? 0 : fruitless + 1), services.settings().work());
  }

  private boolean isAnyShown(ShownEntries shown) {
    return open.stream().anyMatch(site -> isShown(site, shown));
  }

  /** Others than the set names are none: whoever carries them may have altered them. */
  private boolean isShown(String site, ShownEntries shown) {
    return CCToken.entriesDigest(shown.entries().getOrDefault(site, List.of()))
        .equals(offered.set().participants().get(site).entries());
  }

  private CompletableFuture<ShownEntries> fetched() {
    PeerMessage request =
        new PeerMessage(
            Topics.JOB_ENTRIES,
            Map.of(
                Topics.JOB,
                round.job(),
                Topics.SET_DIGEST,
                Base64.getEncoder().encodeToString(offered.digest().bytes()),
                Topics.NAMES,
                open.stream().limit(NAMES_AT_ONCE).toList()));
    return services
        .requests()
        .send(services.server(), request, services.settings().timing().requestTimeout())
        .thenApply(
            reply -> {
              try {
                return reply instanceof Reply.Answered answered
                    ? ShownEntries.of(answered.message().body(), services.server())
                    : new ShownEntries(Map.of(), Map.of());
              } catch (MalformedEvidenceException e) {
                return new ShownEntries(Map.of(), Map.of());
              }
            });
  }

  private void judge(String site, ShownEntries shown) {
    JobSet.Participant named = offered.set().participants().get(site);
    try {
      Instant now = services.settings().clock().instant();
      List<CCToken> entries = shown.entries().getOrDefault(site, List.of());
      Optional<SiteCertificates.Proven> present = Optional.empty();
      if (named.kind() == JobSet.Kind.COMPAT) {
        Membership.check(
            "entries",
            CCToken.entriesDigest(entries).equals(named.entries()),
            "the entries of " + site + " that the set names",
            "others");
      } else {
        String role = site.equals(services.server()) ? SiteIdentity.SERVER_ALIAS : "client";
        PeerKeys its = checks.keys(site, role, named, shown, round, now);
        keys.put(site, its);
        present = Optional.of(its.certificate());
      }
      SiteVerdict verdict =
          services
              .admissionControl()
              .examine(Occasion.JOB, site, entries, present, notes)
              .verdict();
      if (!verdict.trusted()) {
        bad(site, verdict.reason().map(Enum::name).orElse("not trusted"), verdict.reason());
      }
    } catch (MalformedEvidenceException e) {
      // The set came by way of the server: it says nothing against the site it speaks of.
      services
          .events()
          .tell(
              new CCEvent.Unanswered(
                  services.settings().clock().instant(), Occasion.JOB, site, e.check().toString()));
      bad(site, e.check().code().map(Enum::name).orElse("malformed"), e.check().code());
    }
  }

  private void bad(String site, String why, Optional<ReasonCode> code) {
    bad.put(site, why);
    code.ifPresent(known -> codes.put(site, known));
  }

  private Declined declined() {
    return new Declined(
        codes.values().stream().findFirst(),
        JobDecision.Retry.because(JobDecision.VERIFY_ERROR, bad).reason());
  }
}
