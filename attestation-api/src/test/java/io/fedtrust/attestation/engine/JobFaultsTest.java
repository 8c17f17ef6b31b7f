// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every message of a job between a server and two clients, and every reply, is dropped, doubled,
 * delayed past each deadline, altered in each member, and replayed into the next attempt: that may
 * stop the job, and nothing else (docs/protocol/jobs.md#states-at-a-client). {@code
 * -Dfedtrust.faults.stride=1} tries every delay, member and replay, else a fixed part of them.
 */
class JobFaultsTest {
  private static final int STRIDE = Integer.getInteger("fedtrust.faults.stride", 41);
  private static final String A = "hospital-a";
  private static final String B = "hospital-b";

  /** Past: a reply, a decision, the evidence, the set, the longest life of a set. */
  private static final List<Duration> DEADLINES =
      List.of(
          Duration.ofSeconds(11),
          Duration.ofSeconds(75),
          Duration.ofSeconds(280),
          Duration.ofSeconds(430),
          Duration.ofSeconds(730));

  /** What is the matter with hospital-b: nothing, hospital-a rejects it, or it is tampered with. */
  enum Setting {
    HONEST,
    REJECTING,
    TAMPERED;

    /** On an honest path. */
    List<String> runs() {
      return switch (this) {
        case HONEST -> List.of(A, B);
        case REJECTING -> List.of(B);
        case TAMPERED -> List.of(A);
      };
    }

    JobWitness world() {
      JobWitness world =
          new JobWitness(Map.of(A, this == REJECTING ? Set.of(B) : Set.of(), B, Set.of()));
      if (this == TAMPERED) {
        world.tamperWith(B);
      }
      return world;
    }
  }

  /** One message of an attempt: the first of its kind between two sites, or the reply to it. */
  private record Place(String topic, String from, String to, boolean reply) {}

  /** What the path does with a message; {@code on} hands it on. */
  @FunctionalInterface
  private interface Fault {
    CompletableFuture<PeerMessage> on(
        JobWitness world,
        Network.Sent sent,
        Function<Network.Sent, CompletableFuture<PeerMessage>> on);
  }

  /** Does something with the first message of one place, and nothing with any other. */
  private static final class Path implements Network.Attacker {
    private final JobWitness world;
    private final Map<Place, Fault> faults;

    Path(JobWitness world, Map<Place, Fault> faults) {
      this.world = world;
      this.faults = new HashMap<>(faults);
    }

    @Override
    public CompletableFuture<PeerMessage> carry(
        Network.Sent sent, Function<Network.Sent, CompletableFuture<PeerMessage>> on) {
      Function<Network.Sent, CompletableFuture<PeerMessage>> next = on;
      for (boolean reply : new boolean[] {true, false}) {
        Place place = new Place(sent.message().topic(), sent.from(), sent.to(), reply);
        Fault fault = faults.remove(place);
        if (fault != null) {
          Function<Network.Sent, CompletableFuture<PeerMessage>> rest = next;
          next = message -> fault.on(world, message, rest);
        }
      }
      return next.apply(sent);
    }
  }

  private static Map<Place, PeerMessage> honest(Setting setting) {
    JobWitness world = setting.world();
    Map<Place, PeerMessage> messages = new LinkedHashMap<>();
    record(world, messages);
    world.attempt();
    world.federation.time.pass(Duration.ofSeconds(5));
    assertThat(messages).as("messages of an attempt").hasSizeGreaterThan(10);
    return messages;
  }

  private static void record(JobWitness world, Map<Place, PeerMessage> messages) {
    world.federation.network.attackedBy(
        (sent, on) -> {
          String topic = sent.message().topic();
          if (!topic.startsWith("job_") && !topic.equals(Topics.CHECK_RESOURCE)) {
            return on.apply(sent);
          }
          messages.putIfAbsent(new Place(topic, sent.from(), sent.to(), false), sent.message());
          return on.apply(sent)
              .thenApply(
                  reply -> {
                    messages.putIfAbsent(new Place(topic, sent.from(), sent.to(), true), reply);
                    return reply;
                  });
        });
  }

  private static final Fault DROPPED = (world, sent, on) -> Network.lost();

  /** The reply is lost, and what asked for it was heard. */
  private static final Fault REPLY_DROPPED =
      (world, sent, on) -> on.apply(sent).thenCompose(reply -> Network.lost());

  private static final Fault DOUBLED =
      (world, sent, on) -> {
        CompletableFuture<PeerMessage> first = on.apply(sent);
        CompletableFuture<PeerMessage> unused = on.apply(sent);
        return first;
      };

  /** Heard twice; the second reply is what comes back. */
  private static final Fault SECOND_REPLY =
      (world, sent, on) -> on.apply(sent).thenCompose(reply -> on.apply(sent));

  private static Fault delayed(Duration by, boolean reply) {
    return (world, sent, on) ->
        reply
            ? on.apply(sent)
                .thenCompose(said -> world.federation.network.after(by).thenApply(now -> said))
            : world.federation.network.after(by).thenCompose(now -> on.apply(sent));
  }

  private static Fault changed(Function<PeerMessage, PeerMessage> change, boolean reply) {
    return (world, sent, on) ->
        reply
            ? on.apply(sent).thenApply(change)
            : on.apply(sent.with(change.apply(sent.message())));
  }

  /** The former one comes first, and its reply is lost. */
  private static Fault before(PeerMessage former) {
    return (world, sent, on) -> {
      CompletableFuture<PeerMessage> unused = on.apply(sent.with(former));
      return on.apply(sent);
    };
  }

  private static Map<String, Fault> lossAndRepetition(boolean reply) {
    return reply
        ? Map.of("dropped", REPLY_DROPPED, "doubled", SECOND_REPLY)
        : Map.of("dropped", DROPPED, "doubled", DOUBLED);
  }

  private static void attack(
      Setting setting, String what, Map<Place, Fault> faults, int[] started) {
    JobWitness world = setting.world();
    world.federation.network.attackedBy(new Path(world, faults));
    world.attempt();
    started[0] += world.starts();
    world.harmless(what, setting.runs());
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  @DisplayName("each message dropped, doubled or late at most stops the job")
  void lostOrLate(Setting setting) {
    int[] started = new int[1];
    int count = 0;
    for (Place place : honest(setting).keySet()) {
      lossAndRepetition(place.reply())
          .forEach(
              (how, fault) -> attack(setting, place + " " + how, Map.of(place, fault), started));
      for (Duration by : DEADLINES) {
        if (count++ % Math.min(STRIDE, 7) == 0) {
          attack(
              setting,
              place + " late by " + by,
              Map.of(place, delayed(by, place.reply())),
              started);
        }
      }
    }
    assertThat(started[0]).as("starts under attack").isPositive();
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  @DisplayName("each message altered in any of its members at most stops the job")
  void altered(Setting setting) {
    int[] started = new int[1];
    int count = 0;
    for (Map.Entry<Place, PeerMessage> each : honest(setting).entrySet()) {
      Place place = each.getKey();
      for (List<Object> member : members(each.getValue().body())) {
        for (boolean removed : new boolean[] {true, false}) {
          if (count++ % STRIDE == 0) {
            attack(
                setting,
                place + " " + member + (removed ? " removed" : " altered"),
                Map.of(place, changed(message -> without(message, member, removed), place.reply())),
                started);
          }
        }
      }
    }
    assertThat(started[0]).as("starts under attack").isPositive();
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  @DisplayName("each message replayed into the next attempt at most stops the job")
  void replayed(Setting setting) {
    int[] started = new int[1];
    int count = 0;
    for (Place place : honest(setting).keySet()) {
      for (boolean instead : place.reply() ? List.of(true) : List.of(true, false)) {
        if (count++ % Math.min(STRIDE, 2) != 0) {
          continue;
        }
        JobWitness world = setting.world();
        Map<Place, PeerMessage> former = new LinkedHashMap<>();
        record(world, former);
        world.attempt();
        world.federation.time.pass(Duration.ofSeconds(5));
        int before = world.starts();
        PeerMessage old = former.get(place);
        world.federation.network.attackedBy(
            new Path(
                world, Map.of(place, instead ? changed(any -> old, place.reply()) : before(old))));
        world.attempt();
        started[0] += world.starts() - before;
        world.harmless(place + (instead ? " replaced by" : " after") + " a former", setting.runs());
      }
    }
    assertThat(started[0]).as("starts under attack").isPositive();
  }

  @Test
  @EnabledIfSystemProperty(named = "fedtrust.faults.pairs", matches = "true")
  @DisplayName("any two messages dropped or doubled at most stop the job")
  void pairs() {
    int[] started = new int[1];
    List<Place> places = List.copyOf(honest(Setting.HONEST).keySet());
    for (int i = 0; i < places.size(); i++) {
      for (int j = i + 1; j < places.size(); j++) {
        Place one = places.get(i);
        Place other = places.get(j);
        lossAndRepetition(one.reply())
            .forEach(
                (how, fault) ->
                    lossAndRepetition(other.reply())
                        .forEach(
                            (also, second) ->
                                attack(
                                    Setting.HONEST,
                                    one + " " + how + ", " + other + " " + also,
                                    Map.of(one, fault, other, second),
                                    started)));
      }
    }
    assertThat(started[0]).as("starts under attack").isPositive();
  }

  /** The ways to all members of a value, at any depth. */
  private static List<List<Object>> members(Object value) {
    Map<Object, Object> parts = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      parts.putAll(map);
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        parts.put(i, list.get(i));
      }
    }
    List<List<Object>> ways = new ArrayList<>();
    parts.forEach(
        (key, part) -> {
          ways.add(List.of(key));
          for (List<Object> rest : members(part)) {
            List<Object> way = new ArrayList<>(List.of(key));
            way.addAll(rest);
            ways.add(way);
          }
        });
    return ways;
  }

  private static PeerMessage without(PeerMessage message, List<Object> member, boolean removed) {
    Map<String, Object> body = new LinkedHashMap<>();
    ((Map<?, ?>) edited(message.body(), member, removed))
        .forEach((key, value) -> body.put(String.valueOf(key), value));
    return new PeerMessage(message.topic(), body);
  }

  /**
   * The same value but for one member, which is left out or another; where it is absent, the same.
   */
  private static Object edited(Object value, List<Object> way, boolean removed) {
    Object key = way.get(0);
    List<Object> rest = way.subList(1, way.size());
    if (value instanceof Map<?, ?> map && map.containsKey(key)) {
      Map<Object, Object> other = new LinkedHashMap<>(map);
      if (!rest.isEmpty()) {
        other.put(key, edited(map.get(key), rest, removed));
      } else if (removed) {
        other.remove(key);
      } else {
        other.put(key, another(map.get(key)));
      }
      return other;
    }
    if (value instanceof List<?> list && key instanceof Integer index && index < list.size()) {
      List<Object> other = new ArrayList<>(list);
      if (!rest.isEmpty()) {
        other.set(index, edited(list.get(index), rest, removed));
      } else if (removed) {
        other.remove(index.intValue());
      } else {
        other.set(index, another(list.get(index)));
      }
      return other;
    }
    return value;
  }

  private static Object another(Object value) {
    if (value instanceof Boolean yes) {
      return !yes;
    }
    if (value instanceof Number number) {
      return number.longValue() + 1;
    }
    if (value instanceof String text && !text.isEmpty()) {
      int middle = text.length() / 2;
      char other = text.charAt(middle) == 'A' ? 'B' : 'A';
      return text.substring(0, middle) + other + text.substring(middle + 1);
    }
    return "another";
  }
}
