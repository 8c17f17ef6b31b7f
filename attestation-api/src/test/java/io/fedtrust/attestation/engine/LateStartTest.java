// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The reply of a client that starts a job is lost, or late. */
class LateStartTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String JOB = "job-1";
  private static final JobRequirements ANY_OF_TWO =
      new JobRequirements(JOB, false, Optional.of(Set.of(A, B)), Set.of(), 1, Optional.empty());

  private final Federation federation = new Federation();
  private final RecordingHost host = new RecordingHost();
  private final AtomicInteger orders = new AtomicInteger();

  @BeforeEach
  void start() {
    federation.add(Federation.SERVER, builder -> {});
    federation.add(A, builder -> builder.hooks(host));
    federation.add(B, builder -> {});
    federation.started();
  }

  /** The carrier takes the replies of A to the first orders to start. */
  private void loseReplies(int lost) {
    federation.network.attackedBy(
        (sent, on) -> {
          boolean taken =
              sent.to().equals(A)
                  && sent.message().topic().equals(Topics.JOB_DISPATCH)
                  && orders.incrementAndGet() <= lost;
          CompletableFuture<PeerMessage> reply = on.apply(sent);
          return taken ? reply.thenCompose(any -> Network.lost()) : reply;
        });
  }

  private JobDecision decision() {
    CCEvent.JobDecided decided =
        federation.time.await(federation.server().attempt(ANY_OF_TWO, ScheduleHistory.NONE));
    federation.time.pass(Duration.ofSeconds(30));
    return decided.decision();
  }

  @Test
  @DisplayName("the order to start is sent again while its reply is lost: the client takes part")
  void again() {
    loseReplies(1);
    assertThat(decision())
        .isInstanceOfSatisfying(
            JobDecision.Dispatch.class, made -> assertThat(made.clients()).containsExactly(A, B));
    assertThat(orders).hasValue(2);
    assertThat(federation.at(A).participants(JOB)).containsExactly(A, B, Federation.SERVER);
    assertThat(host.calls.stream().filter(call -> call.startsWith("dispatched"))).hasSize(1);
  }

  @Test
  @DisplayName("a client that starts and is left out is told CANCELLED, and the others go on")
  void leftOut() {
    loseReplies(Integer.MAX_VALUE);
    assertThat(decision())
        .isInstanceOfSatisfying(
            JobDecision.Dispatch.class, made -> assertThat(made.clients()).containsExactly(B));
    assertThat(orders).hasValue(3);
    assertThat(federation.at(A).participants(JOB)).isEmpty();
    assertThat(host.calls).last().isEqualTo("released cancelled");
    assertThat(federation.at(B).participants(JOB)).contains(B, Federation.SERVER);
    assertThat(federation.server().participants(JOB)).containsExactly(B, Federation.SERVER);
  }

  @Test
  @DisplayName("an attempt that is called off sends no order again")
  void calledOff() {
    loseReplies(Integer.MAX_VALUE);
    CompletableFuture<CCEvent.JobDecided> decided =
        federation.server().attempt(ANY_OF_TWO, ScheduleHistory.NONE).toCompletableFuture();
    while (orders.get() == 0) {
      federation.time.pass(Duration.ofMillis(100));
    }
    federation.server().jobEnded(JOB);
    federation.time.pass(Duration.ofMinutes(1));
    assertThat(decided).isDone();
    assertThat(orders).hasValue(1);
  }
}
