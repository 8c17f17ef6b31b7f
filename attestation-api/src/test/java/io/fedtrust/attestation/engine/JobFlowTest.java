// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.SchedulerHooks;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A job is scheduled: who is asked, who is told, who judges whom, and who runs. */
class JobFlowTest {
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";
  private static final String C = "hospital-c";

  private static JobRequirements job(int minimum, String... clients) {
    return new JobRequirements(
        "job-1", false, Optional.of(Set.of(clients)), Set.of(), minimum, Optional.empty());
  }

  private static JobDecision attempt(Federation federation, JobRequirements job) {
    return federation.time.await(federation.server().attempt(job, ScheduleHistory.NONE)).decision();
  }

  private static Set<String> dispatched(JobDecision decision) {
    return decision instanceof JobDecision.Dispatch dispatch
        ? new TreeSet<>(dispatch.clients())
        : Set.of();
  }

  private static Set<String> judged(Federation federation, String by) {
    Set<String> sites = new TreeSet<>();
    federation.heard(by, CCEvent.Appraised.class).stream()
        .filter(judged -> judged.occasion() == Occasion.JOB)
        .forEach(judged -> sites.add(judged.verdict().site()));
    return sites;
  }

  @Test
  @DisplayName("the deploy map's clients are verified, told of each other and run")
  void wholeFlow() {
    Federation federation = Federation.of(A, B, C).started();
    assertThat(dispatched(attempt(federation, job(2, A, B)))).containsExactly(A, B);
    assertThat(judged(federation, Federation.SERVER)).containsExactly(A, B);
    assertThat(judged(federation, A)).containsExactly(B, Federation.SERVER);
    assertThat(judged(federation, B)).containsExactly(A, Federation.SERVER);
    assertThat(judged(federation, C)).isEmpty();
    List<Network.Sent> sets = federation.network.sent(Topics.CHECK_RESOURCE);
    assertThat(sets).extracting(Network.Sent::to).containsExactlyInAnyOrder(A, B);
    assertThat(sets)
        .allSatisfy(
            sent -> assertThat(set(sent.message())).containsOnlyKeys(A, B, Federation.SERVER));
    assertThat(federation.server().entries().get(Federation.SERVER))
        .as("the server keeps its own")
        .hasSize(1);
  }

  private static Map<String, Object> set(PeerMessage message) {
    Map<String, Object> set = new LinkedHashMap<>();
    ((Map<?, ?>) message.body().get("_peer_ctx_cc_token"))
        .forEach((name, entries) -> set.put(String.valueOf(name), entries));
    return set;
  }

  /** A client whose software a test replaces while it runs. */
  private static void addChanging(Federation federation, String name, SoftTee[] software) {
    federation.add(
        name,
        SoftTee.collecting(
            SoftTee.giving(
                EvidenceForm.SNP_REPORT,
                binding -> software[0].collect(binding, Deadline.in(Site.LIFE)))),
        Federation.CPU,
        builder -> builder.authorizer(SoftTee.CPU.verifying()));
  }

  @Test
  @DisplayName("one client turned bad: nothing is sent and the job waits, or it runs without")
  void badClient() {
    for (UntrustedClientPolicy option : UntrustedClientPolicy.values()) {
      Federation federation = new Federation();
      SoftTee[] software = {SoftTee.CPU};
      federation.add(Federation.SERVER, builder -> builder.untrustedClients(option));
      federation.add(A, builder -> {});
      addChanging(federation, B, software);
      federation.started();
      software[0] = SoftTee.CPU.running(Federation.OTHER_SOFTWARE);
      JobDecision decision = attempt(federation, job(1, A, B));
      if (option == UntrustedClientPolicy.BLOCK) {
        assertThat(decision)
            .isEqualTo(
                JobDecision.Retry.because(
                    JobDecision.VERIFY_ERROR, Map.of(B, "MEASUREMENT_UNKNOWN")));
        assertThat(federation.network.sent(Topics.CHECK_RESOURCE)).isEmpty();
      } else {
        assertThat(dispatched(decision)).containsExactly(A);
        assertThat(federation.network.sent(Topics.CHECK_RESOURCE))
            .extracting(Network.Sent::to)
            .containsExactly(A);
      }
      assertThat(federation.actions).contains("server1 quarantines hospital-b");
    }
  }

  private static final FederationPolicy STRICTER =
      FederationPolicy.named("stricter", "1")
          .anySite(SoftTee.CPU.rules())
          .site(
              B,
              AppraisalRules.of(SoftTee.CPU.vocabulary())
                  .measurement(ReferenceValue.of("newer", "cc".repeat(48)))
                  .build())
          .build();

  @Test
  @DisplayName("who objects to another by its own policy is left out, and runs not")
  void declining() {
    Federation federation = Federation.of(B, C);
    federation.add(A, SoftTee.CPU, STRICTER, builder -> {});
    federation.started();
    JobDecision decision = attempt(federation, job(2, A, B, C));
    assertThat(dispatched(decision)).containsExactly(B, C);
    assertThat(((JobDecision.Dispatch) decision).left().get(A)).contains("MEASUREMENT_UNKNOWN");
    assertThat(federation.heard(A, CCEvent.JobAnswered.class))
        .singleElement()
        .satisfies(answered -> assertThat(answered.declined()).isPresent());
    assertThat(federation.admittedAt(Federation.SERVER)).as("nobody else is touched").hasSize(3);
  }

  @Test
  @DisplayName("1 of many sites exactly those run that are mutually trusted")
  void matrix() {
    Federation federation = new Federation();
    federation.add(
        Federation.SERVER, builder -> builder.untrustedClients(UntrustedClientPolicy.EXCLUDE));
    for (String name : List.of(B, C)) {
      federation.add(name, builder -> {});
    }
    federation.add(A, SoftTee.CPU, STRICTER, builder -> {});
    SoftTee[] software = {SoftTee.CPU};
    addChanging(federation, "hospital-d", software);
    federation.started();
    software[0] = SoftTee.CPU.running(Federation.OTHER_SOFTWARE);
    assertThat(dispatched(attempt(federation, job(1, A, B, C, "hospital-d"))))
        .containsExactly(B, C);
  }

  @Test
  @DisplayName("a client's host declines for want of resources; one that fails declines")
  void resources() {
    Federation federation = Federation.of(A);
    federation.add(
        B,
        builder ->
            builder.hooks(
                new SchedulerHooks() {
                  @Override
                  public Optional<String> reserve(String job, Set<String> participants) {
                    return Optional.of("no GPU is free");
                  }
                }));
    federation.add(
        C,
        builder ->
            builder.hooks(
                new SchedulerHooks() {
                  @Override
                  public Optional<String> reserve(String job, Set<String> participants) {
                    throw new IllegalStateException("broken host");
                  }
                }));
    federation.started();
    JobDecision decision = attempt(federation, job(1, A, B, C));
    assertThat(dispatched(decision)).containsExactly(A);
    assertThat(((JobDecision.Dispatch) decision).left())
        .hasEntrySatisfying(B, why -> assertThat(why).contains("no GPU is free"))
        .containsKey(C);
    federation.server().jobEnded("job-1");
    federation.time.pass(Duration.ofSeconds(1));
    assertThat(attempt(federation, job(2, A, B, C)))
        .isInstanceOfSatisfying(
            JobDecision.Retry.class,
            retry -> assertThat(retry.reason()).startsWith("1 of at least 2 clients"));
  }

  @Test
  @DisplayName(
      "a mandatory client declines: ten attempts, waits of 10 s to 10 min, then"
          + " FINISHED:CAN_NOT_SCHEDULE")
  void givenUp() {
    Federation federation = Federation.of(B);
    federation.add(A, SoftTee.CPU, STRICTER, builder -> {});
    federation.started();
    Instant begun = federation.time.instant();
    JobRequirements mandatory =
        new JobRequirements(
            "job-1", false, Optional.of(Set.of(A, B)), Set.of(A), 1, Optional.empty());
    JobDecision last = federation.time.await(federation.server().schedule(mandatory).decision());
    assertThat(last)
        .isInstanceOfSatisfying(
            JobDecision.Refused.class,
            refused -> {
              assertThat(refused.status()).isEqualTo("FINISHED:CAN_NOT_SCHEDULE");
              assertThat(refused.sites()).containsOnlyKeys(A);
              assertThat(refused.sites().get(A)).contains("MEASUREMENT_UNKNOWN");
            });
    List<CCEvent.JobDecided> attempts =
        federation.heard(Federation.SERVER, CCEvent.JobDecided.class);
    assertThat(attempts).hasSize(10);
    List<Long> waits = new ArrayList<>();
    for (int i = 1; i < attempts.size(); i++) {
      waits.add(Duration.between(attempts.get(i - 1).at(), attempts.get(i).at()).toMillis() / 1000);
    }
    assertThat(waits).containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L, 600L);
    assertThat(Duration.between(begun, attempts.get(0).at())).isLessThan(Duration.ofSeconds(1));
    assertThat(attempts.get(9).history().lines()).hasSize(10);
  }

  @Test
  @DisplayName("a job with code of its own is blocked with NVFlare's words, and nobody is asked")
  void ownCode() {
    Federation federation = Federation.of(A).started();
    int before = federation.network.sent().size();
    JobRequirements own =
        new JobRequirements("job-1", true, Optional.empty(), Set.of(), 1, Optional.empty());
    assertThat(attempt(federation, own))
        .isEqualTo(JobDecision.Refused.because("BYOC job not allowed for CC"));
    assertThat(federation.network.sent()).hasSize(before);
  }

  @Test
  @DisplayName("a job whose mandatory client is not there waits, and nobody is asked")
  void absent() {
    Federation federation = Federation.of(A).started();
    int before = federation.network.sent().size();
    JobRequirements absent =
        new JobRequirements("job-1", false, Optional.empty(), Set.of(B), 1, Optional.empty());
    assertThat(attempt(federation, absent)).isInstanceOf(JobDecision.Retry.class);
    assertThat(federation.network.sent()).hasSize(before);
    assertThatThrownBy(() -> federation.at(A).schedule(absent))
        .isInstanceOf(IllegalStateException.class);
  }

  /** The job as the submitter signed it, known to both clients. */
  private static Federation knowing(JobRequirements known) {
    Federation federation = Federation.of();
    for (String name : List.of(A, B, C)) {
      federation.add(
          name,
          builder ->
              builder.hooks(
                  new SchedulerHooks() {
                    @Override
                    public Optional<JobRequirements> definition(String job) {
                      return Optional.of(known);
                    }
                  }));
    }
    return federation.started();
  }

  private static void declinedBecause(JobDecision decision, String client, String why) {
    Map<String, String> left =
        decision instanceof JobDecision.Dispatch dispatch
            ? dispatch.left()
            : Map.of(client, ((JobDecision.Retry) decision).reason());
    assertThat(left.get(client)).contains(why);
  }

  @Test
  @DisplayName("a server that leaves a mandatory client out finds nobody who takes part")
  void omitted() {
    JobRequirements signed =
        new JobRequirements(
                "job-1", false, Optional.of(Set.of(A, B, C)), Set.of(C), 2, Optional.empty())
            .signed(new byte[32]);
    Federation federation = knowing(signed);
    declinedBecause(attempt(federation, job(1, A, B)), A, "GROUP_REFUSED");
    assertThat(dispatched(attempt(federation, signed))).containsExactly(A, B, C);
    federation.heard(A, CCEvent.Appraised.class).stream()
        .filter(judged -> judged.occasion() == Occasion.JOB)
        .forEach(judged -> assertThat(judged.verdict().notes()).isEmpty());
  }

  @Test
  @DisplayName("a server that adds a site, or changes the definition, finds nobody either")
  void added() {
    JobRequirements signed = job(1, A, B).signed(new byte[32]);
    Federation federation = knowing(signed);
    declinedBecause(attempt(federation, job(1, A, B, C).signed(new byte[32])), A, "GROUP_REFUSED");
    byte[] other = new byte[32];
    other[0] = 1;
    declinedBecause(attempt(federation, job(1, A, B).signed(other)), A, "GROUP_REFUSED");
  }

  @Test
  @DisplayName("what nobody signed is said: membership asserted by server")
  void asserted() {
    Federation federation = Federation.of(A, B).started();
    attempt(federation, job(2, A, B));
    assertThat(
            federation.heard(A, CCEvent.Appraised.class).stream()
                .filter(judged -> judged.occasion() == Occasion.JOB)
                .map(CCEvent.Appraised::verdict)
                .map(SiteVerdict::notes))
        .isNotEmpty()
        .allSatisfy(notes -> assertThat(notes).contains("membership: asserted by server"));
  }

  /** Changes what the server sends to a client about the set. */
  private static void changing(
      Federation federation, String to, Consumer<Map<String, Object>> change) {
    federation.network.attackedBy(
        (sent, on) -> {
          if (!sent.message().topic().equals(Topics.CHECK_RESOURCE) || !sent.to().equals(to)) {
            return on.apply(sent);
          }
          Map<String, Object> body = new LinkedHashMap<>(sent.message().body());
          change.accept(body);
          return on.apply(sent.with(new PeerMessage(Topics.CHECK_RESOURCE, body)));
        });
  }

  @Test
  @DisplayName("entries that do not come with the set are fetched, and the job runs")
  void fetched() {
    Federation federation = Federation.of(A, B, C).started();
    changing(
        federation,
        A,
        body ->
            body.put(
                Topics.PEER_TOKENS,
                Map.of(
                    Federation.SERVER,
                    ((Map<?, ?>) body.get(Topics.PEER_TOKENS)).get(Federation.SERVER))));
    assertThat(dispatched(attempt(federation, job(3, A, B, C)))).containsExactly(A, B, C);
    assertThat(federation.network.sent(Topics.JOB_ENTRIES)).isNotEmpty();
    assertThat(judged(federation, A)).containsExactly(B, C, Federation.SERVER);
  }

  @Test
  @DisplayName("a carrier that drops a peer from the set gets nobody to run without judging it")
  void droppedPeer() {
    Federation federation = Federation.of(B, C);
    federation.add(A, SoftTee.CPU, STRICTER, builder -> {});
    federation.started();
    changing(
        federation,
        A,
        body -> {
          Map<String, Object> set = new LinkedHashMap<>();
          ((Map<?, ?>) body.get(Topics.SET)).forEach((key, value) -> set.put("" + key, value));
          List<Object> rows = new ArrayList<>((List<?>) set.get("participants"));
          rows.removeIf(row -> ((List<?>) row).get(0).equals(B));
          set.put("participants", rows);
          body.put(Topics.SET, set);
        });
    JobDecision decision = attempt(federation, job(1, A, B, C));
    assertThat(decision).as("the job waits for its answer").isInstanceOf(JobDecision.Retry.class);
    assertThat(((JobDecision.Retry) decision).sites()).containsOnlyKeys(A);
    assertThat(federation.at(A).participants("job-1")).isEmpty();
    assertThat(federation.network.sent(Topics.JOB_DISPATCH)).isEmpty();
    federation.network.honest();
    assertThat(dispatched(attempt(federation, job(1, A, B, C)))).containsExactly(B, C);
  }

  @Test
  @DisplayName("a job definition that disagrees excludes a client, and puts nobody in quarantine")
  void disagreeing() {
    JobRequirements known = job(2, A, B).signed(new byte[32]);
    Federation federation = knowing(known);
    for (JobRequirements sent : List.of(job(2, A, B), job(2, A, B, C).signed(new byte[32]))) {
      for (int i = 0; i < 6; i++) {
        assertThat(attempt(federation, sent)).isInstanceOf(JobDecision.Retry.class);
      }
    }
    for (String site : List.of(Federation.SERVER, A, B)) {
      assertThat(federation.heard(site, CCEvent.Quarantined.class)).as(site).isEmpty();
    }
    assertThat(federation.admittedAt(Federation.SERVER)).contains(A, B, C);
    assertThat(dispatched(attempt(federation, known))).containsExactly(A, B);
  }

  @Test
  @DisplayName("only the server says what belongs to a job")
  void notTheServer() {
    Federation federation = Federation.of(A, B).started();
    for (String topic : List.of(Topics.JOB_NONCE, Topics.JOB_LIST, Topics.CHECK_RESOURCE)) {
      PeerMessage reply =
          federation.time.await(
              federation.at(A).receive(B, new PeerMessage(topic, Map.of("job", "job-1"))));
      assertThat(reply.topic()).isEqualTo(PeerMessage.REFUSED);
      assertThat(
              federation
                  .time
                  .await(
                      federation
                          .server()
                          .receive(A, new PeerMessage(topic, Map.of("job", "job-1"))))
                  .topic())
          .isEqualTo(PeerMessage.REFUSED);
    }
  }

  @Test
  @DisplayName("a client that is silent at any step is as one that declines; the others run")
  void silent() {
    for (String step : List.of(Topics.JOB_NONCE, Topics.JOB_LIST, Topics.CHECK_RESOURCE)) {
      Federation federation = new Federation();
      federation.add(
          Federation.SERVER, builder -> builder.untrustedClients(UntrustedClientPolicy.EXCLUDE));
      for (String name : List.of(A, B, C)) {
        federation.add(name, builder -> {});
      }
      federation.started();
      federation.network.attackedBy(
          (sent, on) ->
              sent.to().equals(C) && sent.message().topic().equals(step)
                  ? Network.lost()
                  : on.apply(sent));
      JobDecision decision = attempt(federation, job(1, A, B, C));
      assertThat(dispatched(decision)).as(step).containsExactly(A, B);
      assertThat(federation.admittedAt(Federation.SERVER))
          .as("a missed answer ends nothing")
          .contains(C);
    }
  }

  @Test
  @DisplayName("a client gives its nonce to one list of an attempt: a second list is not answered")
  void twoLists() {
    Federation federation = Federation.of(A, B).started();
    List<String> refused = new ArrayList<>();
    federation.network.attackedBy(
        (sent, on) ->
            sent.message().topic().equals(Topics.JOB_LIST) && sent.to().equals(A)
                ? on.apply(sent)
                    .thenCompose(
                        first ->
                            on.apply(sent)
                                .thenApply(
                                    second -> {
                                      refused.add(
                                          String.valueOf(second.body().get(PeerMessage.REASON)));
                                      return first;
                                    }))
                : on.apply(sent));
    assertThat(dispatched(attempt(federation, job(2, A, B)))).containsExactly(A, B);
    assertThat(refused).singleElement().asString().contains("ALREADY_ANSWERED");
  }

  @Test
  @DisplayName("a server that cannot prove itself to itself any more schedules nothing")
  void serverItself() {
    Federation federation = new Federation();
    SoftTee[] hardware = {SoftTee.CPU};
    federation.add(
        Federation.SERVER,
        SoftTee.collecting(
            SoftTee.giving(
                EvidenceForm.SNP_REPORT,
                binding -> hardware[0].collect(binding, Deadline.in(Site.LIFE)))),
        Federation.CPU,
        builder -> builder.authorizer(SoftTee.CPU.verifying()));
    federation.add(A, builder -> {});
    federation.started();
    hardware[0] = SoftTee.CPU.running(Federation.OTHER_SOFTWARE);
    assertThat(attempt(federation, job(1, A)))
        .isEqualTo(
            JobDecision.Retry.because(
                JobDecision.VERIFY_ERROR, Map.of(Federation.SERVER, "MEASUREMENT_UNKNOWN")));
    assertThat(federation.network.sent(Topics.CHECK_RESOURCE)).isEmpty();
  }

  @Test
  @DisplayName("the requirements of a job are read from NVFlare's meta data")
  void meta() {
    JobRequirements job =
        JobRequirements.fromMeta(
            "id",
            Map.of(
                "deploy_map",
                Map.of("app", List.of(A, "server"), "other", Map.of("sites", List.of(B))),
                "mandatory_clients",
                List.of(A),
                "min_clients",
                2,
                "byoc",
                true));
    assertThat(job)
        .isEqualTo(
            new JobRequirements(
                "id", true, Optional.of(Set.of(A, B)), Set.of(A), 2, Optional.empty()));
    assertThat(
            JobRequirements.fromMeta("id", Map.of("deploy_map", Map.of("app", List.of("@ALL"))))
                .deployMap())
        .isEmpty();
    for (Map<String, Object> bad :
        List.<Map<String, Object>>of(
            Map.of(),
            Map.of("deploy_map", Map.of()),
            Map.of("deploy_map", Map.of("app", List.of(A)), "mandatory_clients", A),
            Map.of("deploy_map", Map.of("app", List.of(A)), "min_clients", -1),
            Map.of("deploy_map", Map.of("app", List.of(A)), "min_clients", "2"))) {
      assertThatThrownBy(() -> JobRequirements.fromMeta("id", bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @DisplayName("a client that restarts is out, also where the policy says attestation: none of it")
  void restartOfUnattested() {
    FederationPolicy policy =
        FederationPolicy.named("sparing", "1").anySite(SoftTee.CPU.rules()).unattested(B).build();
    Federation federation = new Federation();
    for (String name : List.of(Federation.SERVER, A, B)) {
      federation.add(name, policy, builder -> {});
    }
    federation.started();
    assertThat(dispatched(attempt(federation, job(2, A, B)))).containsExactly(A, B);
    federation.add(B, policy, builder -> {});
    federation.register(B);
    assertThat(federation.server().participants("job-1")).containsExactly(A, Federation.SERVER);
    assertThat(federation.heard(Federation.SERVER, CCEvent.SessionChanged.class)).hasSize(1);
  }
}
