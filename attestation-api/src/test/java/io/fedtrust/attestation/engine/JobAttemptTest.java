// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.Bytes;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.protocol.JobSet;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An attempt of the server is bounded in time, and what it keeps is bounded too. */
class JobAttemptTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String PEER = "hospital-p";

  private static JobRequirements job(String... clients) {
    return new JobRequirements(
        "job-1", false, Optional.of(Set.of(clients)), Set.of(), 1, Optional.empty());
  }

  private static JobDecision attempt(Federation federation, JobRequirements job) {
    return federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE)).decision();
  }

  /** Threads that hang as the code in them does; otherwise one task after the other. */
  private static final class Hanging implements Executor {
    private final Executor turns;
    private final Semaphore turn = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicBoolean hangs = new AtomicBoolean();

    Hanging(Executor turns) {
      this.turns = turns;
    }

    @Override
    public void execute(Runnable task) {
      turns.execute(
          () -> {
            Thread thread =
                new Thread(
                    () -> {
                      try {
                        task.run();
                      } finally {
                        turn.release();
                      }
                    });
            thread.setDaemon(true);
            thread.start();
            turn.acquireUninterruptibly();
          });
    }

    /** Code of the host that does not come back before the test is over, if it hangs. */
    boolean call() {
      if (hangs.get()) {
        turn.release();
        try {
          end.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return false;
    }
  }

  @Test
  @DisplayName("a verifier that hangs over the server's own evidence ends an attempt as a retry")
  void hangingVerifier() {
    Federation federation = new Federation();
    Hanging work = new Hanging(federation.time);
    federation.add(
        Federation.SERVER,
        SoftTee.collecting(SoftTee.CPU),
        Federation.CPU,
        builder ->
            builder
                .executors(federation.time, work, federation.time)
                .authorizer(SoftTee.CPU.verifyingUnless(work::call)));
    federation.add(A, builder -> {});
    federation.started();
    work.hangs.set(true);
    JobDecision decision = attempt(federation, job(A));
    assertThat(decision).isInstanceOf(JobDecision.Retry.class);
    assertThat(((JobDecision.Retry) decision).sites())
        .hasEntrySatisfying(
            Federation.SERVER, why -> assertThat(why).isEqualTo("not appraised in PT10S"));
    work.hangs.set(false);
    assertThat(attempt(federation, job(A))).isInstanceOf(JobDecision.Dispatch.class);
    work.end.countDown();
  }

  @Test
  @DisplayName("once a job runs, the server keeps no entries of its participants, and serves none")
  void runningKeepsNoEntries() {
    Federation federation = Federation.of(A, B).started();
    assertThat(attempt(federation, job(A, B))).isInstanceOf(JobDecision.Dispatch.class);
    JobSet set =
        ScriptedClient.setIn(federation.network.sent(Topics.CHECK_RESOURCE).get(0).message()).set();
    Bytes digest = set.digest(new ScriptedClient(federation, A, SoftTee.CPU).context(set));
    PeerMessage reply =
        federation.time.await(
            federation
                .server()
                .receive(
                    A,
                    new PeerMessage(
                        Topics.JOB_ENTRIES,
                        Map.of(
                            Topics.JOB,
                            "job-1",
                            Topics.SET_DIGEST,
                            Base64.getEncoder().encodeToString(digest.bytes()),
                            Topics.NAMES,
                            List.of(B)))));
    assertThat(reply.topic()).isEqualTo(PeerMessage.REFUSED);
    assertThat(String.valueOf(reply.body().get(PeerMessage.REASON))).contains("GROUP_REFUSED");
    assertThat(federation.server().participants("job-1")).containsExactly(A, B, Federation.SERVER);
  }

  /** As JSON, a token may have blanks around it: three million of them. */
  private static CCAuthorizer large() {
    return SoftTee.collecting(
        SoftTee.giving(
            EvidenceForm.SNP_REPORT,
            binding ->
                Evidence.of(
                    EvidenceForm.SNP_REPORT,
                    SoftTee.CPU.collect(binding, Deadline.in(Site.LIFE)).token()
                        + " ".repeat(3_000_000))));
  }

  @Test
  @DisplayName("a compat client to which not all evidence can be shown is left out, not asked")
  void tooLargeForCompat() {
    FederationPolicy policy =
        FederationPolicy.named("unbound", "1")
            .anySite(SoftTee.CPU.rules())
            .site(PEER, SoftTee.CPU.rules())
            .acceptUnbound(PEER)
            .build();
    Federation federation = new Federation();
    for (String name : List.of(Federation.SERVER, A, B)) {
      federation.add(
          name,
          large(),
          policy,
          builder ->
              builder
                  .authorizer(SoftTee.CPU.verifying())
                  .nvflarePeer(PEER)
                  .untrustedClients(UntrustedClientPolicy.EXCLUDE));
    }
    Set<String> asked = new HashSet<>();
    federation.network.join(
        PEER,
        (from, message) -> {
          asked.add(message.topic());
          return CompletableFuture.completedFuture(
              message.topic().equals(Topics.FRESH_TOKEN)
                  ? new PeerMessage(
                      message.topic(),
                      Map.of("site_name", PEER, "cc_info", List.of(Site.entryAsNvflare(PEER))))
                  : new PeerMessage(
                      message.topic(), Map.of(Topics.ENOUGH, true, Topics.RESERVE_TOKEN, "t")));
        });
    federation.started();
    federation.time.await(
        federation
            .server()
            .receive(
                PEER,
                new PeerMessage(
                    Topics.REGISTER,
                    Map.of("_cc_info", Map.of(PEER, List.of(Site.entryAsNvflare(PEER)))))));
    JobDecision decision = attempt(federation, job(A, B, PEER));
    assertThat(decision).isInstanceOf(JobDecision.Dispatch.class);
    assertThat(((JobDecision.Dispatch) decision).clients()).containsExactly(A, B);
    assertThat(((JobDecision.Dispatch) decision).left().get(PEER)).contains("does not fit");
    assertThat(asked).containsExactly(Topics.FRESH_TOKEN);
  }
}
