// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobOutcome;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.SchedulerHooks;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * "Runtime behavior" of NVFlare's guide to attestation, sentence by sentence: a server and four
 * clients with different policies, of which one rejects a peer and one is tampered with.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RuntimeBehaviorTest {
  private static final String SERVER = Federation.SERVER;
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";

  /** Its policy rejects hospital-b. */
  private static final String PICKY = "hospital-c";

  /** Runs other software from some time on. */
  private static final String TAMPERED = "hospital-d";

  private static final FederationPolicy NAMED =
      FederationPolicy.named("named", "1")
          .site(SERVER, SoftTee.CPU.rules())
          .site(A, SoftTee.CPU.rules())
          .site(B, SoftTee.CPU.rules())
          .site(PICKY, SoftTee.CPU.rules())
          .site(TAMPERED, SoftTee.CPU.rules())
          .build();
  private static final FederationPolicy REJECTS_B =
      FederationPolicy.named("picky", "7")
          .anySite(SoftTee.CPU.rules())
          .site(
              B,
              AppraisalRules.of(SoftTee.CPU.vocabulary())
                  .measurement(ReferenceValue.of("newer", "cc".repeat(48)))
                  .build())
          .build();
  private static final FederationPolicy TOLERANT =
      FederationPolicy.named("tolerant", "3")
          .anySite(
              AppraisalRules.of(SoftTee.CPU.vocabulary())
                  .measurement(ReferenceValue.of("good", SoftTee.GOOD))
                  .measurement(ReferenceValue.of("other", Federation.OTHER_SOFTWARE))
                  .build())
          .build();

  private final Federation federation = new Federation();
  private final Map<String, SoftTee> software = new HashMap<>();
  private final Map<String, Integer> collected = new HashMap<>();
  private final List<String> started = new ArrayList<>();
  private final List<JobOutcome> released = new ArrayList<>();
  private Optional<String> resources = Optional.empty();

  private void add(String name, FederationPolicy policy) {
    software.put(name, SoftTee.CPU);
    federation.add(
        name,
        SoftTee.collecting(
            SoftTee.giving(
                EvidenceForm.SNP_REPORT,
                binding -> {
                  collected.merge(name, 1, Integer::sum);
                  return software.get(name).collect(binding, Deadline.in(Site.LIFE));
                })),
        policy,
        builder -> builder.authorizer(SoftTee.CPU.verifying()).hooks(hooks(name)));
  }

  private SchedulerHooks hooks(String name) {
    return new SchedulerHooks() {
      @Override
      public Optional<String> reserve(String job, Set<String> participants) {
        return resources;
      }

      @Override
      public void dispatched(String job, Set<String> participants) {
        started.add(name + " with " + new TreeSet<>(participants));
      }

      @Override
      public void released(String job, JobOutcome outcome) {
        released.add(outcome);
      }
    };
  }

  private void everybody() {
    add(SERVER, Federation.CPU);
    add(A, Federation.CPU);
    add(B, NAMED);
    add(PICKY, REJECTS_B);
    add(TAMPERED, TOLERANT);
  }

  private void tampering() {
    software.put(TAMPERED, SoftTee.CPU.running(Federation.OTHER_SOFTWARE));
  }

  private static JobRequirements job(int minimum, String... clients) {
    return new JobRequirements(
        "job-1", false, Optional.of(Set.of(clients)), Set.of(), minimum, Optional.empty());
  }

  private JobDecision attempt(JobRequirements job) {
    return federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE)).decision();
  }

  private static JobDecision.Dispatch dispatch(JobDecision decision) {
    assertThat(decision).isInstanceOf(JobDecision.Dispatch.class);
    return (JobDecision.Dispatch) decision;
  }

  private Set<String> judgedForJob(String by) {
    Set<String> sites = new TreeSet<>();
    federation.heard(by, CCEvent.Appraised.class).stream()
        .filter(judged -> judged.occasion() == Occasion.JOB)
        .forEach(judged -> sites.add(judged.verdict().site()));
    return sites;
  }

  private List<String> receivers(String topic) {
    return federation.network.sent(topic).stream().map(Network.Sent::to).sorted().toList();
  }

  @Test
  @Order(1)
  @DisplayName(
      "When a participant—either the server or a client—starts up, the CCManager responds to the"
          + " EventType.SYSTEM_BOOTSTRAP event by generating its own CC token using the configured"
          + " CCAuthorizers.")
  void bootstrap() {
    everybody();
    federation.managers.forEach(
        (name, manager) -> {
          federation.start(manager);
          assertThat(collected).as("token of %s", name).containsEntry(name, 1);
          assertThat(federation.heard(name, CCEvent.Appraised.class))
              .singleElement()
              .satisfies(
                  judged -> {
                    assertThat(judged.occasion()).isEqualTo(Occasion.BOOTSTRAP);
                    assertThat(judged.verdict().site()).isEqualTo(name);
                    assertThat(judged.verdict().trusted()).isTrue();
                  });
        });
  }

  @Test
  @Order(2)
  @DisplayName(
      "When a client registers with the server, it includes its CC token as part of the"
          + " registration data.")
  void registration() {
    everybody();
    federation.started();
    assertThat(federation.network.sent(Topics.REGISTER))
        .hasSize(4)
        .allSatisfy(
            sent ->
                assertThat(((Map<?, ?>) sent.message().body().get("_cc_info")).keySet())
                    .isEqualTo(Set.of(sent.from())));
  }

  @Test
  @Order(3)
  @DisplayName(
      "If the registration is successful, the server collects and stores the client's CC token.")
  void stored() {
    everybody();
    tampering();
    federation.managers.values().forEach(federation::start);
    for (String client : List.of(A, B, PICKY)) {
      assertThat(federation.server().entries()).doesNotContainKey(client);
      assertThat(federation.register(client).trusted()).isTrue();
      assertThat(federation.server().entries().get(client)).hasSize(1);
    }
    assertThatThrownBy(() -> federation.register(TAMPERED)).isNotNull();
    assertThat(federation.server().entries()).doesNotContainKey(TAMPERED);
    assertThat(federation.server().admitted(TAMPERED)).isEmpty();
  }

  @Test
  @Order(4)
  @DisplayName(
      "The server's CCManager maintains both its own CC token and the tokens of all registered"
          + " clients.")
  void maintained() {
    everybody();
    federation.started();
    assertThat(federation.server().entries()).containsKeys(SERVER, A, B, PICKY, TAMPERED);
    assertThat(federation.server().entries().values())
        .allSatisfy(entries -> assertThat(entries).hasSize(1));
  }

  @Test
  @Order(5)
  @DisplayName(
      "Once a job is submitted and scheduled for deployment, the server verifies the CC tokens of"
          + " the clients listed in the job's deployment map, using its own result policy.")
  void verified() {
    everybody();
    federation.started();
    tampering();
    attempt(job(1, A, TAMPERED));
    assertThat(judgedForJob(SERVER)).containsExactly(A, TAMPERED);
    assertThat(federation.heard(SERVER, CCEvent.Appraised.class))
        .filteredOn(judged -> judged.occasion() == Occasion.JOB)
        .allSatisfy(
            judged ->
                assertThat(judged.verdict().trusted())
                    .as("the server's policy, not that of %s", judged.verdict().site())
                    .isEqualTo(judged.verdict().site().equals(A)));
  }

  @Test
  @Order(6)
  @DisplayName(
      "If all client tokens in the deployment map pass verification, the server sends the verified"
          + " tokens to those clients for peer verification.")
  void sent() {
    everybody();
    federation.started();
    tampering();
    assertThat(attempt(job(1, A, B, TAMPERED)))
        .isEqualTo(
            JobDecision.Retry.because(
                JobDecision.VERIFY_ERROR, Map.of(TAMPERED, "MEASUREMENT_UNKNOWN")));
    assertThat(federation.network.sent(Topics.CHECK_RESOURCE)).as("not all pass").isEmpty();
    assertThat(attempt(job(1, A, B, TAMPERED))).isInstanceOf(JobDecision.Retry.class);
    assertThat(federation.network.sent(Topics.CHECK_RESOURCE))
        .as("nor do they in the next attempt")
        .isEmpty();

    dispatch(attempt(job(1, A, B)));
    assertThat(receivers(Topics.CHECK_RESOURCE)).containsExactly(A, B);
    assertThat(federation.network.sent(Topics.CHECK_RESOURCE))
        .allSatisfy(
            message ->
                assertThat(
                        ((Map<?, ?>) message.message().body().get("_peer_ctx_cc_token")).keySet())
                    .isEqualTo(Set.of(A, B, SERVER)));
  }

  @Test
  @Order(7)
  @DisplayName(
      "Each client then evaluates the received CC tokens against its own result policy to decide"
          + " whether it trusts the other participants. Based on this evaluation, the client may"
          + " choose to accept or reject participation in the job.")
  void evaluated() {
    everybody();
    federation.started();
    attempt(job(1, A, B, PICKY));
    assertThat(judgedForJob(A)).containsExactly(B, PICKY, SERVER);
    assertThat(judgedForJob(B)).containsExactly(A, PICKY, SERVER);
    assertThat(judgedForJob(PICKY)).contains(B, SERVER);
    assertThat(federation.heard(A, CCEvent.JobAnswered.class))
        .singleElement()
        .satisfies(answered -> assertThat(answered.declined()).isEmpty());
    assertThat(federation.heard(PICKY, CCEvent.JobAnswered.class))
        .singleElement()
        .satisfies(
            answered ->
                assertThat(answered.declined().orElseThrow()).contains("MEASUREMENT_UNKNOWN"));
  }

  @Test
  @Order(8)
  @DisplayName("If a client declines to join the job, the server excludes it from deployment.")
  void declined() {
    everybody();
    federation.started();
    JobDecision.Dispatch dispatch = dispatch(attempt(job(2, A, B, PICKY)));
    assertThat(dispatch.clients()).containsExactly(A, B);
    assertThat(dispatch.left().get(PICKY)).contains("MEASUREMENT_UNKNOWN");
    assertThat(started)
        .containsExactlyInAnyOrder(
            A + " with " + new TreeSet<>(Set.of(A, B, SERVER)),
            B + " with " + new TreeSet<>(Set.of(A, B, SERVER)));
    for (String member : List.of(SERVER, A, B)) {
      assertThat(federation.at(member).participants("job-1"))
          .as("at %s", member)
          .containsExactly(A, B, SERVER);
    }
    assertThat(federation.at(PICKY).participants("job-1")).isEmpty();
    assertThat(federation.server().admitted(PICKY)).as("to decline is no fault").isPresent();
    assertThat(federation.server().admitted(B)).as("nor is to be declined").isPresent();
    federation.server().jobEnded("job-1");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(released).contains(JobOutcome.FINISHED);
    assertThat(federation.at(A).participants("job-1")).isEmpty();
  }

  @Test
  @Order(9)
  @DisplayName(
      "Finally, the server's job scheduler determines whether the job has sufficient resources to"
          + " proceed.")
  void resources() {
    everybody();
    federation.started();
    resources = Optional.of("no GPU is free");
    JobDecision decision = attempt(job(2, A, B));
    assertThat(decision).isInstanceOf(JobDecision.Retry.class);
    assertThat(((JobDecision.Retry) decision).reason()).startsWith("0 of at least 2 clients");
    assertThat(((JobDecision.Retry) decision).sites().get(A)).contains("no GPU is free");
    assertThat(started).isEmpty();
    resources = Optional.empty();
    assertThat(dispatch(attempt(job(2, A, B))).clients()).containsExactly(A, B);
  }

  @Test
  @Order(10)
  @DisplayName(
      "It finalizes the job's status based on resource availability and any defined retry"
          + " policies.")
  void finalized() {
    everybody();
    federation.started();
    resources = Optional.of("no GPU is free");
    JobDecision last = federation.time.await(federation.server().schedule(job(1, A)).decision());
    assertThat(last)
        .isInstanceOfSatisfying(
            JobDecision.Refused.class,
            refused -> {
              assertThat(refused.status()).isEqualTo("FINISHED:CAN_NOT_SCHEDULE");
              assertThat(refused.sites().get(A)).contains("no GPU is free");
            });
    assertThat(federation.heard(SERVER, CCEvent.JobDecided.class)).hasSize(10);
    assertThat(federation.server().admitted(A)).isPresent();
  }
}
