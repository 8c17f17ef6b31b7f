// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.protocol.GroupRound;
import io.fedtrust.attestation.protocol.JobEnd;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every row of the table (docs/protocol/jobs.md#states-at-a-client). */
class ClientAttemptTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String JOB = ScriptedServer.JOB;
  private static final Duration DECISION = Duration.ofSeconds(60);

  private final Federation federation = new Federation();
  private final RecordingHost host = new RecordingHost();
  private final ScriptedServer server;

  ClientAttemptTest() {
    federation.add(A, builder -> builder.hooks(host).decisionTimeout(DECISION));
    federation.add(B, builder -> {});
    server = new ScriptedServer(federation, SoftTee.CPU);
    federation.started();
  }

  private static void refusedUnsigned(PeerMessage reply, String why) {
    assertThat(reply.topic()).isEqualTo(PeerMessage.REFUSED);
    assertThat(String.valueOf(reply.body().get(PeerMessage.REASON))).contains(why);
  }

  private static void accepted(PeerMessage reply) {
    assertThat(reply.body()).containsEntry(Topics.ENOUGH, true);
    assertThat(ScriptedServer.answer(reply))
        .hasValueSatisfying(a -> assertThat(a.accepts()).isTrue());
  }

  private static void declined(PeerMessage reply, String why) {
    assertThat(reply.body()).containsEntry(Topics.ENOUGH, false);
    assertThat(String.valueOf(reply.body().get(Topics.RESERVE_TOKEN))).contains(why);
    assertThat(ScriptedServer.answer(reply))
        .hasValueSatisfying(answer -> assertThat(answer.accepts()).isFalse());
  }

  private List<JobOutcome> ends() {
    return federation.heard(A, CCEvent.JobEnded.class).stream()
        .map(CCEvent.JobEnded::outcome)
        .toList();
  }

  @Test
  @DisplayName(
      "the whole way: list, set, acceptance, dispatch, start, end; participants in between")
  void wholeWay() {
    JobSet set = server.accepted(A, B);
    assertThat(federation.at(A).participants(JOB)).as("before the start").isEmpty();
    var dispatch = server.dispatch(set, A, B, Federation.SERVER);
    assertThat(server.starts(A, dispatch, server.send(A, ScriptedServer.message(dispatch))))
        .isTrue();
    assertThat(federation.at(A).participants(JOB)).containsExactly(A, B, Federation.SERVER);
    assertThat(federation.heard(A, CCEvent.JobStarted.class)).hasSize(1);
    PeerMessage over = server.send(A, ScriptedServer.message(server.end(set, JobOutcome.FINISHED)));
    assertThat(over).isEqualTo(new PeerMessage(Topics.JOB_END, Map.of()));
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(federation.at(A).participants(JOB)).as("after the end").isEmpty();
    assertThat(host.calls)
        .containsExactly(
            "reserve [hospital-a, hospital-b, server1]",
            "dispatched [hospital-a, hospital-b, server1]",
            "released finished");
    assertThat(ends()).containsExactly(JobOutcome.FINISHED);
  }

  @Test
  @DisplayName("OFFERED: a later nonce replaces the former, and a nonce is forgotten after 10 min")
  void offered() {
    server.rollCall(A);
    server.nonce(A);
    refusedUnsigned(server.list(A), "GROUP_REFUSED");
    server.rollCall(A);
    federation.time.pass(Duration.ofMinutes(10));
    server.round =
        new GroupRound(JOB, Optional.empty(), server.now().plusSeconds(300), server.round.nonces());
    refusedUnsigned(server.list(A), "GROUP_REFUSED");
  }

  @Test
  @DisplayName("PROVING: a list that is doubled is answered once")
  void doubledList() {
    server.rollCall(A).lists(A);
    refusedUnsigned(server.send(A, server.listFor(A)), "ALREADY_ANSWERED");
    accepted(server.offer(A, server.set()));
  }

  @Test
  @DisplayName("PROVING: when collecting fails the attempt is over, and no set of it is accepted")
  void collectionFails() {
    Federation other = new Federation();
    boolean[] broken = {false};
    other.add(
        A,
        SoftTee.collecting(
            SoftTee.giving(
                EvidenceForm.SNP_REPORT,
                binding -> {
                  if (broken[0]) {
                    throw new IllegalStateException("no hardware");
                  }
                  return SoftTee.CPU.collect(binding, Deadline.in(Site.LIFE));
                })),
        Federation.CPU,
        builder -> builder.authorizer(SoftTee.CPU.verifying()));
    ScriptedServer scripted = new ScriptedServer(other, SoftTee.CPU);
    other.started();
    broken[0] = true;
    scripted.rollCall(A);
    assertThat(scripted.list(A).topic()).isEqualTo(PeerMessage.REFUSED);
    refusedUnsigned(scripted.send(A, scripted.message(scripted.set())), "GROUP_REFUSED");
  }

  @Test
  @DisplayName("PROVING: a host that disagrees with the definition declines, signed")
  void disagrees() {
    host.definition =
        Optional.of(
            new JobRequirements(JOB, false, Optional.of(Set.of(A)), Set.of(), 1, Optional.empty()));
    server.rollCall(A, B);
    refusedUnsigned(server.list(A), "DECLINED GROUP_REFUSED");
    assertThat(federation.heard(A, CCEvent.JobAnswered.class))
        .singleElement()
        .satisfies(event -> assertThat(event.declined().orElseThrow()).contains("deploy map"));
  }

  @Test
  @DisplayName("PROVED: a round that ends before its set came is over")
  void provedExpires() {
    server.rollCall(A, B).lists(A, B);
    JobSet set = server.set();
    federation.time.pass(Duration.ofMinutes(5));
    refusedUnsigned(server.offer(A, set), "GROUP_REFUSED");
    assertThat(host.calls).isEmpty();
  }

  @Test
  @DisplayName("PROVED: a set that its server ended before it came is not accepted")
  void endBeforeSet() {
    server.rollCall(A, B).lists(A, B);
    JobSet set = server.set();
    assertThat(
            server.send(A, ScriptedServer.message(server.end(set, JobOutcome.CANCELLED))).topic())
        .isEqualTo(Topics.JOB_END);
    refusedUnsigned(server.offer(A, set), "GROUP_REFUSED");
  }

  @Test
  @DisplayName(
      "JUDGING: a host that does not decide in time declines, and gives back what it takes")
  void lateHost() {
    Federation other = new Federation();
    RecordingHost late =
        new RecordingHost() {
          @Override
          public Optional<String> reserve(String job, Set<String> names) {
            // Time passes while the host thinks.
            other.time.pass(Duration.ofSeconds(21));
            return Optional.empty();
          }
        };
    other.add(A, builder -> builder.decisionTimeout(Duration.ofSeconds(20)).hooks(late));
    other.add(B, builder -> {});
    ScriptedServer scripted = new ScriptedServer(other, SoftTee.CPU);
    other.started();
    scripted.rollCall(A, B).lists(A, B);
    declined(scripted.offer(A, scripted.set()), "could not decide");
    other.time.pass(Duration.ofSeconds(1));
    assertThat(late.calls).containsExactly("released not-dispatched");
  }

  @Test
  @DisplayName("JUDGING: the same set twice at once is judged once, and answered in the same bytes")
  void doubledSet() {
    server.rollCall(A, B).lists(A, B);
    PeerMessage message = server.message(server.set());
    CompletableFuture<PeerMessage> first = server.sent(A, message);
    CompletableFuture<PeerMessage> second = server.sent(A, message);
    assertThat(federation.time.await(second)).isEqualTo(federation.time.await(first));
    accepted(first.join());
    assertThat(server.send(A, message)).as("ACCEPTED").isEqualTo(first.join());
    assertThat(host.calls).hasSize(1);
  }

  @Test
  @DisplayName("ACCEPTED: without dispatch or end the reservation is released at expires")
  void lapses() {
    server.accepted(A, B);
    federation.time.pass(Duration.ofMinutes(5).minusSeconds(5));
    assertThat(host.calls).hasSize(1);
    federation.time.pass(Duration.ofSeconds(10));
    assertThat(host.calls).endsWith("released lapsed");
    assertThat(ends()).containsExactly(JobOutcome.LAPSED);
  }

  @Test
  @DisplayName("ACCEPTED: an end releases; the dispatch that comes after it is refused")
  void endsBeforeDispatch() {
    JobSet set = server.accepted(A, B);
    var dispatch = server.dispatch(set, A, B, Federation.SERVER);
    server.send(A, ScriptedServer.message(server.end(set, JobOutcome.NOT_DISPATCHED)));
    refusedUnsigned(server.send(A, ScriptedServer.message(dispatch)), "GROUP_REFUSED");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).endsWith("released not-dispatched").hasSize(2);
  }

  @Test
  @DisplayName("ACCEPTED: a new list of the job supersedes the attempt, a new nonce alone does not")
  void superseded() {
    JobSet set = server.accepted(A, B);
    var dispatch = server.dispatch(set, A, B, Federation.SERVER);
    server.nonce(A);
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).hasSize(1);
    server.rollCall(A, B).lists(A, B);
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).endsWith("released superseded");
    refusedUnsigned(server.send(A, ScriptedServer.message(dispatch)), "GROUP_REFUSED");
    accepted(server.offer(A, server.set()));
  }

  @Test
  @DisplayName("RUNNING: the same dispatch again gets the same reply and starts nothing twice")
  void doubledDispatch() {
    JobSet set = server.accepted(A, B);
    PeerMessage dispatch = ScriptedServer.message(server.dispatch(set, A, B, Federation.SERVER));
    CompletableFuture<PeerMessage> first = server.sent(A, dispatch);
    CompletableFuture<PeerMessage> second = server.sent(A, dispatch);
    assertThat(federation.time.await(second)).isEqualTo(federation.time.await(first));
    assertThat(server.send(A, dispatch)).isEqualTo(first.join());
    assertThat(host.calls).filteredOn(call -> call.startsWith("dispatched")).hasSize(1);
  }

  @Test
  @DisplayName("RUNNING: another list has to wait, until the server is another process")
  void listWhileRunning() {
    JobSet set = server.running(A, B);
    server.rollCall(A, B);
    refusedUnsigned(server.list(A), "BUSY 60 s");
    assertThat(federation.at(A).participants(JOB)).hasSize(3);
    accepted(server.send(A, server.message(set)));

    ScriptedServer again = server.restarted();
    federation.register(A);
    assertThat(federation.at(A).participants(JOB))
        .as("a restarted server is no participant of what it does not know")
        .containsExactly(A, B);
    federation.register(B);
    again.rollCall(A, B).lists(A, B);
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).endsWith("released superseded");
    accepted(again.offer(A, again.set()));
  }

  @Test
  @DisplayName("RUNNING: it outlives expires; the host ends it, the server's end does no harm then")
  void hostEnds() {
    JobSet set = server.running(A, B);
    federation.time.pass(Duration.ofMinutes(9));
    assertThat(host.calls).filteredOn(call -> call.startsWith("released")).isEmpty();
    federation.at(A).jobEnded(JOB);
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(federation.at(A).participants(JOB)).isEmpty();
    assertThat(host.calls).endsWith("released finished");
    server.send(A, ScriptedServer.message(server.end(set, JobOutcome.FINISHED)));
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).filteredOn(call -> call.startsWith("released")).hasSize(1);
  }

  @Test
  @DisplayName("RUNNING: close() ends every attempt, and releases what is reserved")
  void closes() {
    server.running(A, B);
    federation.at(A).close();
    assertThat(host.calls).endsWith("released closed");
    assertThat(federation.at(A).participants(JOB)).isEmpty();
  }

  @Test
  @DisplayName("RUNNING: a host that cannot start declines, and what it reserved is given back")
  void brokenStart() {
    JobSet set = server.accepted(A, B);
    host.brokenStart = true;
    PeerMessage reply =
        server.send(A, ScriptedServer.message(server.dispatch(set, A, B, Federation.SERVER)));
    refusedUnsigned(reply, "DECLINED");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls).endsWith("released cancelled");
    assertThat(federation.at(A).participants(JOB)).isEmpty();
  }

  @Test
  @DisplayName("RUNNING: participants only shrink, and each loss is told once")
  void shrinks() {
    server.running(A, B);
    federation.at(A).leave(B);
    assertThat(federation.at(A).participants(JOB)).containsExactly(A, Federation.SERVER);
    assertThat(federation.heard(A, CCEvent.ParticipantLost.class))
        .singleElement()
        .satisfies(lost -> assertThat(lost.site()).isEqualTo(B));
  }

  @Test
  @DisplayName("ENDED: the answer is repeated in the same bytes until expires, then refused")
  void repeats() {
    server.rollCall(A, B).lists(A, B);
    host.declines = Optional.of("no GPU is free");
    PeerMessage message = server.message(server.set());
    PeerMessage answer = server.send(A, message);
    declined(answer, "no GPU is free");
    federation.time.pass(Duration.ofMinutes(4));
    assertThat(server.send(A, message)).isEqualTo(answer);
    federation.time.pass(Duration.ofMinutes(1));
    refusedUnsigned(server.send(A, message), "GROUP_REFUSED");
    assertThat(host.calls).hasSize(1);
  }

  @Test
  @DisplayName("PROVED: sixteen ends before their sets are kept, and a further one is refused")
  void endsBeforeSets() {
    server.rollCall(A, B).lists(A, B);
    for (int i = 0; i < 16; i++) {
      assertThat(server.send(A, endOf(i)).topic()).as("end %d", i).isEqualTo(Topics.JOB_END);
    }
    refusedUnsigned(server.send(A, endOf(16)), "GROUP_REFUSED");
    assertThat(server.send(A, endOf(3)).topic()).as("known").isEqualTo(Topics.JOB_END);
    accepted(server.offer(A, server.set()));
  }

  private PeerMessage endOf(int number) {
    Bytes set = Bytes.of(new byte[] {(byte) number}).sha256();
    return ScriptedServer.message(
        new JobEnd(
            set,
            JobOutcome.CANCELLED,
            server.site.identity.chain(),
            server.keys.sign(JobEnd.signatureInput(server.context(), set, JobOutcome.CANCELLED))));
  }

  @Test
  @DisplayName("RUNNING: what is reserved is given back when the host has returned from the start")
  void endsWhileItStarts() {
    Federation other = new Federation();
    CompletableFuture<Runnable> end = new CompletableFuture<>();
    RecordingHost slow =
        new RecordingHost() {
          @Override
          public void dispatched(String job, Set<String> names) {
            calls.add("starts");
            end.join().run();
            calls.add("started");
          }
        };
    other.add(A, builder -> builder.hooks(slow));
    other.add(B, builder -> {});
    ScriptedServer scripted = new ScriptedServer(other, SoftTee.CPU);
    other.started();
    JobSet set = scripted.accepted(A, B);
    PeerMessage over = ScriptedServer.message(scripted.end(set, JobOutcome.CANCELLED));
    end.complete(() -> scripted.send(A, over));
    refusedUnsigned(
        scripted.send(A, ScriptedServer.message(scripted.dispatch(set, A, B, Federation.SERVER))),
        "GROUP_REFUSED");
    other.time.pass(Duration.ofSeconds(1));
    assertThat(slow.calls)
        .containsExactly(
            "reserve [hospital-a, hospital-b, server1]", "starts", "started", "released cancelled");
  }

  @Test
  @DisplayName("RUNNING: a job that ended before a thread was free for it is not started")
  void endsBeforeItStarts() {
    JobSet set = server.accepted(A, B);
    CompletableFuture<PeerMessage> dispatch =
        server.sent(A, ScriptedServer.message(server.dispatch(set, A, B, Federation.SERVER)));
    CompletableFuture<PeerMessage> end =
        server.sent(A, ScriptedServer.message(server.end(set, JobOutcome.CANCELLED)));
    refusedUnsigned(federation.time.await(dispatch), "GROUP_REFUSED");
    assertThat(federation.time.await(end).topic()).isEqualTo(Topics.JOB_END);
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(host.calls)
        .containsExactly("reserve [hospital-a, hospital-b, server1]", "released cancelled");
  }

  @Test
  @DisplayName(
      "RUNNING: of a server that may show no evidence, and does, a restart is seen as well")
  void restartOfUnattested() {
    Federation other = new Federation();
    other.add(
        A,
        FederationPolicy.named("sparing", "1")
            .anySite(SoftTee.CPU.rules())
            .unattested(Federation.SERVER)
            .build(),
        builder -> {});
    ScriptedServer scripted = new ScriptedServer(other, SoftTee.CPU);
    other.started();
    scripted.running(A);
    scripted.rollCall(A);
    refusedUnsigned(scripted.list(A), "BUSY 60 s");
    ScriptedServer again = scripted.restarted();
    other.register(A);
    assertThat(other.heard(A, CCEvent.SessionChanged.class)).hasSize(1);
    again.rollCall(A).lists(A);
    accepted(again.offer(A, again.set()));
  }
}
