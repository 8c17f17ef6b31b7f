// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduledJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A handle of a job calls off what is its own, and calls it off for good. */
class JobSchedulerTest {
  private static final JobRequirements JOB =
      new JobRequirements(
          "job-1", false, Optional.of(Set.of("hospital-a")), Set.of(), 1, Optional.empty());

  private final VirtualTime time = new VirtualTime(TestProject.NOW);

  private Settings settings(List<CCEvent> heard) {
    Settings.Draft draft =
        new Settings.Draft(
            Federation.identity(Federation.SERVER),
            Federation.SERVER,
            Federation.CPU,
            (peer, message, deadline) -> new CompletableFuture<>());
    draft.executors(time, time, time);
    draft.clock(time::instant, time::nanos);
    draft.listener(heard::add);
    return draft.settings();
  }

  /** Enough for attempts that find no client. */
  private static JobServices services(Settings settings, Events events) {
    return new JobServices(
        settings,
        null,
        null,
        null,
        new AdmissionControl(
            null,
            null,
            null,
            null,
            new Admissions(Duration.ofMinutes(30)),
            events,
            new Alarms(settings.timers(), settings.work(), settings.nanoTime()),
            settings),
        null,
        null,
        null,
        null,
        null,
        events);
  }

  @Test
  @DisplayName("whoever is cancelled while the next attempt begins attempts nothing")
  void whileBeginning() {
    List<CCEvent> heard = new ArrayList<>();
    Settings settings = settings(heard);
    Events events = new Events(settings.listeners(), time);
    JobServices services = services(settings, events);
    AtomicReference<ScheduledJob> handle = new AtomicReference<>();
    List<JobAttempt> begun = new ArrayList<>();
    JobScheduler scheduler =
        new JobScheduler(
            settings,
            events,
            (job, patience) -> {
              if (handle.get() != null) {
                handle.get().cancel();
              }
              begun.add(new JobAttempt(services, job, patience));
              return begun.get(begun.size() - 1);
            });
    handle.set(scheduler.schedule(JOB));
    time.pass(Duration.ofHours(1));
    assertThat(begun).hasSize(2).allMatch(JobAttempt::hasEnded);
    assertThat(time.await(handle.get().decision()))
        .isEqualTo(JobDecision.Refused.because(JobDecision.ABORTED));
    assertThat(heard.stream().filter(CCEvent.JobDecided.class::isInstance))
        .as("the first attempt alone was decided")
        .hasSize(1);
  }

  @Test
  @DisplayName("a handle whose job has ended does not end the same job of another handle")
  void anothers() {
    Federation federation = Federation.of("hospital-a").started();
    ScheduledJob first = federation.server().schedule(JOB);
    assertThat(federation.time.await(first.decision())).isInstanceOf(JobDecision.Dispatch.class);
    federation.server().jobEnded("job-1");
    federation.time.pass(Duration.ofMinutes(1));
    ScheduledJob second = federation.server().schedule(JOB);
    assertThat(federation.time.await(second.decision())).isInstanceOf(JobDecision.Dispatch.class);
    first.cancel();
    federation.time.pass(Duration.ofMinutes(1));
    assertThat(federation.server().participants("job-1"))
        .containsExactly("hospital-a", Federation.SERVER);
    second.cancel();
    assertThat(federation.server().participants("job-1")).isEmpty();
  }

  @Test
  @DisplayName("a handle that waits for the same job of another handle does not end it either")
  void whileWaiting() {
    Federation federation = Federation.of("hospital-a").started();
    ScheduledJob first = federation.server().schedule(JOB);
    ScheduledJob second = federation.server().schedule(JOB);
    second.cancel();
    assertThat(federation.time.await(first.decision())).isInstanceOf(JobDecision.Dispatch.class);
    assertThat(federation.time.await(second.decision()))
        .isEqualTo(JobDecision.Refused.because(JobDecision.ABORTED));
  }
}
