// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Somebody on the path alters, drops, doubles, delays, swaps and replays messages of a job: that
 * may stop the job, and nothing else (docs/protocol/jobs.md#states-at-a-client).
 */
class JobCarrierTest {
  private static final int FEDERATIONS = Integer.getInteger("fedtrust.carrier.federations", 2);
  private static final Set<String> OF_JOB =
      Set.of(
          Topics.JOB_NONCE,
          Topics.JOB_LIST,
          Topics.CHECK_RESOURCE,
          Topics.JOB_ENTRIES,
          Topics.JOB_DISPATCH,
          Topics.JOB_END);

  /** Somebody on the path of a federation. */
  private static final class Carrier {
    private final JobWitness world;
    private final List<String> names;
    private final List<PeerMessage> recorded = new ArrayList<>();

    Carrier(Map<String, Set<String>> rejections) {
      this.world = new JobWitness(rejections);
      this.names = List.copyOf(rejections.keySet());
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
            world
                .federation
                .network
                .after(Duration.ofSeconds(path.nextInt(400)))
                .thenCompose(now -> on.apply(sent));
        case 3 -> on.apply(sent.with(altered(sent.message(), path)));
        case 4 -> on.apply(sent).thenApply(reply -> altered(reply, path));
        case 5 -> on.apply(sent.with(former(sent.message(), path)));
        default ->
            on.apply(
                new Network.Sent(
                    sent.from(), names.get(path.nextInt(names.size())), sent.message()));
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

    /** Three attempts under attack. */
    private int attacked(long seed, int rate) {
      Random path = new Random(seed);
      world.federation.network.attackedBy((sent, on) -> carry(sent, on, path, rate));
      for (int i = 0; i < 3; i++) {
        world.attempt();
      }
      return world.starts();
    }
  }

  /** Of three clients, where hospital-c rejects hospital-b. */
  private static Carrier three() {
    return new Carrier(
        new TreeMap<>(
            Map.of(
                "hospital-a",
                Set.of(),
                "hospital-b",
                Set.of(),
                "hospital-c",
                Set.of("hospital-b"))));
  }

  @Property(tries = 20)
  @Label("whoever runs a job has judged everybody in it in this round, whatever the path does")
  void atMostStopped(@ForAll long seed, @ForAll @IntRange(min = 5, max = 60) int rate) {
    Carrier some = three();
    some.attacked(seed, rate);
    some.world.harmless("after an attack", List.of("hospital-a", "hospital-b"));
    assertThat(some.world.federation.admittedAt(Federation.SERVER))
        .as("nothing on the path counts against a site")
        .containsAll(some.names);
  }

  @Example
  @Label(
      "a path that does little harm lets jobs start under attack, so that there is what to judge")
  void started() {
    int starts = 0;
    for (long seed = 0; seed < 5; seed++) {
      Carrier some = three();
      starts += some.attacked(seed, 5);
      assertThat(some.world.wrong).isEmpty();
    }
    assertThat(starts).isGreaterThan(5);
  }

  @Example
  @Label(
      "of up to 20 clients with any policies those run who trust everybody, whatever the path does")
  void large() {
    for (long seed = 0; seed < FEDERATIONS; seed++) {
      Random choice = new Random(seed);
      int size = 3 + choice.nextInt(18);
      Map<String, Set<String>> rejections = new TreeMap<>();
      Set<String> accepting = new TreeSet<>();
      for (int i = 0; i < size; i++) {
        String name = "site-" + i;
        Federation.know(Crowd.identity(name));
        // The first rejects nobody, so that a job can run.
        boolean rejects = i > 0 && choice.nextInt(4) == 0;
        String other = "site-" + choice.nextInt(size);
        rejections.put(name, rejects && !other.equals(name) ? Set.of(other) : Set.of());
        if (rejections.get(name).isEmpty()) {
          accepting.add(name);
        }
      }
      Carrier some = new Carrier(rejections);
      some.attacked(seed, choice.nextInt(10));
      some.world.harmless("federation " + seed, accepting);
    }
  }
}
