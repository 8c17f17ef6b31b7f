// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.engine.ClientProblem.Kind;
import io.fedtrust.attestation.engine.JobScheduling.Roster;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.RetryPolicy;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which clients take part in an attempt, for whom a job waits, and when the next attempt is. */
class JobSchedulingTest {
  private static final Instant NOW = TestProject.NOW;
  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong();
  private final JobPatience patience = new JobPatience(HOUR, nanos::get);

  private static JobRequirements job(int minimum, String... mandatory) {
    return new JobRequirements(
        "job",
        false,
        Optional.of(Set.of("a", "b", "c", "off")),
        Set.of(mandatory),
        minimum,
        Optional.empty());
  }

  private static ClientProblem problem(Kind kind) {
    return new ClientProblem(kind, "because");
  }

  private static SortedMap<String, ClientProblem> only(String site, Kind kind) {
    return new TreeMap<>(Map.of(site, problem(kind)));
  }

  /** An attempt in which clients answered all that they were asked, or did not. */
  private Set<String> attempt(Map<String, ClientProblem> problems) {
    Set<String> waiting = patience.waitsFor(problems);
    patience.record(problems, waiting, true);
    return waiting;
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private Roster roster(JobRequirements job) {
    return JobScheduling.roster(
        job,
        Set.of("a", "b", "elsewhere"),
        Set.of("a", "b", "c", "elsewhere", "gone"),
        site ->
            switch (site) {
              case "c" -> problem(Kind.QUARANTINED);
              default -> ClientProblem.absent("not admitted");
            },
        patience);
  }

  @Test
  @DisplayName("only admitted clients of the deploy map are asked, and every other is named")
  void deployMap() {
    Roster roster = roster(job(1));
    assertThat(roster.clients()).containsExactly("a", "b");
    assertThat(roster.problems()).containsOnlyKeys("c", "off");
    assertThat(roster.problems().get("c").kind()).isEqualTo(Kind.QUARANTINED);
    assertThat(roster.problems().get("off").kind()).isEqualTo(Kind.ABSENT);
  }

  @Test
  @DisplayName("a job for all sites waits for a site that was rejected, and forgets absent ones")
  void everywhere() {
    Roster roster =
        roster(new JobRequirements("job", false, Optional.empty(), Set.of(), 1, Optional.empty()));
    assertThat(roster.clients()).containsExactly("a", "b", "elsewhere");
    assertThat(roster.problems()).containsOnlyKeys("c");
    assertThat(patience.waitsFor(roster.problems())).containsExactly("c");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisplayName("a job waits for a client that is not trusted or not available, and for no other")
  void waiting(Kind kind) {
    Set<String> waiting = patience.waitsFor(only("a", kind));
    switch (kind) {
      case REJECTED, INCONCLUSIVE, QUARANTINED, BUSY, SILENT ->
          assertThat(waiting).containsExactly("a");
      case DECLINED, GIVEN_UP, ABSENT -> assertThat(waiting).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"BUSY", "SILENT"})
  @DisplayName("a client that does not answer makes a job wait in two attempts in a row")
  void twice(Kind kind) {
    assertThat(attempt(only("a", kind))).containsExactly("a");
    assertThat(attempt(only("a", kind))).containsExactly("a");
    assertThat(attempt(only("a", kind))).isEmpty();
    assertThat(attempt(Map.of())).as("it answers").isEmpty();
    assertThat(attempt(only("a", kind))).as("the row begins anew").containsExactly("a");
  }

  @Test
  @DisplayName("an attempt that asks nobody does not interrupt a row of silent attempts")
  void rows() {
    attempt(only("a", Kind.SILENT));
    patience.record(only("b", Kind.QUARANTINED), Set.of("b"), false);
    attempt(only("a", Kind.SILENT));
    assertThat(attempt(only("a", Kind.SILENT))).isEmpty();
  }

  @Test
  @DisplayName("a client delays one job by forgetAfter in all, and is then left out of it for good")
  void longest() {
    attempt(only("a", Kind.REJECTED));
    pass(Duration.ofMinutes(40));
    attempt(Map.of());
    pass(Duration.ofDays(1));
    assertThat(patience.exhausted("a")).as("nobody waited for it").isFalse();
    attempt(only("a", Kind.QUARANTINED));
    pass(Duration.ofMinutes(20));
    assertThat(attempt(only("a", Kind.QUARANTINED))).isEmpty();
    assertThat(roster(job(1)).clients()).containsExactly("b");
    assertThat(roster(job(1)).problems().get("a").kind()).isEqualTo(Kind.GIVEN_UP);
    assertThat(patience.exhausted("b")).isFalse();
  }

  @Test
  @DisplayName("a job that waits names every client without which it does, and why")
  void reasons() {
    SortedMap<String, ClientProblem> problems = only("c", Kind.REJECTED);
    problems.put("off", ClientProblem.absent("not admitted"));
    JobDecision.Retry retry =
        JobScheduling.retry(job(1), Set.of("a", "b"), problems, Set.of("c")).orElseThrow();
    assertThat(retry.reason()).isEqualTo("_cc_verify_error.; c: because; off: not admitted");
    assertThat(retry.sites())
        .isEqualTo(new TreeMap<>(Map.of("c", "because", "off", "not admitted")));
    assertThat(
            JobScheduling.retry(job(1), Set.of("a"), only("b", Kind.SILENT), Set.of("b"))
                .orElseThrow()
                .reason())
        .isEqualTo("clients do not answer: [b]; b: because");
  }

  @Test
  @DisplayName("clients that are left out count against mandatory ones and the least number")
  void enough() {
    SortedMap<String, ClientProblem> problems = only("b", Kind.DECLINED);
    assertThat(JobScheduling.retry(job(2), Set.of("a", "c"), problems, Set.of())).isEmpty();
    assertThat(JobScheduling.retry(job(3), Set.of("a", "c"), problems, Set.of()))
        .map(JobDecision.Retry::reason)
        .contains("2 of at least 3 clients; b: because");
    assertThat(JobScheduling.retry(job(1, "b"), Set.of("a", "c"), problems, Set.of()))
        .map(JobDecision.Retry::reason)
        .contains("mandatory clients missing: [b]; b: because");
  }

  @Test
  @DisplayName("what a client says decides: busy, absent or declined, and anything else is silence")
  void replies() {
    assertThat(kind(Refusal.busy(Duration.ofSeconds(5)))).isEqualTo(Kind.BUSY);
    assertThat(kind(Refusal.of(RefusalCode.NOT_STARTED))).isEqualTo(Kind.BUSY);
    assertThat(kind(Refusal.of(RefusalCode.NOT_ADMITTED))).isEqualTo(Kind.ABSENT);
    assertThat(kind(Refusal.declined(ReasonCode.MEASUREMENT_UNKNOWN))).isEqualTo(Kind.DECLINED);
    assertThat(ClientProblem.of("no evidence", new Reply.Silent("no reply")))
        .isEqualTo(new ClientProblem(Kind.SILENT, "no evidence: no reply"));
  }

  private static Kind kind(Refusal refusal) {
    return ClientProblem.of("no evidence", new Reply.Refused(refusal)).kind();
  }

  @Property(tries = 300)
  @Label(
      "an attempt goes on only with all mandatory clients and the least number, and without wait")
  void goesOn(
      @ForAll @Size(max = 4) Set<@IntRange(max = 3) Integer> present,
      @ForAll @Size(max = 2) Set<@IntRange(max = 3) Integer> mandatory,
      @ForAll @IntRange(min = 1, max = 4) int minimum,
      @ForAll boolean waits) {
    List<String> names = List.of("a", "b", "c", "off");
    Set<String> clients = new TreeSet<>();
    present.forEach(index -> clients.add(names.get(index)));
    SortedMap<String, ClientProblem> problems = new TreeMap<>();
    names.stream()
        .filter(name -> !clients.contains(name))
        .forEach(name -> problems.put(name, problem(Kind.REJECTED)));
    Set<String> waiting = waits ? problems.keySet() : Set.of();
    boolean goesOn =
        waiting.isEmpty() && present.containsAll(mandatory) && present.size() >= minimum;
    assertThat(
            JobScheduling.retry(
                    job(minimum, mandatory.stream().map(names::get).toArray(String[]::new)),
                    clients,
                    problems,
                    waiting)
                .isEmpty())
        .isEqualTo(goesOn);
  }

  @Test
  @DisplayName("attempts wait 10, 20, 40 ... 600 seconds; after ten the job is given up")
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
