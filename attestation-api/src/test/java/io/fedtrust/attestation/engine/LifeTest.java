// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.RefusalCode;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import io.fedtrust.attestation.spi.SiteActions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a manager begins and ends, and what code of the host can do to it: T19, T20, T21. */
class LifeTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final JobRequirements JOB = job("job-1");
  private static final FederationPolicy STRICTER =
      FederationPolicy.named("cpu", "2")
          .anySite(
              AppraisalRules.of(SoftTee.CPU.vocabulary())
                  .measurement(ReferenceValue.of("other", Federation.OTHER_SOFTWARE))
                  .build())
          .build();

  private static JobRequirements job(String id) {
    return new JobRequirements(id, false, Optional.empty(), Set.of(), 1, Optional.empty());
  }

  private static void code(ErrorCode code, CompletionStage<?> stage) {
    assertThat(stage.toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            AttestationException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static void notStarted(CCManager manager) {
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            manager::register,
            manager::validate,
            () -> manager.attempt(JOB, ScheduleHistory.NONE),
            () -> manager.schedule(JOB),
            () -> manager.replacePolicy(STRICTER),
            () -> manager.replaceIdentity(Federation.identity(A)))) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith("was called before start() succeeded. Call start() first.");
    }
    assertThat(manager.admitted(Federation.SERVER)).isEmpty();
    assertThat(manager.participants("job-1")).isEmpty();
    assertThat(manager.entries()).isEmpty();
    assertThatCode(
            () -> {
              manager.jobEnded("job-1");
              manager.leave(B);
            })
        .doesNotThrowAnyException();
  }

  @Test
  @DisplayName("before a start nothing can be called, nobody is shown, and peers get NOT_STARTED")
  void before() {
    Federation federation = Federation.of(A);
    notStarted(federation.at(A));
    notStarted(federation.server());
    federation.start(federation.at(A));
    code(ErrorCode.NOT_STARTED, attempted(federation, federation.at(A)));
    federation.start(federation.server());
    assertThat(federation.register(A).trusted()).isTrue();
    assertThatThrownBy(federation.server()::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("This manager has already started. Call start() once.");
  }

  private static CompletableFuture<SiteVerdict> attempted(Federation federation, CCManager client) {
    CompletableFuture<SiteVerdict> registered = client.register().toCompletableFuture();
    federation.time.pass(Duration.ofMinutes(20));
    return registered;
  }

  @Test
  @DisplayName("after a start that failed it is as before, and a later start may succeed")
  void failed() {
    Federation federation = new Federation();
    AtomicReference<SoftTee> hardware =
        new AtomicReference<>(SoftTee.CPU.running(Federation.OTHER_SOFTWARE));
    CCManager server =
        federation.add(
            Federation.SERVER,
            SoftTee.collecting(
                SoftTee.giving(
                    EvidenceForm.SNP_REPORT,
                    binding -> hardware.get().collect(binding, Deadline.in(Site.LIFE)))),
            Federation.CPU,
            builder -> builder.authorizer(SoftTee.CPU.verifying()));
    assertThatThrownBy(server::start)
        .isInstanceOfSatisfying(
            AttestationException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.SELF_REJECTED));
    notStarted(server);
    PeerMessage refused =
        federation.time.await(server.receive(A, new PeerMessage(Topics.GET_SITES, Map.of())));
    assertThat(refused.topic()).isEqualTo(PeerMessage.REFUSED);
    assertThat(refused.body().get(PeerMessage.REASON))
        .asString()
        .startsWith(RefusalCode.NOT_STARTED.name());
    hardware.set(SoftTee.CPU);
    assertThat(server.start().trusted()).isTrue();
    assertThat(server.entries().get(Federation.SERVER)).hasSize(1);
  }

  @Test
  @DisplayName("the server shows what it started with, and sends it to nobody")
  void bootstrap() {
    Federation federation = Federation.of(A);
    federation.start(federation.server());
    List<?> own = federation.server().entries().get(Federation.SERVER);
    assertThat(own).hasSize(1);
    federation.register(A);
    assertThat(federation.at(A).entries().get(Federation.SERVER))
        .as("bound to the client that asked")
        .hasSize(1)
        .isNotEqualTo(own);
    assertThat(federation.server().entries().get(Federation.SERVER)).isEqualTo(own);
  }

  @Test
  @DisplayName("what a server declines, with its reason; silence; and a server that has stopped")
  void registrations() {
    Federation federation = Federation.of(A);
    federation.start(federation.server());
    CCManager tampered = federation.addTampered("tampered");
    CompletableFuture<SiteVerdict> declined = attempted(federation, tampered);
    code(ErrorCode.REGISTRATION_DECLINED, declined);
    assertThatThrownBy(declined::join).hasMessageContaining(ReasonCode.MEASUREMENT_UNKNOWN.name());
    federation.start(federation.at(A));
    federation.network.attackedBy((sent, on) -> Network.lost());
    code(ErrorCode.SERVER_SILENT, attempted(federation, federation.at(A)));
    federation.network.attackedBy(
        (sent, on) -> {
          throw new NoClassDefFoundError("channel");
        });
    code(ErrorCode.SERVER_SILENT, attempted(federation, federation.at(A)));
    federation.network.attackedBy(
        (sent, on) -> CompletableFuture.completedFuture(PeerMessage.refused("NOT_STARTED")));
    code(ErrorCode.SERVER_SILENT, attempted(federation, federation.at(A)));
    federation.network.honest();
    federation.server().close();
    code(ErrorCode.NOT_STARTED, attempted(federation, federation.at(A)));
  }

  @Test
  @DisplayName("a server that has stopped refuses with its signature: NOT_STARTED")
  void stopped() {
    Federation federation = Federation.of(A).started();
    federation.server().close();
    PeerMessage refused =
        federation.time.await(
            federation
                .server()
                .receive(
                    A,
                    Refusals.refusable(
                        new PeerMessage(Topics.GET_SITES, Map.of()), new SecureRandom())));
    assertThat(refused.body())
        .containsEntry("code", RefusalCode.NOT_STARTED.name())
        .containsKey(Topics.SIGNATURE);
  }

  @Test
  @DisplayName("a verifier that hangs delays no registration for ever: the server is busy")
  void hangingVerifier() {
    Federation federation = new Federation();
    AtomicReference<Runnable> hang = new AtomicReference<>(() -> {});
    federation.add(
        Federation.SERVER,
        SoftTee.collecting(SoftTee.CPU),
        Federation.CPU,
        builder ->
            builder.authorizer(
                SoftTee.CPU.verifyingUnless(
                    () -> {
                      hang.getAndSet(() -> {}).run();
                      return false;
                    })));
    CCManager client = federation.add(A, builder -> {});
    federation.managers.values().forEach(federation::start);
    AtomicBoolean ended = new AtomicBoolean();
    CompletableFuture<SiteVerdict> registered = client.register().toCompletableFuture();
    hang.set(
        () -> {
          federation.time.pass(Duration.ofMinutes(4));
          code(ErrorCode.SERVER_BUSY, registered);
          ended.set(true);
        });
    federation.time.pass(Duration.ofMinutes(1));
    assertThat(ended).as("while the verifier hung").isTrue();
    assertThat(federation.register(A).trusted()).as("once it has returned").isTrue();
  }

  @Test
  @DisplayName("a registration that cannot even begin fails, and the next one begins anew")
  void cannotBegin() {
    Federation federation = Federation.of(A);
    federation.managers.values().forEach(federation::start);
    AtomicBoolean broken = new AtomicBoolean();
    CCManager client =
        federation.add(
            "hospital-c",
            builder ->
                builder.random(
                    new SecureRandom() {
                      private static final long serialVersionUID = 1L;

                      @Override
                      public void nextBytes(byte[] bytes) {
                        if (broken.get()) {
                          throw new IllegalStateException("no randomness");
                        }
                        super.nextBytes(bytes);
                      }
                    }));
    federation.start(client);
    broken.set(true);
    assertThat(client.register().toCompletableFuture()).isCompletedExceptionally();
    broken.set(false);
    assertThat(federation.register("hospital-c").trusted()).isTrue();
  }

  @Test
  @DisplayName("closing completes every open stage with CLOSED, and nothing runs afterwards")
  void closed() {
    Federation federation = Federation.of(A, B).started();
    federation.network.attackedBy((sent, on) -> Network.lost());
    CCManager server = federation.server();
    CCManager client = federation.at(A);
    CompletableFuture<?> registering = client.register().toCompletableFuture();
    CompletableFuture<?> validating = server.validate().toCompletableFuture();
    CompletableFuture<?> attempting =
        server.attempt(JOB, ScheduleHistory.NONE).toCompletableFuture();
    CompletableFuture<?> scheduling =
        server.schedule(job("job-2")).decision().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(1));
    client.close();
    server.close();
    server.close();
    List.of(registering, validating, attempting, scheduling)
        .forEach(stage -> code(ErrorCode.CLOSED, stage));
    int sent = federation.network.sent().size();
    int heard = federation.events.get(Federation.SERVER).size();
    code(ErrorCode.CLOSED, client.register());
    code(ErrorCode.CLOSED, server.validate());
    assertThatThrownBy(() -> server.schedule(JOB))
        .isInstanceOfSatisfying(
            AttestationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    assertThatThrownBy(server::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("This manager is closed. Make a new one.");
    assertThat(server.admitted(A)).isEmpty();
    assertThat(server.entries()).isEmpty();
    federation.at(B).close();
    federation.time.pass(Duration.ofHours(2));
    assertThat(federation.network.sent()).hasSize(sent);
    assertThat(federation.events.get(Federation.SERVER)).hasSize(heard);
    assertThat(server.receive(A, new PeerMessage(Topics.GET_SITES, Map.of())))
        .isCompletedWithValueMatching(reply -> reply.topic().equals(PeerMessage.REFUSED));
  }

  @Test
  @DisplayName("closing ends a start that waits for the hardware, and takes less than 5 seconds")
  void closedWhileStarting() throws Exception {
    CountDownLatch collecting = new CountDownLatch(1);
    CCManager manager =
        CCManager.builder(
                Federation.identity(A),
                Federation.SERVER,
                Federation.CPU,
                (peer, message, deadline) -> new CompletableFuture<>())
            .authorizer(
                SoftTee.collecting(
                    SoftTee.starting(
                        EvidenceForm.SNP_REPORT,
                        binding -> {
                          collecting.countDown();
                          return new CompletableFuture<>();
                        })))
            .authorizer(SoftTee.CPU.verifying())
            .build();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    CompletableFuture<SiteVerdict> starting =
        CompletableFuture.supplyAsync(manager::start, threads);
    assertThat(collecting.await(60, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(manager::start)
        .hasMessage("This manager is starting already. Wait until start() returns.");
    manager.close();
    assertThatThrownBy(() -> starting.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(AttestationException.class)
        .hasMessageContaining("closed");
    threads.shutdownNow();
  }

  /** What code of the host may throw. */
  private static final List<Throwable> WORST =
      List.of(new IllegalStateException("broken"), new NoClassDefFoundError("broken"));

  private static RuntimeException failure(Throwable worst) {
    if (worst instanceof Error error) {
      throw error;
    }
    return (RuntimeException) worst;
  }

  @Test
  @DisplayName("a collector that throws, an error too, ends a registration and not the next")
  void collector() {
    for (Throwable worst : WORST) {
      Federation federation = new Federation();
      federation.add(Federation.SERVER, builder -> {});
      List<Throwable> failures = new ArrayList<>();
      CCManager client =
          federation.add(
              A,
              SoftTee.collecting(
                  SoftTee.starting(
                      EvidenceForm.SNP_REPORT,
                      binding -> {
                        if (!failures.isEmpty()) {
                          throw failure(failures.remove(0));
                        }
                        return SoftTee.CPU.start(binding, Deadline.in(Site.LIFE));
                      })),
              Federation.CPU,
              builder -> builder.authorizer(SoftTee.CPU.verifying()));
      federation.start(federation.server());
      federation.start(client);
      failures.add(worst);
      assertThat(attempted(federation, client)).isCompletedExceptionally();
      assertThat(federation.register(A).trusted()).isTrue();
    }
  }

  @Test
  @DisplayName("a listener and actions that throw leave no rejected site admitted")
  void policyChange() {
    for (Throwable worst : WORST) {
      Federation federation = new Federation();
      federation.add(
          Federation.SERVER,
          builder ->
              builder
                  .listener(
                      event -> {
                        throw failure(worst);
                      })
                  .actions(
                      new SiteActionsThat(
                          () -> {
                            throw failure(worst);
                          })));
      federation.add(A, builder -> {});
      federation.add(B, builder -> {});
      federation.started();
      federation.server().replacePolicy(STRICTER);
      federation.time.pass(Duration.ZERO);
      assertThat(federation.admittedAt(Federation.SERVER)).isEmpty();
      assertThat(federation.heard(Federation.SERVER, CCEvent.Quarantined.class)).hasSize(2);
    }
  }

  @Test
  @DisplayName("a listener that blocks delays nobody, and gets its events in order")
  void slowListener() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch blocked = new CountDownLatch(1);
    List<Integer> slow = new ArrayList<>();
    List<Integer> quick = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(200);
    Delivery<Integer> slowly =
        new Delivery<>(
            "listener",
            threads,
            1000,
            number -> {
              awaitQuietly(blocked);
              slow.add(number);
              all.countDown();
            },
            missed -> {});
    CountDownLatch done = new CountDownLatch(100);
    Delivery<Integer> quickly =
        new Delivery<>(
            "listener",
            threads,
            1000,
            number -> {
              quick.add(number);
              done.countDown();
              all.countDown();
            },
            missed -> {});
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      order.add(i);
      slowly.add(i);
      quickly.add(i);
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(quick).isEqualTo(order);
    blocked.countDown();
    assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(slow).isEqualTo(order);
    threads.shutdownNow();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  @DisplayName("a full queue leaves out what comes last, and says how much")
  void fullQueue() {
    List<Runnable> tasks = new ArrayList<>();
    List<String> heard = new ArrayList<>();
    Delivery<String> delivery =
        new Delivery<>(
            "listener", tasks::add, 2, heard::add, missed -> heard.add(missed + " missed"));
    for (String item : List.of("a", "b", "c", "d")) {
      delivery.add(item);
    }
    while (!tasks.isEmpty()) {
      tasks.remove(0).run();
    }
    delivery.add("e");
    tasks.remove(0).run();
    assertThat(heard).containsExactly("2 missed", "a", "b", "e");
    delivery.add("f");
    delivery.close();
    tasks.remove(0).run();
    assertThat(heard).hasSize(4);
  }

  @Test
  @DisplayName("messages that need no evidence are answered at once beside hardware that hangs")
  void hangingHardware() {
    Federation federation = new Federation();
    List<CompletableFuture<Evidence>> hung = new ArrayList<>();
    List<Boolean> hangs = new ArrayList<>();
    federation.add(
        Federation.SERVER,
        SoftTee.collecting(
            SoftTee.starting(
                EvidenceForm.SNP_REPORT,
                binding -> {
                  if (hangs.isEmpty()) {
                    return SoftTee.CPU.start(binding, Deadline.in(Site.LIFE));
                  }
                  CompletableFuture<Evidence> never = new CompletableFuture<>();
                  hung.add(never);
                  return never;
                })),
        Federation.CPU,
        builder -> builder.authorizer(SoftTee.CPU.verifying()));
    federation.add(A, builder -> {});
    federation.add(B, builder -> {});
    federation.started();
    hangs.add(true);
    CompletableFuture<SiteVerdict> waiting = federation.at(B).register().toCompletableFuture();
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(hung).hasSize(1);
    PeerMessage sites =
        federation.time.await(
            federation.server().receive(A, new PeerMessage(Topics.GET_SITES, Map.of())));
    assertThat(sites.topic()).isEqualTo(Topics.GET_SITES);
    assertThat(federation.time.instant()).isBefore(TestProject.NOW.plusSeconds(2));
    federation.time.pass(Duration.ofMinutes(5));
    code(ErrorCode.SERVER_SILENT, waiting);
    assertThat(hung.get(0)).as("is told to stop").isCancelled();
    hangs.clear();
    assertThat(federation.register(B).trusted()).isTrue();
  }

  @Test
  @DisplayName("a manager has threads of its own, and they end with it")
  void ownThreads() {
    CCManager manager =
        CCManager.builder(
                Federation.identity(A),
                Federation.SERVER,
                Federation.CPU,
                (peer, message, deadline) -> new CompletableFuture<>())
            .authorizer(SoftTee.CPU)
            .build();
    manager.start();
    CompletionStage<SiteVerdict> registering = manager.register();
    assertThat(manager.receive(B, new PeerMessage(Topics.GET_SITES, Map.of())))
        .succeedsWithin(Duration.ofMinutes(1));
    assertThat(threads()).contains("fedtrust-timers-hospital-a-1", "fedtrust-work-hospital-a-1");
    manager.close();
    code(ErrorCode.CLOSED, registering);
    assertThat(threads()).noneMatch(name -> name.startsWith("fedtrust-work-hospital-a"));
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }

  /** Each of them does the same. */
  private record SiteActionsThat(Runnable code) implements SiteActions {
    @Override
    public void quarantine(String site, String reason) {
      code.run();
    }

    @Override
    public void stopJobs(String site, String reason) {
      code.run();
    }

    @Override
    public void shutDown(String site, String reason) {
      code.run();
    }

    @Override
    public void readmit(String site) {
      code.run();
    }
  }
}
