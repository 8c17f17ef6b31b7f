// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.engine.JobScheduling.Verified;
import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.ScheduleHistory;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.RetryPolicy;
import io.fedtrust.attestation.spi.OnBadClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One attempt to schedule a job, and when the next one is. */
class JobSchedulingTest {
  private static final Instant NOW = TestProject.NOW;
  private static final Set<String> ONLINE = Set.of("a", "b", "c", "elsewhere");

  private static JobRequirements job(int minimum, String... mandatory) {
    return new JobRequirements(
        "job",
        false,
        Optional.of(Set.of("a", "b", "c", "off")),
        Set.of(mandatory),
        minimum,
        Optional.empty());
  }

  private static SiteVerdict verdict(String site, boolean trusted) {
    return new SiteVerdict(
        site,
        trusted ? SiteVerdict.Outcome.TRUSTED : SiteVerdict.Outcome.INCONCLUSIVE,
        trusted ? Optional.empty() : Optional.of(ReasonCode.COLLATERAL_UNAVAILABLE),
        List.of(),
        List.of(),
        Optional.empty(),
        NOW,
        trusted ? NOW.plusSeconds(60) : NOW,
        NOW,
        List.of());
  }

  private static Map<String, SiteVerdict> verdicts(String... trusted) {
    Map<String, SiteVerdict> verdicts = new HashMap<>();
    for (String site : List.of("a", "b", "c")) {
      verdicts.put(site, verdict(site, Set.of(trusted).contains(site)));
    }
    return verdicts;
  }

  private static Verified verified(
      JobRequirements job, Map<String, SiteVerdict> verdicts, OnBadClient onBad) {
    return JobScheduling.afterServer(
        job, JobScheduling.candidates(job, ONLINE), verdicts, Map.of(), onBad, NOW);
  }

  @Test
  @DisplayName("B19 candidates are the clients of the deploy map that are there, and no other")
  void candidates() {
    assertThat(JobScheduling.candidates(job(1), ONLINE)).containsExactly("a", "b", "c");
    JobRequirements everywhere =
        new JobRequirements("job", false, Optional.empty(), Set.of(), 1, Optional.empty());
    assertThat(JobScheduling.candidates(everywhere, ONLINE)).hasSize(4);
  }

  @Test
  @DisplayName("B21 one bad client: the job waits and nothing is sent, or it runs without")
  void badClient() {
    Verified blocked = verified(job(1), verdicts("a", "b"), OnBadClient.BLOCK);
    assertThat(blocked.decision())
        .contains(new JobDecision.Retry("_cc_verify_error.; c: COLLATERAL_UNAVAILABLE"));
    Verified without = verified(job(1), verdicts("a", "b"), OnBadClient.EXCLUDE);
    assertThat(without.decision()).isEmpty();
    assertThat(without.clients()).containsExactly("a", "b");
    assertThat(verified(job(3), verdicts("a", "b"), OnBadClient.EXCLUDE).decision())
        .contains(new JobDecision.Retry("2 of at least 3 clients; c: COLLATERAL_UNAVAILABLE"));
  }

  @Test
  @DisplayName("W03 no verdict, one of another site and one that has ended are no entry")
  void noVerdict() {
    Map<String, SiteVerdict> verdicts = verdicts("a", "b", "c");
    verdicts.remove("a");
    verdicts.put("b", verdict("c", true));
    Verified verified = verified(job(1), verdicts, OnBadClient.EXCLUDE);
    assertThat(verified.clients()).containsExactly("c");
    assertThat(verified.left()).containsEntry("a", "no verdict").containsKey("b");
    assertThat(
            JobScheduling.afterServer(
                    job(1),
                    new TreeSet<>(Set.of("c")),
                    verdicts,
                    Map.of(),
                    OnBadClient.EXCLUDE,
                    NOW.plusSeconds(60))
                .clients())
        .isEmpty();
  }

  @Test
  @DisplayName("B23 B24 11 a client that declines is left out, the others run")
  void declining() {
    Verified all = verified(job(2), verdicts("a", "b", "c"), OnBadClient.BLOCK);
    JobDecision decision =
        JobScheduling.afterClients(
            job(2),
            all,
            Map.of(
                "a",
                Optional.empty(),
                "b",
                Optional.of("POLICY_VIOLATION"),
                "c",
                Optional.empty()));
    assertThat(decision)
        .isInstanceOfSatisfying(
            JobDecision.Dispatch.class,
            dispatch -> {
              assertThat(dispatch.clients()).containsExactly("a", "c");
              assertThat(dispatch.left()).containsOnly(Map.entry("b", "POLICY_VIOLATION"));
            });
  }

  @Test
  @DisplayName("B25 12 too few, a mandatory one that declines, and silence: the job waits")
  void waiting() {
    Verified all = verified(job(2), verdicts("a", "b", "c"), OnBadClient.BLOCK);
    assertThat(JobScheduling.afterClients(job(2), all, Map.of("a", Optional.empty())))
        .isEqualTo(new JobDecision.Retry("1 of at least 2 clients; b: no answer; c: no answer"));
    assertThat(
            JobScheduling.afterClients(
                job(1, "b"),
                all,
                Map.of("a", Optional.empty(), "b", Optional.of("no"), "c", Optional.empty())))
        .isEqualTo(new JobDecision.Retry("mandatory clients missing: [b]; b: no"));
    assertThat(verified(job(1, "off"), verdicts("a", "b", "c"), OnBadClient.BLOCK).decision())
        .contains(new JobDecision.Retry("mandatory clients missing: [off]"));
  }

  @Property(tries = 300)
  @Label("B08 nobody runs whom the server does not trust or who did not accept")
  void nobodyElse(
      @ForAll @Size(max = 3) Set<@IntRange(max = 2) Integer> trusted,
      @ForAll @Size(max = 3) Set<@IntRange(max = 2) Integer> accepting,
      @ForAll @IntRange(min = 1, max = 3) int minimum) {
    List<String> names = List.of("a", "b", "c");
    Verified verified =
        verified(
            job(minimum),
            verdicts(trusted.stream().map(names::get).toArray(String[]::new)),
            OnBadClient.EXCLUDE);
    Map<String, Optional<String>> answers = new HashMap<>();
    accepting.forEach(index -> answers.put(names.get(index), Optional.empty()));
    JobDecision decision = JobScheduling.afterClients(job(minimum), verified, answers);
    Set<String> both = new TreeSet<>();
    trusted.stream().filter(accepting::contains).map(names::get).forEach(both::add);
    if (both.size() >= minimum) {
      assertThat(((JobDecision.Dispatch) decision).clients()).isEqualTo(both);
    } else {
      assertThat(decision).isInstanceOf(JobDecision.Retry.class);
    }
  }

  @Test
  @DisplayName("B26 13 attempts wait 10, 20, 40 ... 600 seconds; after ten the job is given up")
  void backOff() {
    RetryPolicy policy = RetryPolicy.DEFAULT;
    ScheduleHistory history = ScheduleHistory.NONE;
    assertThat(policy.nextAttempt(history)).isBefore(NOW);
    List<Long> waits = new ArrayList<>();
    Instant at = NOW;
    for (int i = 0; i < 10; i++) {
      assertThat(policy.isExhausted(history)).isFalse();
      history = history.with(at, "not enough clients");
      Instant next = policy.nextAttempt(history);
      waits.add(Duration.between(at, next).toSeconds());
      at = next;
    }
    assertThat(waits).containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L, 600L, 600L);
    assertThat(policy.isExhausted(history)).isTrue();
    assertThat(history.lines().get(0)).isEqualTo("2026-11-21 12:00:00: not enough clients");
    assertThat(history.count()).isEqualTo(10);
    assertThatThrownBy(() -> new RetryPolicy(0, Duration.ofSeconds(1), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetryPolicy(1, Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
