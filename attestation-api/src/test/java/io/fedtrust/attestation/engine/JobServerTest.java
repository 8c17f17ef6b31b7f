// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.RetryPolicy;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.ScheduledJob;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Challenge;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.protocol.JobAnswer;
import io.fedtrust.attestation.protocol.JobDispatch;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.protocol.KeySignatures;
import io.fedtrust.attestation.protocol.SignedJobSet;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The server's side of a job, against clients that keep to the protocol and clients that do not.
 */
class JobServerTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String C = "hospital-c";

  private final Federation federation = new Federation();
  private final Map<String, ScriptedClient> clients = new TreeMap<>();

  private void federation(Consumer<CCManager.Builder> server, String... names) {
    federation.add(Federation.SERVER, server);
    federation.server().start();
    for (String name : names) {
      clients.put(name, new ScriptedClient(federation, name, SoftTee.CPU).registered());
    }
    assertThat(federation.server().entries()).containsKeys(names);
  }

  private void federation(String... names) {
    federation(builder -> {}, names);
  }

  private ScriptedClient at(String name) {
    return clients.get(name);
  }

  private static JobRequirements job(int minimum, String... names) {
    return new JobRequirements(
        "job-1", false, Optional.of(Set.of(names)), Set.of(), minimum, Optional.empty());
  }

  private JobDecision attempt(JobRequirements job) {
    return federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE)).decision();
  }

  private static JobDecision.Dispatch dispatch(JobDecision decision) {
    assertThat(decision).isInstanceOf(JobDecision.Dispatch.class);
    return (JobDecision.Dispatch) decision;
  }

  private static JobDecision.Retry retry(JobDecision decision) {
    assertThat(decision).isInstanceOf(JobDecision.Retry.class);
    return (JobDecision.Retry) decision;
  }

  private static SignedJobSet set(ScriptedClient client) {
    return ScriptedClient.setIn(client.heard(Topics.CHECK_RESOURCE).get(0));
  }

  private static CompletableFuture<PeerMessage> reply(
      PeerMessage request, Map<String, Object> body) {
    return CompletableFuture.completedFuture(new PeerMessage(request.topic(), body));
  }

  private void tampered(String name) {
    clients.put(
        name, new ScriptedClient(federation, name, SoftTee.CPU.running(Federation.OTHER_SOFTWARE)));
  }

  private boolean admitted(String name) {
    return federation.server().admitted(name).isPresent();
  }

  @Test
  @DisplayName("all clients get the same set, signed by both keys, and the order to start it")
  void wholeFlow() throws Exception {
    federation(A, B, C);
    assertThat(dispatch(attempt(job(2, A, B))).clients()).containsExactly(A, B);
    SignedJobSet signed = set(at(A));
    assertThat(set(at(B))).isEqualTo(signed);
    JobSet set = signed.set();
    assertThat(set.participants()).containsOnlyKeys(A, B, Federation.SERVER);
    assertThat(set.participants().values())
        .allSatisfy(one -> assertThat(one.kind()).isEqualTo(JobSet.Kind.ATTESTED));
    assertThat(set.participants().get(A).session())
        .contains(at(A).site.session.publicKey().sha256());
    assertThat(set.left()).isEmpty();
    assertThat(signed.signatures().session()).isPresent();
    assertThat(at(C).heard).as("nobody asks a site outside the deploy map").isEmpty();

    JobDispatch dispatch =
        JobDispatch.fromMap(
            (Map<?, ?>) at(A).heard(Topics.JOB_DISPATCH).get(0).body().get(Topics.DISPATCH));
    assertThat(dispatch.set()).isEqualTo(set.digest(at(A).context(set)));
    assertThat(dispatch.participants()).containsOnlyKeys(A, B, Federation.SERVER);
    assertThat(dispatch.participants().get(B).orElseThrow().session()).isPresent();
    assertThat(dispatch.participants().get(Federation.SERVER)).isEmpty();
    assertThat(dispatch.startBy()).isEqualTo(set.expires());
    assertThat(set.expires()).isBefore(federation.time.instant().plus(Duration.ofMinutes(12)));

    assertThat(federation.server().participants("job-1")).containsExactly(A, B, Federation.SERVER);
    assertThat(federation.heard(Federation.SERVER, CCEvent.JobStarted.class)).hasSize(1);
    federation.server().jobEnded("job-1");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(at(A).ends()).containsExactly(JobOutcome.FINISHED);
    assertThat(at(B).ends()).containsExactly(JobOutcome.FINISHED);
    assertThat(federation.server().participants("job-1")).isEmpty();
  }

  @Test
  @DisplayName("a client that declines is left out, the others run, and it hears how the job ends")
  void declined() {
    federation(A, B, C);
    at(B)
        .instead
        .put(
            Topics.CHECK_RESOURCE,
            message ->
                reply(
                    message,
                    at(B).answer(message, false, Optional.of(ReasonCode.MEASUREMENT_UNKNOWN))));
    JobDecision.Dispatch dispatch = dispatch(attempt(job(2, A, B, C)));
    assertThat(dispatch.clients()).containsExactly(A, C);
    assertThat(dispatch.left()).containsEntry(B, "MEASUREMENT_UNKNOWN");
    assertThat(at(B).heard(Topics.JOB_DISPATCH)).isEmpty();
    assertThat(admitted(B)).as("to decline is no fault").isTrue();
    federation.server().jobEnded("job-1");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(at(B).ends()).containsExactly(JobOutcome.FINISHED);
  }

  @Test
  @DisplayName("only an answer that both keys signed for this set counts, and a yes that agrees")
  void answers() {
    Map<String, Function<PeerMessage, Map<String, Object>>> wrong = new LinkedHashMap<>();
    wrong.put("a plain yes", message -> Map.of(Topics.ENOUGH, true));
    wrong.put("no answer", message -> Map.of());
    wrong.put(
        "another yes than what is signed",
        message -> {
          Map<String, Object> body =
              new LinkedHashMap<>(
                  at(B).answer(message, false, Optional.of(ReasonCode.POLICY_VIOLATION)));
          body.put(Topics.ENOUGH, true);
          return body;
        });
    wrong.put(
        "another no than what is signed",
        message -> {
          Map<String, Object> body =
              new LinkedHashMap<>(at(B).answer(message, true, Optional.empty()));
          body.put(Topics.ENOUGH, false);
          return body;
        });
    wrong.put(
        "the answer of another client", message -> at(A).answer(message, true, Optional.empty()));
    wrong.put(
        "the site key alone",
        message -> signed(message, keys -> new KeySignatures(keys.site(), Optional.empty())));
    wrong.put(
        "the signature of another process",
        message ->
            signed(
                message,
                keys ->
                    new KeySignatures(
                        keys.site(), Optional.of(at(A).keys().sessionSignature(new byte[1])))));
    wrong.put("another set", this::forAnotherSet);
    federation(builder -> builder.untrustedClients(UntrustedClientPolicy.EXCLUDE), A, B);
    wrong.forEach(
        (what, answer) -> {
          at(B)
              .instead
              .put(Topics.CHECK_RESOURCE, message -> reply(message, answer.apply(message)));
          JobDecision.Dispatch dispatch = dispatch(attempt(job(1, A, B)));
          assertThat(dispatch.clients()).as(what).containsExactly(A);
          assertThat(dispatch.left()).as(what).containsKey(B);
          federation.server().jobEnded("job-1");
        });
    assertThat(admitted(B)).isTrue();
  }

  private Map<String, Object> signed(
      PeerMessage message, Function<KeySignatures, KeySignatures> change) {
    JobSet set = ScriptedClient.setIn(message).set();
    Bytes digest = set.digest(at(B).context(set));
    KeySignatures keys =
        at(B)
            .keys()
            .sign(JobAnswer.signatureInput(at(B).context(set), B, digest, true, Optional.empty()));
    return ScriptedClient.answer(
        true, new JobAnswer(digest, true, Optional.empty(), change.apply(keys)));
  }

  private Map<String, Object> forAnotherSet(PeerMessage message) {
    JobSet set = ScriptedClient.setIn(message).set();
    Bytes other = Bytes.of(new byte[32]);
    return ScriptedClient.answer(
        true,
        new JobAnswer(
            other,
            true,
            Optional.empty(),
            at(B)
                .keys()
                .sign(
                    JobAnswer.signatureInput(
                        at(B).context(set), B, other, true, Optional.empty()))));
  }

  @Test
  @DisplayName("a client that does not start is left out; if too few are left, all hear cancelled")
  void notStarting() {
    federation(A, B);
    at(B).instead.put(Topics.JOB_DISPATCH, message -> reply(message, Map.of()));
    JobDecision.Dispatch dispatch = dispatch(attempt(job(1, A, B)));
    assertThat(dispatch.clients()).containsExactly(A);
    assertThat(dispatch.left()).containsEntry(B, "did not start");
    assertThat(federation.server().participants("job-1")).containsExactly(A, Federation.SERVER);
    federation.server().jobEnded("job-1");
    federation.time.pass(Duration.ofSeconds(1));

    JobDecision.Retry retry = retry(attempt(job(2, A, B)));
    assertThat(retry.sites()).containsEntry(B, "did not start");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(at(A).ends()).containsExactly(JobOutcome.FINISHED, JobOutcome.CANCELLED);
    assertThat(at(B).ends())
        .as("the first one as soon as it is left out: it may run all the same")
        .containsExactly(JobOutcome.CANCELLED, JobOutcome.FINISHED, JobOutcome.CANCELLED);
    assertThat(federation.server().participants("job-1")).isEmpty();
  }

  @Test
  @DisplayName("when too few accept, nobody starts and all hear not-dispatched")
  void notDispatched() {
    federation(A, B);
    at(B)
        .instead
        .put(
            Topics.CHECK_RESOURCE,
            message -> reply(message, at(B).answer(message, false, Optional.empty())));
    assertThat(retry(attempt(job(2, A, B))).reason())
        .isEqualTo("1 of at least 2 clients; hospital-b: declined");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(at(A).heard(Topics.JOB_DISPATCH)).isEmpty();
    assertThat(at(A).ends()).containsExactly(JobOutcome.NOT_DISPATCHED);
    assertThat(at(B).ends()).containsExactly(JobOutcome.NOT_DISPATCHED);
  }

  @Test
  @DisplayName("if one client turns bad, the job waits for it; known quarantine asks nobody")
  void blocked() {
    federation(A, B);
    tampered(B);
    assertThat(retry(attempt(job(1, A, B))))
        .isEqualTo(
            new JobDecision.Retry(
                "_cc_verify_error.; hospital-b: MEASUREMENT_UNKNOWN",
                new TreeMap<>(Map.of(B, "MEASUREMENT_UNKNOWN"))));
    assertThat(at(A).heard(Topics.CHECK_RESOURCE)).isEmpty();
    assertThat(admitted(B)).isFalse();
    int before = federation.network.sent().size();
    JobDecision.Retry second = retry(attempt(job(1, A, B)));
    assertThat(second.sites().get(B)).contains("in quarantine", "rejected");
    assertThat(federation.network.sent()).hasSize(before);
    assertThat(
            retry(
                    attempt(
                        new JobRequirements(
                            "job-2", false, Optional.empty(), Set.of(), 1, Optional.empty())))
                .sites())
        .as("a job for all sites waits, too")
        .containsOnlyKeys(B);
    assertThat(dispatch(attempt(job(1, A))).clients()).as("other jobs go on").containsExactly(A);
  }

  @Test
  @DisplayName("with EXCLUDE the job runs without a client that turned bad, and others are told so")
  void excluded() {
    federation(builder -> builder.untrustedClients(UntrustedClientPolicy.EXCLUDE), A, B);
    tampered(B);
    JobDecision.Dispatch dispatch = dispatch(attempt(job(1, A, B)));
    assertThat(dispatch.clients()).containsExactly(A);
    assertThat(dispatch.left()).containsEntry(B, "MEASUREMENT_UNKNOWN");
    assertThat(set(at(A)).set().left()).isEqualTo(new TreeMap<>(Map.of(B, JobSet.Left.REJECTED)));
    federation.server().jobEnded("job-1");
    assertThat(dispatch(attempt(job(1, A, B))).left().get(B)).contains("in quarantine");
  }

  @Test
  @DisplayName("a job waits twice for a client that gave a nonce and then falls silent")
  void silent() {
    federation(A, B);
    at(B).instead.put(Topics.JOB_LIST, message -> Network.lost());
    assertThat(retry(attempt(job(1, A, B))).reason()).startsWith("clients do not answer: [");
    assertThat(retry(attempt(job(1, A, B))).sites()).containsOnlyKeys(B);
    JobDecision.Dispatch dispatch = dispatch(attempt(job(1, A, B)));
    assertThat(dispatch.left().get(B)).startsWith("no evidence");
    assertThat(set(at(A)).set().left()).isEqualTo(new TreeMap<>(Map.of(B, JobSet.Left.SILENT)));
  }

  @Test
  @DisplayName("a client without a nonce is absent: nobody waits for it, and it is in no list")
  void absent() {
    federation(A, B);
    at(B).instead.put(Topics.JOB_NONCE, message -> Network.lost());
    JobDecision.Dispatch dispatch = dispatch(attempt(job(1, A, B, C)));
    assertThat(dispatch.clients()).containsExactly(A);
    assertThat(dispatch.left().get(B)).startsWith("no nonce");
    assertThat(dispatch.left()).containsEntry(C, "not admitted");
    assertThat(set(at(A)).set().left()).isEmpty();
  }

  @Test
  @DisplayName("silence in jobs counts against nobody: ten jobs wait and nobody is quarantined")
  void noMisses() {
    federation(A, B);
    at(B).instead.put(Topics.JOB_LIST, message -> Network.lost());
    List<CompletableFuture<CCEvent.JobDecided>> open = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      JobRequirements each =
          new JobRequirements(
              "job-" + i, false, Optional.of(Set.of(A, B)), Set.of(), 2, Optional.empty());
      open.add(federation.server().attempt(each, ScheduleHistory.NONE).toCompletableFuture());
    }
    open.forEach(federation.time::await);
    assertThat(admitted(B)).isTrue();
    assertThat(federation.heard(Federation.SERVER, CCEvent.Quarantined.class)).isEmpty();
  }

  @Test
  @DisplayName("the last refusal names the reasons of every site")
  void finalRefusal() {
    federation(A, B);
    at(B)
        .instead
        .put(
            Topics.CHECK_RESOURCE,
            message ->
                reply(
                    message,
                    at(B).answer(message, false, Optional.of(ReasonCode.POLICY_VIOLATION))));
    JobDecision last =
        federation.time.await(federation.server().schedule(job(2, A, B, C)).decision());
    assertThat(last)
        .isEqualTo(
            new JobDecision.Refused(
                JobDecision.CAN_NOT_SCHEDULE,
                new TreeMap<>(Map.of(B, "POLICY_VIOLATION", C, "not admitted"))));
    assertThat(federation.heard(Federation.SERVER, CCEvent.JobDecided.class)).hasSize(10);
  }

  @Test
  @DisplayName("cancel at any step: nothing is dispatched afterwards, and clients hear cancelled")
  void cancel() {
    for (String step :
        List.of(Topics.JOB_NONCE, Topics.JOB_LIST, Topics.CHECK_RESOURCE, Topics.JOB_DISPATCH)) {
      JobServerTest fresh = new JobServerTest();
      fresh.federation(A, B);
      ScheduledJob[] scheduled = new ScheduledJob[1];
      fresh
          .at(B)
          .instead
          .put(
              step,
              message -> {
                scheduled[0].cancel();
                return CompletableFuture.completedFuture(fresh.at(B).honest(message));
              });
      scheduled[0] = fresh.federation.server().schedule(job(2, A, B));
      assertThat(fresh.federation.time.await(scheduled[0].decision()))
          .as(step)
          .isEqualTo(JobDecision.Refused.because(JobDecision.ABORTED));
      fresh.federation.time.pass(Duration.ofMinutes(30));
      boolean asked = step.equals(Topics.CHECK_RESOURCE) || step.equals(Topics.JOB_DISPATCH);
      assertThat(fresh.at(A).ends())
          .as(step)
          .isEqualTo(asked ? List.of(JobOutcome.CANCELLED) : List.of());
      if (!step.equals(Topics.JOB_DISPATCH)) {
        assertThat(fresh.at(A).heard(Topics.JOB_DISPATCH)).as(step).isEmpty();
      }
      assertThat(fresh.federation.server().participants("job-1")).isEmpty();
    }
  }

  @Test
  @DisplayName("cancel of a job that runs ends it, and of one that waits stops its attempts")
  void cancelLater() {
    federation(A);
    ScheduledJob running = federation.server().schedule(job(1, A));
    dispatch(federation.time.await(running.decision()));
    running.cancel();
    running.cancel();
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(at(A).ends()).containsExactly(JobOutcome.CANCELLED);
    assertThat(federation.heard(Federation.SERVER, CCEvent.JobEnded.class))
        .singleElement()
        .satisfies(ended -> assertThat(ended.outcome()).isEqualTo(JobOutcome.CANCELLED));

    ScheduledJob waiting = federation.server().schedule(job(2, A, B));
    federation.time.pass(Duration.ofSeconds(15));
    waiting.cancel();
    assertThat(federation.time.await(waiting.decision()))
        .isEqualTo(JobDecision.Refused.because(JobDecision.ABORTED));
    int decided = federation.heard(Federation.SERVER, CCEvent.JobDecided.class).size();
    federation.time.pass(Duration.ofHours(1));
    assertThat(federation.heard(Federation.SERVER, CCEvent.JobDecided.class)).hasSize(decided);
  }

  @Test
  @DisplayName("close at any step completes every open stage with CLOSED, and nothing follows")
  void closed() {
    for (String step :
        List.of(Topics.JOB_NONCE, Topics.JOB_LIST, Topics.CHECK_RESOURCE, Topics.JOB_DISPATCH)) {
      JobServerTest fresh = new JobServerTest();
      fresh.federation(A, B);
      fresh
          .at(B)
          .instead
          .put(
              step,
              message -> {
                fresh.federation.server().close();
                return Network.lost();
              });
      ScheduledJob scheduled = fresh.federation.server().schedule(job(2, A, B));
      assertThatThrownBy(() -> fresh.federation.time.await(scheduled.decision()))
          .as(step)
          .hasCauseInstanceOf(AttestationException.class)
          .satisfies(
              failure ->
                  assertThat(((AttestationException) failure.getCause()).code())
                      .isEqualTo(ErrorCode.CLOSED));
      int sent = fresh.federation.network.sent().size();
      fresh.federation.time.pass(Duration.ofHours(1));
      assertThat(fresh.federation.network.sent()).as(step).hasSizeLessThanOrEqualTo(sent + 1);
    }
  }

  @Test
  @DisplayName("there is one attempt of a job at a time")
  void oneAttempt() {
    federation(A);
    CompletableFuture<CCEvent.JobDecided> first =
        federation.server().attempt(job(1, A), ScheduleHistory.NONE).toCompletableFuture();
    assertThat(retry(attempt(job(1, A))).reason()).contains("being attempted or runs");
    dispatch(federation.time.await(first).decision());
    assertThat(retry(attempt(job(1, A))).reason()).contains("being attempted or runs");
    federation.server().jobEnded("job-1");
    dispatch(attempt(job(1, A)));
  }

  @Test
  @DisplayName("the participants of a job only shrink: a site that was lost stays out")
  void shrinking() {
    federation(A, B);
    dispatch(attempt(job(2, A, B)));
    ScriptedClient restarted = new ScriptedClient(federation, B, SoftTee.CPU).registered();
    clients.put(B, restarted);
    assertThat(admitted(B)).isTrue();
    assertThat(federation.heard(Federation.SERVER, CCEvent.ParticipantLost.class))
        .singleElement()
        .satisfies(lost -> assertThat(lost.site()).isEqualTo(B));
    assertThat(federation.server().participants("job-1")).containsExactly(A, Federation.SERVER);
    federation.server().leave(A);
    at(A).registered();
    assertThat(admitted(A)).isTrue();
    assertThat(federation.server().participants("job-1")).containsExactly(Federation.SERVER);
    assertThat(federation.heard(Federation.SERVER, CCEvent.ParticipantLost.class)).hasSize(2);
  }

  @Test
  @DisplayName("the end is repeated until a client takes note of it, for ten minutes at most")
  void repeatedEnd() {
    federation(A, B);
    dispatch(attempt(job(2, A, B)));
    at(A).instead.put(Topics.JOB_END, message -> Network.lost());
    federation.server().jobEnded("job-1");
    federation.time.pass(Duration.ofMinutes(3));
    int early = at(A).ends().size();
    assertThat(early).isBetween(3, 15);
    assertThat(at(B).ends()).hasSize(1);
    federation.time.pass(Duration.ofMinutes(10));
    int late = at(A).ends().size();
    federation.time.pass(Duration.ofHours(1));
    assertThat(at(A).ends()).hasSize(late);
    assertThat(late).isGreaterThan(early);
  }

  @Test
  @DisplayName("a site without evidence takes part by its presence, if the policy says none of it")
  void unattested() {
    FederationPolicy policy =
        FederationPolicy.named("cpu", "1").anySite(SoftTee.CPU.rules()).unattested(C).build();
    federation.add(Federation.SERVER, SoftTee.CPU, policy, builder -> {});
    federation.server().start();
    clients.put(A, new ScriptedClient(federation, A, SoftTee.CPU).registered());
    clients.put(C, new ScriptedClient(federation, C).registered());
    assertThat(admitted(C)).isTrue();
    assertThat(dispatch(attempt(job(2, A, C))).clients()).containsExactly(A, C);
    JobSet.Participant shown = set(at(A)).set().participants().get(C);
    assertThat(shown.kind()).isEqualTo(JobSet.Kind.UNATTESTED);
    assertThat(shown.session()).isEmpty();
    Map<?, ?> message = at(A).heard(Topics.CHECK_RESOURCE).get(0).body();
    assertThat(((Map<?, ?>) message.get(Topics.HERE)).keySet()).isEqualTo(Set.of(C));
    assertThat(((Map<?, ?>) message.get(Topics.PEER_TOKENS)).keySet())
        .isEqualTo(Set.of(A, Federation.SERVER));
    assertThat(federation.server().participants("job-1")).containsExactly(A, C, Federation.SERVER);
  }

  @Test
  @DisplayName("presence that another site signed, or for another challenge, is none")
  void falsePresence() {
    FederationPolicy policy =
        FederationPolicy.named("cpu", "1").anySite(SoftTee.CPU.rules()).unattested(C).build();
    federation.add(
        Federation.SERVER,
        SoftTee.CPU,
        policy,
        builder -> builder.untrustedClients(UntrustedClientPolicy.EXCLUDE));
    federation.server().start();
    clients.put(A, new ScriptedClient(federation, A, SoftTee.CPU).registered());
    clients.put(C, new ScriptedClient(federation, C).registered());
    Site other = new Site(Federation.identity(B));
    List<CompletableFuture<PeerMessage>> first = new ArrayList<>();
    at(C)
        .instead
        .put(
            Topics.JOB_LIST,
            message -> {
              first.add(CompletableFuture.completedFuture(at(C).honest(message)));
              return reply(
                  message,
                  Map.of(
                      Topics.HERE,
                      other
                          .attester
                          .here("*group", Optional.of("job-1"), Challenge.of(new byte[32]))
                          .toMap()));
            });
    assertThat(dispatch(attempt(job(1, A, C))).left().get(C)).contains("GROUP_REFUSED");
    federation.server().jobEnded("job-1");
    at(C).instead.put(Topics.JOB_LIST, message -> first.get(0));
    assertThat(dispatch(attempt(job(1, A, C))).left().get(C)).contains("GROUP_REFUSED");
  }

  @Test
  @DisplayName("a client whose evidence nobody can judge in time is inconclusive, and told as that")
  void lateReplies() {
    federation(builder -> builder.untrustedClients(UntrustedClientPolicy.EXCLUDE), A, B);
    at(B)
        .instead
        .put(
            Topics.JOB_LIST,
            message ->
                federation
                    .network
                    .after(Duration.ofMinutes(6))
                    .thenApply(
                        now -> {
                          throw new IllegalStateException("late");
                        }));
    long begun = federation.time.nanos();
    assertThat(dispatch(attempt(job(1, A, B))).clients()).containsExactly(A);
    assertThat(Duration.ofNanos(federation.time.nanos() - begun)).isLessThan(Duration.ofMinutes(5));
    assertThat(set(at(A)).set().left()).containsEntry(B, JobSet.Left.SILENT);
  }

  /** Refuses so many messages of a topic, and answers the next. */
  private void refusing(String name, String topic, int times, Refusal refusal) {
    int[] left = {times};
    at(name)
        .instead
        .put(
            topic,
            message ->
                CompletableFuture.completedFuture(
                    left[0]-- > 0
                        ? at(name).refusing(message, refusal)
                        : at(name).honest(message)));
  }

  @Test
  @DisplayName("a busy client is asked again once, after the time that it names")
  void busyOnce() {
    for (String topic : List.of(Topics.JOB_LIST, Topics.CHECK_RESOURCE)) {
      JobServerTest fresh = new JobServerTest();
      fresh.federation(A, B);
      fresh.refusing(B, topic, 1, Refusal.busy(Duration.ofSeconds(30)));
      long begun = fresh.federation.time.nanos();
      assertThat(dispatch(fresh.attempt(job(2, A, B))).clients()).as(topic).containsExactly(A, B);
      assertThat(Duration.ofNanos(fresh.federation.time.nanos() - begun))
          .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
      assertThat(fresh.at(B).heard(topic)).hasSize(2);
    }
  }

  @Test
  @DisplayName("a client that is busy for longer makes the job wait twice, and is then left out")
  void busy() {
    federation(A, B);
    refusing(B, Topics.JOB_LIST, 100, Refusal.busy(Duration.ofSeconds(20)));
    assertThat(retry(attempt(job(1, A, B))).sites()).containsEntry(B, "BUSY 20 s");
    assertThat(at(B).heard(Topics.JOB_LIST)).hasSize(2);
    retry(attempt(job(1, A, B)));
    assertThat(dispatch(attempt(job(1, A, B))).left()).containsEntry(B, "BUSY 20 s");
    assertThat(set(at(A)).set().left()).isEqualTo(new TreeMap<>(Map.of(B, JobSet.Left.BUSY)));
    assertThat(admitted(B)).isTrue();
  }

  @Test
  @DisplayName("a client that is busy with a job which has ended hears again that it has")
  void busyWithFormerJob() {
    federation(A, B);
    dispatch(attempt(job(2, A, B)));
    at(B).instead.put(Topics.JOB_END, message -> Network.lost());
    federation.server().jobEnded("job-1");
    federation.time.pass(Duration.ofMinutes(11));
    int heard = at(B).ends().size();
    at(B).instead.remove(Topics.JOB_END);
    refusing(B, Topics.JOB_LIST, 1, Refusal.busy(Duration.ofSeconds(10)));
    dispatch(attempt(job(2, A, B)));
    assertThat(at(B).ends()).hasSize(heard + 1);
    assertThat(at(A).ends()).hasSize(1);
  }

  @Test
  @DisplayName("a client that declines a list is left out at once, and the others are told so")
  void declinedList() {
    federation(A, B);
    refusing(B, Topics.JOB_LIST, 1, Refusal.declined(ReasonCode.GROUP_REFUSED));
    assertThat(dispatch(attempt(job(1, A, B))).left()).containsEntry(B, "GROUP_REFUSED");
    assertThat(set(at(A)).set().left()).isEqualTo(new TreeMap<>(Map.of(B, JobSet.Left.DECLINED)));
    assertThat(admitted(B)).as("to decline is no fault").isTrue();
    assertThat(federation.heard(Federation.SERVER, CCEvent.PeerRefused.class)).hasSize(1);
  }

  @Test
  @DisplayName("a client to which this server is a stranger counts as absent")
  void stranger() {
    federation(A, B);
    refusing(B, Topics.JOB_NONCE, 1, Refusal.of(RefusalCode.NOT_ADMITTED));
    assertThat(dispatch(attempt(job(1, A, B))).left()).containsEntry(B, "NOT_ADMITTED");
    assertThat(set(at(A)).set().left()).isEmpty();
  }

  @Test
  @DisplayName("one site that stays in quarantine delays a job by forgetAfter at most")
  void forgetAfter() {
    federation(
        builder ->
            builder
                .forgetAfter(Duration.ofMinutes(5))
                .retry(new RetryPolicy(100, Duration.ofSeconds(10), Duration.ofMinutes(1))),
        A,
        B);
    tampered(B);
    long begun = federation.time.nanos();
    JobDecision decision =
        federation.time.await(federation.server().schedule(job(1, A, B)).decision());
    assertThat(dispatch(decision).clients()).containsExactly(A);
    assertThat(dispatch(decision).left()).containsKey(B);
    assertThat(Duration.ofNanos(federation.time.nanos() - begun))
        .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(7));
  }

  @Test
  @DisplayName("close ends the wait for a client that is busy")
  void closedWhileBusy() {
    federation(A, B);
    refusing(B, Topics.JOB_LIST, 1, Refusal.busy(Duration.ofSeconds(30)));
    var attempt = federation.server().attempt(job(2, A, B), ScheduleHistory.NONE);
    federation.time.pass(Duration.ofSeconds(1));
    int waiting = federation.time.waiting();
    federation.server().close();
    federation.time.pass(Duration.ZERO);
    assertThat(attempt.toCompletableFuture()).isCompletedExceptionally();
    assertThat(federation.time.waiting()).as("of %d", waiting).isZero();
  }
}
