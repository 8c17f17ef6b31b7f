// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.job.JobDecision;
import io.fedtrust.attestation.job.JobRequirements;
import io.fedtrust.attestation.job.ScheduleHistory;
import io.fedtrust.attestation.job.UntrustedClientPolicy;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.SiteVerdict;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/**
 * Registration, scheduling, validation, loss, delay, tampering, restarts and new policies in any
 * order: whatever happens, nobody is admitted or dispatched who did not prove good software, and
 * nothing that happens on the way counts against an honest site.
 */
class InterleavingTest {
  private static final List<String> CLIENTS = List.of("hospital-a", "hospital-b", "hospital-c");
  private static final FederationPolicy NEXT =
      FederationPolicy.named("cpu", "2").anySite(SoftTee.CPU.rules()).build();

  private enum Move {
    REGISTER,
    SCHEDULE,
    SERVER_VALIDATES,
    CLIENT_VALIDATES,
    BREAK,
    REPAIR,
    LOSE,
    DELAY,
    SPOIL,
    SWAP,
    HONEST_PATH,
    RESTART,
    NEW_POLICY,
    PASS
  }

  private record Step(Move move, int client) {}

  @Provide
  Arbitrary<Step> steps() {
    return Combinators.combine(
            Arbitraries.of(Move.class), Arbitraries.integers().between(0, CLIENTS.size() - 1))
        .as(Step::new);
  }

  /** A federation whose clients' software changes, and what a perfect observer knows of it. */
  private static final class World {
    final Federation federation = new Federation();
    final Map<String, SoftTee> software = new HashMap<>();
    final Set<String> everGood = new HashSet<>();
    final Set<String> everBad = new HashSet<>();
    final Random path;

    World(long seed) {
      path = new Random(seed);
      federation.add(
          Federation.SERVER, builder -> builder.untrustedClients(UntrustedClientPolicy.EXCLUDE));
      federation.start(federation.server());
      for (String client : CLIENTS) {
        software.put(client, SoftTee.CPU);
        begin(client);
      }
    }

    private void begin(String client) {
      federation.start(added(client));
    }

    private CCManager added(String client) {
      return federation.add(
          client,
          SoftTee.collecting(
              SoftTee.giving(
                  EvidenceForm.SNP_REPORT,
                  binding -> {
                    SoftTee now = software.get(client);
                    (now == SoftTee.CPU ? everGood : everBad).add(client);
                    return now.collect(binding, Deadline.in(Site.LIFE));
                  })),
          Federation.selfSatisfied(client),
          builder -> builder.authorizer(SoftTee.CPU.verifying()));
    }

    /** Runs a move; refusals are among what may happen. */
    void take(Step step) {
      String client = CLIENTS.get(step.client());
      switch (step.move()) {
        case REGISTER -> quietly(() -> federation.register(client));
        case SCHEDULE -> schedule();
        case SERVER_VALIDATES -> federation.time.await(federation.server().validate());
        case CLIENT_VALIDATES -> federation.time.await(federation.at(client).validate());
        case BREAK -> software.put(client, SoftTee.CPU.running(Federation.OTHER_SOFTWARE));
        case REPAIR -> software.put(client, SoftTee.CPU);
        case LOSE ->
            federation.network.attackedBy(
                (sent, on) -> path.nextInt(3) == 0 ? Network.lost() : on.apply(sent));
        case DELAY ->
            federation.network.attackedBy(
                (sent, on) ->
                    federation
                        .network
                        .after(Duration.ofSeconds(path.nextInt(400)))
                        .thenCompose(now -> on.apply(sent)));
        case SPOIL ->
            federation.network.attackedBy(
                (sent, on) ->
                    on.apply(sent)
                        .thenApply(reply -> path.nextInt(3) == 0 ? spoilt(reply) : reply));
        case SWAP -> swap();
        case HONEST_PATH -> federation.network.honest();
        case RESTART -> {
          federation.at(client).close();
          begin(client);
        }
        case NEW_POLICY ->
            federation.server().replacePolicy(path.nextBoolean() ? NEXT : Federation.CPU);
        case PASS -> federation.time.pass(Duration.ofMinutes(path.nextInt(30)));
      }
    }

    private void schedule() {
      Set<String> before = new HashSet<>(federation.admittedAt(Federation.SERVER));
      JobDecision decision =
          federation
              .time
              .await(
                  federation
                      .server()
                      .attempt(
                          new JobRequirements(
                              "job",
                              false,
                              Optional.of(Set.copyOf(CLIENTS)),
                              Set.of(),
                              1,
                              Optional.empty()),
                          ScheduleHistory.NONE))
              .decision();
      federation.server().jobEnded("job");
      if (decision instanceof JobDecision.Dispatch dispatch) {
        assertThat(dispatch.clients()).isSubsetOf(before);
        assertThat(dispatch.clients())
            .as("run good software while nothing else moves")
            .allSatisfy(client -> assertThat(software.get(client)).isSameAs(SoftTee.CPU));
      }
    }

    /** Every reply goes to whoever asked before. */
    private void swap() {
      Deque<PeerMessage> kept = new ArrayDeque<>();
      federation.network.attackedBy(
          (sent, on) ->
              on.apply(sent)
                  .thenApply(
                      reply -> {
                        kept.add(reply);
                        return kept.size() > 1 ? kept.remove() : reply;
                      }));
    }

    private PeerMessage spoilt(PeerMessage reply) {
      Map<String, Object> body = new LinkedHashMap<>(reply.body());
      body.replaceAll((key, value) -> path.nextBoolean() ? "spoilt" : value);
      return new PeerMessage(reply.topic(), body);
    }

    private static void quietly(Runnable move) {
      try {
        move.run();
      } catch (CompletionException e) {
        assertThat(e).hasRootCauseInstanceOf(Exception.class);
      }
    }

    void holds() {
      for (String site : federation.managers.keySet()) {
        for (String other : federation.admittedAt(site)) {
          SiteVerdict verdict = federation.at(site).admitted(other).orElseThrow();
          assertThat(verdict.trusted()).isTrue();
          assertThat(verdict.expiresAt()).isAfter(federation.time.instant());
          assertThat(other.equals(Federation.SERVER) || everGood.contains(other))
              .as("%s never proved good software, and is admitted by %s", other, site)
              .isTrue();
          assertThat(verdict.verdicts())
              .allSatisfy(each -> assertThat(each.appraisal().subject()).isEqualTo(other));
        }
        assertThat(
                federation.heard(site, CCEvent.Appraised.class).stream()
                    .map(CCEvent.Appraised::verdict)
                    .filter(verdict -> verdict.outcome() == SiteVerdict.Outcome.REJECTED)
                    .map(SiteVerdict::site))
            .as("rejected at %s: only who proved other software", site)
            .allSatisfy(rejected -> assertThat(everBad).contains(rejected));
      }
    }
  }

  @Property(tries = 60)
  @Label("whatever the order, nobody gets in unproven and nobody honest is rejected")
  void anyOrder(
      @ForAll @Size(min = 5, max = 30) List<@From("steps") Step> steps, @ForAll long seed) {
    World world = new World(seed);
    CLIENTS.forEach(client -> world.take(new Step(Move.REGISTER, CLIENTS.indexOf(client))));
    for (Step step : steps) {
      world.take(step);
      world.holds();
    }
  }

  @Property(tries = 15)
  @Label("after any disorder an honest path and good software bring everybody back")
  void recovery(
      @ForAll @Size(min = 5, max = 20) List<@From("steps") Step> steps, @ForAll long seed) {
    World world = new World(seed);
    steps.forEach(world::take);
    world.federation.network.honest();
    CLIENTS.forEach(client -> world.software.put(client, SoftTee.CPU));
    world.federation.time.pass(Duration.ofMinutes(30));
    CLIENTS.forEach(world.federation::register);
    assertThat(world.federation.admittedAt(Federation.SERVER)).isEqualTo(CLIENTS);
    CLIENTS.forEach(
        client -> assertThat(world.federation.admittedAt(client)).contains(Federation.SERVER));
  }
}
