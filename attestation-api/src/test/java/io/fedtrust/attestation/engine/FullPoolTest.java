// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.policy.DenyList;
import io.fedtrust.attestation.policy.FederationPolicy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The host's executors reject tasks for a while, as a bounded pool does, and work again later. */
class FullPoolTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String SERVER = Federation.SERVER;

  private final Federation federation = new Federation();
  private boolean full;
  private boolean timersFull;

  private static JobRequirements job(String... clients) {
    return new JobRequirements(
        "job-1", false, Optional.of(Set.of(clients)), Set.of(), 1, Optional.empty());
  }

  /** A site whose executors reject when the test says so. */
  private void add(String name) {
    ScheduledExecutorService timers =
        (ScheduledExecutorService)
            Proxy.newProxyInstance(
                FullPoolTest.class.getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (proxy, method, args) -> {
                  if (timersFull && method.getName().equals("schedule")) {
                    throw new RejectedExecutionException("full");
                  }
                  try {
                    return method.invoke(federation.time, args);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    federation.add(name, builder -> builder.executors(timers, this::execute, federation.time));
  }

  private void execute(Runnable task) {
    if (full) {
      throw new RejectedExecutionException("full");
    }
    federation.time.execute(task);
  }

  private void fullFor(Duration time) {
    full = true;
    federation.time.pass(time);
    full = false;
  }

  private static FederationPolicy without(String site) {
    return FederationPolicy.named("without-" + site, "1")
        .anySite(SoftTee.CPU.rules())
        .deny(DenyList.builder().site(site).build())
        .build();
  }

  @Test
  @DisplayName("a pool that is full when a round is due puts the round off, and ends no other")
  void rounds() {
    add(SERVER);
    federation.add(A, builder -> {});
    federation.started();
    federation.time.pass(Duration.ofMinutes(13));
    fullFor(Duration.ofMinutes(13));
    int before = federation.heard(SERVER, CCEvent.RoundEnded.class).size();
    federation.time.pass(Duration.ofMinutes(40));
    assertThat(federation.heard(SERVER, CCEvent.RoundEnded.class)).hasSizeGreaterThan(before + 2);
  }

  @Test
  @DisplayName("what the host was not told while its pool was full it is told with the next")
  void actions() {
    add(SERVER);
    federation.add(A, builder -> {});
    federation.add(B, builder -> {});
    federation.started();
    full = true;
    federation.server().replacePolicy(without(A));
    full = false;
    federation.server().replacePolicy(without(B));
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(federation.actions)
        .containsSubsequence(SERVER + " quarantines " + A, SERVER + " quarantines " + B);
  }

  @Test
  @DisplayName("a pool that is full when a client is to register again puts that off")
  void registersAgain() {
    federation.add(SERVER, builder -> {});
    add(A);
    federation.started();
    federation.server().leave(A);
    assertThat(federation.time.await(federation.at(A).validate())).isPresent();
    federation.time.pass(Duration.ofSeconds(8));
    fullFor(Duration.ofSeconds(10));
    federation.time.pass(Duration.ofMinutes(1));
    assertThat(federation.admittedAt(SERVER)).contains(A);
  }

  @Test
  @DisplayName("a round that timers refuse to begin ends, and the next one runs")
  void roundWithoutTimers() {
    federation.add(SERVER, builder -> {});
    add(A);
    federation.started();
    federation.time.pass(Duration.ofMinutes(5));
    timersFull = true;
    CompletableFuture<Optional<CCEvent.RoundEnded>> refused =
        federation.at(A).validate().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(1));
    timersFull = false;
    assertThat(refused).isDone();
    assertThat(federation.time.await(federation.at(A).validate())).isPresent();
  }

  @Test
  @DisplayName("schedule() fails with CLOSED if the host's timers refuse to wait for a retry")
  void scheduleWithoutTimers() {
    add(SERVER);
    federation.add(A, builder -> {});
    federation.started();
    timersFull = true;
    CompletableFuture<JobDecision> decision =
        federation.server().schedule(job(A)).decision().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(1));
    timersFull = false;
    assertThat(decision)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            AttestationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
  }

  @Test
  @DisplayName("an attempt ends although the pool is full when a busy client is to be asked again")
  void attempt() {
    add(SERVER);
    federation.add(A, builder -> {});
    federation.started();
    ScriptedClient busy = new ScriptedClient(federation, B, SoftTee.CPU).registered();
    busy.instead.put(
        Topics.JOB_LIST,
        message ->
            CompletableFuture.completedFuture(
                busy.refusing(message, Refusal.busy(Duration.ofSeconds(20)))));
    CompletableFuture<CCEvent.JobDecided> decided =
        federation.server().attempt(job(A, B), ScheduleHistory.NONE).toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(10));
    fullFor(Duration.ofSeconds(20));
    federation.time.pass(Duration.ofHours(1));
    assertThat(decided).isDone();
  }

  @Test
  @DisplayName("a pool that has stopped for good is not asked again")
  void stopped() {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    pool.shutdownNow();
    CCManager manager =
        federation.add(A, builder -> builder.executors(federation.time, pool, federation.time));
    Alarms alarms = new Alarms(federation.time, pool, federation.time::nanos);
    Alarms.Alarm unused = alarms.after(Duration.ofSeconds(1), () -> {});
    federation.time.pass(Duration.ofMinutes(1));
    assertThat(federation.time.waiting()).isZero();
    manager.close();
  }
}
