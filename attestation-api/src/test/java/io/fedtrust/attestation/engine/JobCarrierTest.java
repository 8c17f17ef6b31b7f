// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.model.JobDecision;
import io.fedtrust.attestation.model.JobRequirements;
import io.fedtrust.attestation.model.ScheduleHistory;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.spi.CCEvent;
import io.fedtrust.attestation.spi.CCEvent.Occasion;
import io.fedtrust.attestation.spi.OnBadClient;
import io.fedtrust.attestation.spi.PeerMessage;
import io.fedtrust.attestation.spi.SchedulerHooks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Somebody on the path alters, drops, doubles, delays, swaps and replays messages of a job: that
 * may stop the job, and nothing else (decision T13).
 */
class JobCarrierTest {
  private static final List<String> CLIENTS = List.of("hospital-a", "hospital-b", "hospital-c");
  private static final Set<String> OF_JOB =
      Set.of(
          Topics.JOB_NONCE,
          Topics.JOB_LIST,
          Topics.CHECK_RESOURCE,
          Topics.JOB_ENTRIES,
          Topics.JOB_DISPATCH,
          Topics.JOB_END);

  /** Rejects hospital-b. */
  private static final FederationPolicy PICKY =
      FederationPolicy.named("picky", "1")
          .anySite(SoftTee.CPU.rules())
          .site(
              "hospital-b",
              AppraisalRules.of(SoftTee.CPU.vocabulary())
                  .measurement(ReferenceValue.of("newer", "cc".repeat(48)))
                  .build())
          .build();

  private final Federation federation = new Federation();
  private final Map<String, Set<String>> started = new TreeMap<>();
  private final Map<String, Integer> judgedBefore = new TreeMap<>();
  private final List<PeerMessage> recorded = new ArrayList<>();

  private void begin() {
    federation.add(Federation.SERVER, builder -> builder.onBadClient(OnBadClient.EXCLUDE));
    for (String client : CLIENTS) {
      federation.add(
          client,
          SoftTee.CPU,
          client.equals("hospital-c") ? PICKY : Federation.CPU,
          builder -> builder.hooks(recording(client)));
    }
    federation.started();
  }

  private SchedulerHooks recording(String client) {
    return new SchedulerHooks() {
      @Override
      public void dispatched(String job, Set<String> participants) {
        started.put(client, new TreeSet<>(participants));
      }
    };
  }

  private Set<String> trustedNow(String by) {
    Set<String> sites = new TreeSet<>();
    federation.heard(by, CCEvent.Judged.class).stream()
        .skip(judgedBefore.get(by))
        .filter(judged -> judged.occasion() == Occasion.JOB && judged.verdict().trusted())
        .forEach(judged -> sites.add(judged.verdict().site()));
    return sites;
  }

  private CompletableFuture<PeerMessage> carry(
      Network.Sent sent,
      Function<Network.Sent, CompletableFuture<PeerMessage>> on,
      Random path,
      int rate) {
    if (!OF_JOB.contains(sent.message().topic()) || path.nextInt(100) >= rate) {
      recorded.add(sent.message());
      return on.apply(sent);
    }
    return switch (path.nextInt(7)) {
      case 0 -> Network.lost();
      case 1 -> on.apply(sent).thenCompose(first -> on.apply(sent));
      case 2 ->
          federation
              .network
              .after(Duration.ofSeconds(path.nextInt(400)))
              .thenCompose(now -> on.apply(sent));
      case 3 -> on.apply(sent.with(altered(sent.message(), path)));
      case 4 -> on.apply(sent).thenApply(reply -> altered(reply, path));
      case 5 -> on.apply(sent.with(former(sent.message(), path)));
      default ->
          on.apply(
              new Network.Sent(
                  sent.from(), CLIENTS.get(path.nextInt(CLIENTS.size())), sent.message()));
    };
  }

  private PeerMessage former(PeerMessage message, Random path) {
    List<PeerMessage> same =
        recorded.stream().filter(each -> each.topic().equals(message.topic())).toList();
    return same.isEmpty() ? message : same.get(path.nextInt(same.size()));
  }

  private static PeerMessage altered(PeerMessage message, Random path) {
    Map<String, Object> body = new LinkedHashMap<>();
    message.body().forEach((key, value) -> body.put(key, altered(value, path, 2)));
    return new PeerMessage(message.topic(), body);
  }

  /** The same value, with something left out, repeated or exchanged in it. */
  private static Object altered(Object value, Random path, int odds) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> other = new LinkedHashMap<>();
      map.forEach(
          (key, item) -> {
            if (path.nextInt(20) > 0) {
              other.put(String.valueOf(key), altered(item, path, odds * 2));
            }
          });
      return other;
    }
    if (value instanceof List<?> list) {
      List<Object> other = new ArrayList<>();
      list.forEach(
          item -> {
            if (path.nextInt(8) > 0) {
              other.add(altered(item, path, odds * 2));
            }
          });
      return other;
    }
    if (path.nextInt(odds) > 0) {
      return value;
    }
    return value instanceof Boolean yes ? !yes : value instanceof Number ? 1 : "altered";
  }

  @Property(tries = 20)
  @Label("whoever runs a job has judged everybody in it in this round, whatever the path does")
  void atMostStopped(@ForAll long seed, @ForAll @IntRange(min = 5, max = 60) int rate) {
    JobCarrierTest world = new JobCarrierTest();
    world.begin();
    Random path = new Random(seed);
    world.federation.network.attackedBy((sent, on) -> world.carry(sent, on, path, rate));
    for (int i = 0; i < 3; i++) {
      world.attempt();
    }
    world.federation.network.honest();
    world.federation.time.pass(Duration.ofMinutes(15));
    assertThat(world.federation.admittedAt(Federation.SERVER))
        .as("nothing on the path counts against a site")
        .containsAll(CLIENTS);
    world.started.clear();
    assertThat(((JobDecision.Dispatch) world.attempt()).clients())
        .as("an honest path lets the job run")
        .containsExactly("hospital-a", "hospital-b");
  }

  private JobDecision attempt() {
    started.clear();
    federation
        .managers
        .keySet()
        .forEach(
            name -> judgedBefore.put(name, federation.heard(name, CCEvent.Judged.class).size()));
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
    started.forEach(
        (client, participants) -> {
          Set<String> others = new TreeSet<>(participants);
          others.remove(client);
          assertThat(trustedNow(client)).as("judged by %s", client).containsAll(others);
          assertThat(federation.at(client).participants("job")).isSubsetOf(participants);
        });
    assertThat(started.getOrDefault("hospital-c", Set.of())).doesNotContain("hospital-b");
    if (decision instanceof JobDecision.Dispatch dispatch) {
      assertThat(started.keySet()).containsAll(dispatch.clients());
    }
    federation.server().jobEnded("job");
    return decision;
  }
}
