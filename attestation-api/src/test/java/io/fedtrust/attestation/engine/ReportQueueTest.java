// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.CCToken;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.protocol.BatchTree;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The hardware makes one report at a time, and as few as it can. */
class ReportQueueTest {
  private static final Duration WINDOW = Duration.ofMillis(200);

  private final VirtualTime time = new VirtualTime(TestProject.NOW);
  private final List<List<String>> reports = new ArrayList<>();
  private final List<Duration> limits = new ArrayList<>();
  private Duration takes = Duration.ZERO;
  private final ReportQueue queue = Site.queue(this::report, WINDOW, time);

  /** Signs nothing: the token names the one who asks. */
  private CompletableFuture<List<List<CCToken>>> report(
      List<EvidenceRequest> asks, Deadline deadline) {
    reports.add(asks.stream().map(EvidenceRequest::verifier).toList());
    limits.add(deadline.remaining());
    CompletableFuture<List<List<CCToken>>> answers = new CompletableFuture<>();
    ScheduledFuture<?> unused =
        time.schedule(
            () -> answers.complete(asks.stream().map(ReportQueueTest::entries).toList()),
            takes.toNanos(),
            TimeUnit.NANOSECONDS);
    return answers;
  }

  private static List<CCToken> entries(EvidenceRequest request) {
    return List.of(
        new CCToken(
            request.verifier(), "x-snp", Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private CompletableFuture<List<CCToken>> add(
      String verifier, EvidenceRequest.Mode mode, EvidencePurpose purpose, Duration life) {
    return queue.add(
        new EvidenceRequest(
            mode,
            purpose,
            verifier,
            "hospital-a",
            Optional.empty(),
            Challenge.random(new SecureRandom()),
            life,
            TestProject.NOW),
        Deadline.in(life, time::nanos));
  }

  private CompletableFuture<List<CCToken>> batch(String verifier) {
    return add(
        verifier, EvidenceRequest.Mode.BATCH, EvidencePurpose.CROSS_SITE, Duration.ofMinutes(4));
  }

  private CompletableFuture<List<CCToken>> alone(String verifier, EvidencePurpose purpose) {
    return add(verifier, EvidenceRequest.Mode.PAIRWISE, purpose, Duration.ofMinutes(4));
  }

  private String token(CompletableFuture<List<CCToken>> answer) {
    return time.await(answer).get(0).token();
  }

  private void busy(CompletableFuture<List<CCToken>> answer) {
    assertThat(answer)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().code()).isEqualTo(RefusalCode.BUSY));
  }

  @Test
  @DisplayName("asks within the window share one report, each gets its own answer")
  void together() {
    CompletableFuture<List<CCToken>> a = batch("a");
    CompletableFuture<List<CCToken>> b = batch("b");
    time.pass(WINDOW.minusNanos(1));
    assertThat(reports).isEmpty();
    assertThat(token(a)).isEqualTo("a");
    assertThat(token(b)).isEqualTo("b");
    assertThat(token(batch("c"))).isEqualTo("c");
    assertThat(reports).containsExactly(List.of("a", "b"), List.of("c"));
  }

  @Test
  @DisplayName("while the hardware is busy the next batch fills, up to 1,024")
  void fills() {
    takes = Duration.ofSeconds(1);
    CompletableFuture<List<CCToken>> first = batch("first");
    time.pass(WINDOW);
    List<CompletableFuture<List<CCToken>>> answers = new ArrayList<>();
    for (int i = 0; i <= BatchTree.MAX_LEAVES; i++) {
      answers.add(batch("v" + i));
    }
    assertThat(token(first)).isEqualTo("first");
    for (int i = 0; i < answers.size(); i++) {
      assertThat(token(answers.get(i))).isEqualTo("v" + i);
    }
    assertThat(reports.stream().map(List::size)).containsExactly(1, BatchTree.MAX_LEAVES, 1);
    assertThat(time.instant()).isEqualTo(TestProject.NOW.plusSeconds(3).plus(WINDOW));
    assertThat(time.waiting()).as("timers that are left").isLessThanOrEqualTo(1);
  }

  @Test
  @DisplayName("requests of both purposes share a report; pairwise ones get their own, in turn")
  void turns() {
    takes = Duration.ofSeconds(1);
    List<CompletableFuture<List<CCToken>>> all = new ArrayList<>();
    all.add(alone("r1", EvidencePurpose.REGISTRATION));
    all.add(alone("r2", EvidencePurpose.REGISTRATION));
    all.add(alone("r3", EvidencePurpose.REGISTRATION));
    all.add(alone("j1", EvidencePurpose.JOB));
    all.add(alone("j2", EvidencePurpose.JOB));
    all.add(batch("x1"));
    all.add(
        add("x2", EvidenceRequest.Mode.BATCH, EvidencePurpose.REGISTRATION, Duration.ofMinutes(4)));
    all.forEach(this::token);
    assertThat(reports)
        .containsExactly(
            List.of("r1"),
            List.of("j1"),
            List.of("x1", "x2"),
            List.of("r2"),
            List.of("j2"),
            List.of("r3"));
  }

  @Test
  @DisplayName("a report ends by the shortest time in it; one that may be too short is BUSY")
  void shortest() {
    takes = Duration.ofSeconds(10);
    token(batch("usual"));
    CompletableFuture<List<CCToken>> patient = batch("long");
    CompletableFuture<List<CCToken>> close =
        add(
            "short",
            EvidenceRequest.Mode.BATCH,
            EvidencePurpose.CROSS_SITE,
            Duration.ofSeconds(50));
    CompletableFuture<List<CCToken>> tooShort =
        add(
            "too-short",
            EvidenceRequest.Mode.BATCH,
            EvidencePurpose.CROSS_SITE,
            Duration.ofSeconds(39));
    busy(tooShort);
    time.pass(Duration.ofSeconds(20));
    assertThat(reports).containsExactly(List.of("usual"), List.of("long", "short"));
    assertThat(patient).isCompleted();
    assertThat(close).isCompleted();
    assertThat(limits.get(1)).isEqualTo(Duration.ofSeconds(50).minus(WINDOW));
  }

  @Test
  @DisplayName(
      "an evidence request whose time ends while it waits is BUSY, and the hardware goes on")
  void cannotWait() {
    takes = Duration.ofSeconds(60);
    CompletableFuture<List<CCToken>> first = alone("a", EvidencePurpose.JOB);
    CompletableFuture<List<CCToken>> impatient =
        add("b", EvidenceRequest.Mode.PAIRWISE, EvidencePurpose.JOB, Duration.ofSeconds(30));
    CompletableFuture<List<CCToken>> patient = alone("c", EvidencePurpose.JOB);
    time.pass(Duration.ofSeconds(30));
    busy(impatient);
    assertThat(token(first)).isEqualTo("a");
    assertThat(token(patient)).isEqualTo("c");
    assertThat(reports).containsExactly(List.of("a"), List.of("c"));
  }

  @Test
  @DisplayName("hardware that throws, an error too, fails its report and not the next")
  void failing() {
    List<Throwable> failures =
        new ArrayList<>(
            List.of(new IllegalStateException("no hardware"), new NoClassDefFoundError("driver")));
    ReportQueue failing =
        Site.queue(
            (asks, deadline) -> {
              if (failures.isEmpty()) {
                return report(asks, deadline);
              }
              throw throwing(failures.remove(0));
            },
            Duration.ZERO,
            time);
    for (String message : List.of("no hardware", "driver")) {
      assertThatThrownBy(() -> time.await(added(failing)))
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining(message);
    }
    assertThat(token(added(failing))).isEqualTo("a");
  }

  private CompletableFuture<List<CCToken>> added(ReportQueue other) {
    EvidenceRequest request =
        new EvidenceRequest(
            EvidenceRequest.Mode.PAIRWISE,
            EvidencePurpose.JOB,
            "a",
            "b",
            Optional.empty(),
            Challenge.random(new SecureRandom()),
            Duration.ofMinutes(1),
            TestProject.NOW);
    return other.add(request, Deadline.in(Duration.ofMinutes(1), time::nanos));
  }

  private static RuntimeException throwing(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }

  @Test
  @DisplayName("hardware that hangs is left when its time is over, and the next report is made")
  void hanging() {
    takes = Duration.ofDays(1);
    CompletableFuture<List<CCToken>> hung = alone("hung", EvidencePurpose.JOB);
    time.pass(Duration.ofMinutes(4));
    assertThat(hung)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.COLLECTION_TIMED_OUT));
    takes = Duration.ofSeconds(1);
    assertThat(token(alone("next", EvidencePurpose.JOB))).isEqualTo("next");
  }

  @Test
  @DisplayName("what waits when the queue is closed ends with CLOSED")
  void closed() {
    takes = Duration.ofMinutes(1);
    CompletableFuture<List<CCToken>> begun = alone("a", EvidencePurpose.JOB);
    CompletableFuture<List<CCToken>> waiting = alone("b", EvidencePurpose.JOB);
    queue.close();
    assertThat(waiting)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            AttestationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    assertThat(begun).as("what was begun is awaited by nobody").isNotDone();
    assertThat(alone("c", EvidencePurpose.JOB)).isCompletedExceptionally();
  }
}
