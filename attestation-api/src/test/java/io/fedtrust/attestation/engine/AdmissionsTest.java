// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.engine.Admissions.Cause;
import io.fedtrust.attestation.model.Appraisal;
import io.fedtrust.attestation.model.Assurance;
import io.fedtrust.attestation.model.Claims;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.PolicyIdentity;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.model.SiteVerdict.Outcome;
import io.fedtrust.attestation.model.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long a site is admitted, and what changes it. */
class AdmissionsTest {
  private static final Instant NOW = TestProject.NOW;
  private static final String SITE = "hospital-a";

  private final Admissions admissions = new Admissions(Duration.ofMinutes(30));

  private static Instant minute(int minutes) {
    return NOW.plus(Duration.ofMinutes(minutes));
  }

  private static SiteVerdict verdict(
      Outcome outcome, int at, String session, String measurement, int policy, int prolongable) {
    boolean trusted = outcome == Outcome.TRUSTED;
    Instant end = trusted ? minute(at + 10) : minute(at);
    Appraisal appraisal =
        new Appraisal(
            SITE,
            EvidenceForm.SNP_REPORT,
            Assurance.SESSION_NAMED,
            "evidence",
            new PolicyIdentity("policy", String.valueOf(policy), "digest" + policy),
            List.of(),
            minute(at),
            end,
            trusted ? minute(prolongable) : minute(at),
            Optional.of(session),
            Optional.of(Claims.of(EvidenceForm.SNP_REPORT, measurement, new byte[64]).build()),
            List.of(),
            List.of());
    Verdict entry =
        switch (outcome) {
          case TRUSTED -> new Verdict.Trusted(appraisal);
          case REJECTED -> new Verdict.Rejected(appraisal, ReasonCode.SIGNATURE_INVALID);
          case INCONCLUSIVE -> new Verdict.Inconclusive(appraisal, ReasonCode.COLLATERAL_EXPIRED);
        };
    return new SiteVerdict(
        SITE,
        outcome,
        Optional.empty(),
        List.of(entry),
        List.of(),
        Optional.of(session),
        minute(at),
        end,
        appraisal.prolongableUntil(),
        List.of());
  }

  private static SiteVerdict trusted(int at) {
    return verdict(Outcome.TRUSTED, at, "session", "m", 1, 120);
  }

  private static SiteVerdict inconclusive(int at) {
    return verdict(Outcome.INCONCLUSIVE, at, "session", "m", 1, 0);
  }

  private void admittedUntil(int minute) {
    assertThat(admissions.current(SITE, minute(minute).minusNanos(1))).isPresent();
    assertThat(admissions.current(SITE, minute(minute))).isEmpty();
  }

  @Test
  @DisplayName("a trusted verdict admits until it ends, a later one from then on")
  void trustedAdmits() {
    assertThat(admissions.current(SITE, NOW)).isEmpty();
    admissions.record(trusted(0), List.of(), Optional.empty());
    admittedUntil(10);
    admissions.record(trusted(5), List.of(), Optional.empty());
    admittedUntil(15);
    admissions.forget(SITE);
    assertThat(admissions.current(SITE, minute(6))).isEmpty();
  }

  @Test
  @DisplayName("a rejection ends an admission at once")
  void rejected() {
    admissions.record(trusted(0), List.of(), Optional.empty());
    admissions.record(
        verdict(Outcome.REJECTED, 1, "session", "m", 1, 0), List.of(), Optional.empty());
    assertThat(admissions.current(SITE, minute(1))).isEmpty();
  }

  @Test
  @DisplayName("inconclusive never admits, neither first nor after an admission has ended")
  void neverAdmits() {
    admissions.record(inconclusive(0), List.of(), Optional.empty());
    assertThat(admissions.current(SITE, NOW)).isEmpty();
    admissions.record(trusted(0), List.of(), Optional.empty());
    admissions.record(inconclusive(10), List.of(), Optional.empty());
    assertThat(admissions.current(SITE, minute(10))).isEmpty();
  }

  @Test
  @DisplayName("it prolongs to the grace after the last trusted verdict, however often it comes")
  void prolongs() {
    admissions.record(trusted(0), List.of(), Optional.empty());
    admissions.record(inconclusive(9), List.of(), Optional.empty());
    admittedUntil(30);
    admissions.record(inconclusive(29), List.of(), Optional.empty());
    admittedUntil(30);
  }

  @Test
  @DisplayName("it prolongs past no end of certificate or policy, and shortens nothing")
  void ends() {
    admissions.record(
        verdict(Outcome.TRUSTED, 0, "session", "m", 1, 20), List.of(), Optional.empty());
    admissions.record(inconclusive(9), List.of(), Optional.empty());
    admittedUntil(20);
    Admissions strict = new Admissions(Duration.ofMinutes(1));
    strict.record(trusted(0), List.of(), Optional.empty());
    strict.record(inconclusive(1), List.of(), Optional.empty());
    assertThat(strict.current(SITE, minute(9))).isPresent();
  }

  @Test
  @DisplayName("another process, measurement or policy prolongs nothing")
  void otherBasis() {
    for (SiteVerdict other :
        List.of(
            verdict(Outcome.INCONCLUSIVE, 9, "other", "m", 1, 0),
            verdict(Outcome.INCONCLUSIVE, 9, "session", "other", 1, 0),
            verdict(Outcome.INCONCLUSIVE, 9, "session", "m", 2, 0))) {
      Admissions fresh = new Admissions(Duration.ofMinutes(30));
      fresh.record(trusted(0), List.of(), Optional.empty());
      fresh.record(other, List.of(), Optional.empty());
      assertThat(fresh.current(SITE, minute(10))).isEmpty();
    }
  }

  private Admissions.Change judged(Outcome outcome, int at) {
    return admissions.record(
        verdict(outcome, at, "session", "m", 1, 120), List.of(), Optional.empty());
  }

  private Optional<Admissions.Quarantine> quarantine() {
    return admissions.quarantine(SITE);
  }

  @Test
  @DisplayName("quarantine says why and since when: rejected, silent, lapsed or denied")
  void quarantined() {
    assertThat(quarantine()).as("was never admitted").isEmpty();
    admissions.record(trusted(0), List.of(), Optional.empty());
    assertThat(quarantine()).isEmpty();
    assertThat(judged(Outcome.REJECTED, 1)).isInstanceOf(Admissions.Ended.class);
    assertThat(quarantine()).contains(new Admissions.Quarantine(Cause.REJECTED, minute(1)));
    admissions.record(trusted(2), List.of(), Optional.empty());
    assertThat(quarantine()).isEmpty();
    assertThat(admissions.missed(SITE, 0, minute(3))).isInstanceOf(Admissions.Ended.class);
    assertThat(quarantine()).contains(new Admissions.Quarantine(Cause.SILENT, minute(3)));
    admissions.record(trusted(4), List.of(), Optional.empty());
    assertThat(admissions.lapsed(SITE, minute(14))).isInstanceOf(Admissions.Ended.class);
    assertThat(quarantine()).contains(new Admissions.Quarantine(Cause.LAPSED, minute(14)));
    admissions.record(trusted(15), List.of(), Optional.empty());
    assertThat(admissions.denied(SITE, minute(16))).isInstanceOf(Admissions.Ended.class);
    assertThat(quarantine()).contains(new Admissions.Quarantine(Cause.DENIED, minute(16)));
  }

  @Test
  @DisplayName("a verdict during the quarantine changes its cause and not its beginning")
  void laterCause() {
    admissions.record(trusted(0), List.of(), Optional.empty());
    admissions.missed(SITE, 0, minute(1));
    assertThat(judged(Outcome.REJECTED, 2)).isInstanceOf(Admissions.Unchanged.class);
    assertThat(quarantine()).contains(new Admissions.Quarantine(Cause.REJECTED, minute(1)));
    admissions.missed(SITE, 0, minute(3));
    admissions.lapsed(SITE, minute(20));
    assertThat(quarantine()).contains(new Admissions.Quarantine(Cause.REJECTED, minute(1)));
  }

  @Test
  @DisplayName("who was in quarantine for so long has left, and its quarantine with it")
  void left() {
    admissions.record(trusted(0), List.of(), Optional.empty());
    assertThat(admissions.left(SITE, Duration.ofMinutes(60), minute(100))).isFalse();
    admissions.lapsed(SITE, minute(10));
    assertThat(admissions.left(SITE, Duration.ofMinutes(60), minute(69))).isFalse();
    assertThat(admissions.left(SITE, Duration.ofMinutes(60), minute(70))).isTrue();
    assertThat(quarantine()).isEmpty();
    assertThat(admissions.members()).isEmpty();
  }

  @Test
  @DisplayName("five signed refusals in a row are no miss, the sixth is; a judged answer resets")
  void refusals() {
    admissions.record(trusted(0), List.of(), Optional.empty());
    for (int i = 0; i < 5; i++) {
      assertThat(admissions.refused(SITE, 5)).isFalse();
    }
    assertThat(admissions.refused(SITE, 5)).isTrue();
    assertThat(admissions.missed(SITE, 2, minute(1))).isInstanceOf(Admissions.Unchanged.class);
    assertThat(admissions.refused(SITE, 5)).as("a miss resets nothing").isTrue();
    admittedUntil(10);
    admissions.record(inconclusive(2), List.of(), Optional.empty());
    assertThat(admissions.refused(SITE, 5)).isFalse();
  }

  @Test
  @DisplayName("another session key of an admitted site replaces the former admission")
  void replaced() {
    assertThat(judged(Outcome.TRUSTED, 0)).isInstanceOf(Admissions.Admitted.class);
    assertThat(judged(Outcome.TRUSTED, 1)).isInstanceOf(Admissions.Admitted.class);
    assertThat(
            admissions.record(
                verdict(Outcome.TRUSTED, 2, "other", "m", 1, 120), List.of(), Optional.empty()))
        .isEqualTo(new Admissions.Replaced("session", "other"));
    admissions.lapsed(SITE, minute(12));
    assertThat(judged(Outcome.TRUSTED, 13)).isInstanceOf(Admissions.Readmitted.class);
  }

  private static AnswerReader.Answer asked(int minute) {
    return AnswerReader.Answer.withoutEvidence(SITE, minute(minute));
  }

  @Test
  @DisplayName("a trusted verdict on an answer from before a rejection admits nobody again")
  void rejectedSince() {
    admissions.record(trusted(0), List.of(), Optional.of(asked(0)));
    admissions.record(
        verdict(Outcome.REJECTED, 5, "session", "m", 1, 0), List.of(), Optional.of(asked(4)));
    assertThat(admissions.record(trusted(6), List.of(), Optional.of(asked(3))))
        .isInstanceOf(Admissions.Superseded.class);
    assertThat(admissions.current(SITE, minute(6))).isEmpty();
    assertThat(admissions.record(trusted(8), List.of(), Optional.of(asked(7))))
        .isInstanceOf(Admissions.Readmitted.class);
  }

  @Test
  @DisplayName("a verdict on an older answer replaces no newer session key")
  void olderAnswer() {
    admissions.record(
        verdict(Outcome.TRUSTED, 5, "new", "m", 1, 120), List.of(), Optional.of(asked(4)));
    assertThat(admissions.record(trusted(6), List.of(), Optional.of(asked(2))))
        .isInstanceOf(Admissions.Superseded.class);
    assertThat(admissions.current(SITE, minute(6)).orElseThrow().verdict().confirmation())
        .contains("new");
  }

  @Test
  @DisplayName("who was only silent is admitted by an answer from before its quarantine")
  void silentSince() {
    admissions.record(trusted(0), List.of(), Optional.of(asked(0)));
    admissions.missed(SITE, 0, minute(3));
    assertThat(admissions.record(trusted(4), List.of(), Optional.of(asked(2))))
        .isInstanceOf(Admissions.Readmitted.class);
  }
}
