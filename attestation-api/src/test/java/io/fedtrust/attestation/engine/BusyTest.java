// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.protocol.SignedEvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A site that gets BUSY repeats its request, and is then answered
 * (docs/protocol/requests-and-refusals.md#refusal-codes).
 */
class BusyTest {
  private static final String A = "hospital-a";
  private static final JobRequirements JOB =
      new JobRequirements("job-1", false, Optional.of(Set.of(A)), Set.of(A), 1, Optional.empty());

  private static JobDecision attempt(Federation federation) {
    return federation.time.await(federation.server().attempt(JOB, ScheduleHistory.NONE)).decision();
  }

  @Test
  @DisplayName("a client that was busy with a job whose end was lost answers the same list later")
  void endWasLost() {
    Federation federation = Federation.of(A).started();
    assertThat(attempt(federation)).isInstanceOf(JobDecision.Dispatch.class);
    AtomicBoolean listed = new AtomicBoolean();
    federation.network.attackedBy(
        (sent, on) -> {
          listed.compareAndSet(false, sent.message().topic().equals(Topics.JOB_LIST));
          return sent.message().topic().equals(Topics.JOB_END) && !listed.get()
              ? Network.lost()
              : on.apply(sent);
        });
    federation.server().jobEnded("job-1");
    assertThat(attempt(federation))
        .isInstanceOfSatisfying(
            JobDecision.Dispatch.class, made -> assertThat(made.clients()).containsExactly(A));
    assertThat(federation.network.sent(Topics.JOB_LIST))
        .as("one, and then the same twice")
        .hasSize(3);
    assertThat(federation.at(A).participants("job-1")).containsExactly(A, Federation.SERVER);
  }

  @Test
  @DisplayName("an evidence request that did not get its turn may come again, and is counted once")
  void noTurn() throws Exception {
    VirtualTime time = new VirtualTime(TestProject.NOW);
    Site asked = Site.named(A, "client", SoftTee.CPU);
    Site server = new Site(Federation.identity(Federation.SERVER), SoftTee.CPU);
    CompletableFuture<Void> free = new CompletableFuture<>();
    Attester attester =
        new Attester(
            A,
            asked.certificates,
            Site.limited(time::nanos, 2, Duration.ofHours(1)),
            asked.reporter,
            Site.queue(
                (requests, deadline) ->
                    free.thenCompose(nothing -> asked.reporter.answers(requests, deadline)),
                Duration.ZERO,
                time),
            time::nanos);
    SignedEvidenceRequest first = server.request(asked);
    SignedEvidenceRequest second = server.request(asked);
    for (SignedEvidenceRequest request : new SignedEvidenceRequest[] {first, second}) {
      attester.verified(
          request, EvidenceRequest.Mode.PAIRWISE, EvidencePurpose.REGISTRATION, time.instant());
    }
    var answer = attester.answer(first.request(), Deadline.in(Site.LIFE, time::nanos));
    var late = attester.answer(second.request(), Deadline.in(Duration.ofSeconds(1), time::nanos));
    time.pass(Duration.ofSeconds(2));
    assertThat(late)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().code()).isEqualTo(RefusalCode.BUSY));
    free.complete(null);
    assertThat(time.await(answer)).hasSize(1);
    attester.verified(
        second, EvidenceRequest.Mode.PAIRWISE, EvidencePurpose.REGISTRATION, time.instant());
    assertThat(time.await(attester.answer(second.request(), Deadline.in(Site.LIFE, time::nanos))))
        .hasSize(1);
    assertThatThrownBy(
            () ->
                attester.verified(
                    second,
                    EvidenceRequest.Mode.PAIRWISE,
                    EvidencePurpose.REGISTRATION,
                    time.instant()))
        .hasMessageContaining("ALREADY_ANSWERED");
  }
}
