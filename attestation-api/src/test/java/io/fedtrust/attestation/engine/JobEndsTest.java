// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long, how often and of what clients hear that a set is over. */
class JobEndsTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";

  private final Federation federation = new Federation();
  private final List<Duration> told = new ArrayList<>();
  private final ScriptedClient b;

  JobEndsTest() {
    federation.add(
        Federation.SERVER, builder -> builder.untrustedClients(UntrustedClientPolicy.EXCLUDE));
    federation.start(federation.server());
    new ScriptedClient(federation, A, SoftTee.CPU).registered();
    b = new ScriptedClient(federation, B, SoftTee.CPU).registered();
    b.instead.put(
        Topics.JOB_END,
        message -> {
          told.add(Duration.ofNanos(federation.time.nanos()));
          return CompletableFuture.failedFuture(new IllegalStateException("not now"));
        });
  }

  private JobDecision attempt(int minimum) {
    return federation
        .time
        .await(
            federation
                .server()
                .attempt(
                    new JobRequirements(
                        "job-1",
                        false,
                        Optional.of(Set.of(A, B)),
                        Set.of(),
                        minimum,
                        Optional.empty()),
                    ScheduleHistory.NONE))
        .decision();
  }

  private void finished(int minimum) {
    assertThat(attempt(minimum)).isInstanceOf(JobDecision.Dispatch.class);
    federation.server().jobEnded("job-1");
  }

  private void busy() {
    b.instead.put(
        Topics.JOB_LIST,
        message ->
            CompletableFuture.completedFuture(
                b.refusing(message, Refusal.busy(Duration.ofSeconds(1)))));
  }

  @Test
  @DisplayName("a busy client hears of its own set, although a set without it has ended since")
  void ownSet() {
    finished(2);
    busy();
    finished(1);
    federation.time.pass(Duration.ofMinutes(15));
    int before = told.size();
    attempt(2);
    assertThat(told).hasSizeGreaterThan(before);
  }

  @Test
  @DisplayName("however often a client is busy, it hears of an end in one row, not in many")
  void oneRow() {
    finished(2);
    busy();
    for (int i = 0; i < 5; i++) {
      assertThat(attempt(2)).isInstanceOf(JobDecision.Retry.class);
    }
    int before = told.size();
    federation.time.pass(Duration.ofMinutes(11));
    assertThat(told.size() - before).isBetween(10, 16);
  }

  @Test
  @DisplayName("an end is repeated for ten minutes of the clock, also where every reply is a no")
  void byTheClock() {
    finished(2);
    Duration ended = Duration.ofNanos(federation.time.nanos());
    federation.time.pass(Duration.ofHours(1));
    assertThat(told.get(told.size() - 1).minus(ended))
        .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
  }
}
