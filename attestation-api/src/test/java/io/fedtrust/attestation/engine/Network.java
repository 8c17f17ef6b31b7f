// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Carries messages between sites; a test may lose, delay, change or answer them itself. */
final class Network {
  static final Duration LATENCY = Duration.ofMillis(1);

  private final VirtualTime time;
  private final Map<String, BiFunction<String, PeerMessage, CompletionStage<PeerMessage>>> sites =
      new HashMap<>();
  private final List<Sent> sent = new ArrayList<>();
  private Attacker attacker = (message, on) -> on.apply(message);

  Network(VirtualTime time) {
    this.time = time;
  }

  /** A message on its way. */
  record Sent(String from, String to, PeerMessage message) {
    Sent with(PeerMessage other) {
      return new Sent(from, to, other);
    }
  }

  /** Somebody on the path. */
  @FunctionalInterface
  interface Attacker {
    /** Carries a message, or does not. */
    CompletableFuture<PeerMessage> carry(
        Sent message, Function<Sent, CompletableFuture<PeerMessage>> on);
  }

  void join(String name, BiFunction<String, PeerMessage, CompletionStage<PeerMessage>> receive) {
    sites.put(name, receive);
  }

  void attackedBy(Attacker somebody) {
    this.attacker = somebody;
  }

  void honest() {
    this.attacker = (message, on) -> on.apply(message);
  }

  /** Nobody is there any more, and nothing was sent. */
  void clear() {
    sites.clear();
    sent.clear();
  }

  List<Sent> sent() {
    return sent;
  }

  List<Sent> sent(String topic) {
    return sent.stream().filter(each -> each.message().topic().equals(topic)).toList();
  }

  static CompletableFuture<PeerMessage> lost() {
    return new CompletableFuture<>();
  }

  PeerChannel from(String site) {
    return (peer, message, deadline) -> {
      Sent first = new Sent(site, peer, message);
      sent.add(first);
      return attacker.carry(first, this::deliver);
    };
  }

  /** After a while in each direction. */
  private CompletableFuture<PeerMessage> deliver(Sent message) {
    var receiver = sites.get(message.to());
    if (receiver == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("nobody there"));
    }
    return after(LATENCY)
        .thenCompose(nothing -> receiver.apply(message.from(), message.message()))
        .thenCompose(reply -> after(LATENCY).thenApply(nothing -> reply));
  }

  CompletableFuture<Void> after(Duration delay) {
    CompletableFuture<Void> passed = new CompletableFuture<>();
    later(delay, () -> passed.complete(null));
    return passed;
  }

  void later(Duration delay, Runnable task) {
    ScheduledFuture<?> unused = time.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }
}
