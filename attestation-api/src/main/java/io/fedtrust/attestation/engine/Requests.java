// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Requests to peers: each ends by its deadline whatever the channel does, all end on closing. */
final class Requests implements AutoCloseable {
  private final PeerChannel channel;
  private final ScheduledExecutorService timers;
  private final Executor work;
  private final LongSupplier nanoTime;
  private final Map<Long, CompletableFuture<Reply>> open = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  Requests(
      PeerChannel channel, ScheduledExecutorService timers, Executor work, LongSupplier nanoTime) {
    this.channel = channel;
    this.timers = timers;
    this.work = work;
    this.nanoTime = nanoTime;
  }

  /**
   * Sends a request; what comes of it is handed on in a thread of the pool.
   *
   * @return completes exceptionally only when this site stops
   */
  CompletableFuture<Reply> send(String peer, PeerMessage message, Duration timeout) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    long number = count.incrementAndGet();
    open.put(number, reply);
    ScheduledFuture<?> alarm =
        timers.schedule(
            () -> reply.complete(new Reply.Silent("no reply in " + timeout)),
            timeout.toNanos(),
            TimeUnit.NANOSECONDS);
    CompletableFuture<PeerMessage> sent = sent(peer, message, Deadline.in(timeout, nanoTime));
    CompletableFuture<PeerMessage> passedOn =
        sent.whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                reply.complete(new Reply.Silent(Failures.text(failure)));
              } else if (answer.topic().equals(PeerMessage.REFUSED)) {
                reply.complete(
                    new Reply.Silent(
                        "refused: " + Failures.said(answer.body().get(PeerMessage.REASON))));
              } else {
                reply.complete(new Reply.Answered(answer));
              }
            });
    return reply
        .whenComplete(
            (answer, failure) -> {
              open.remove(number);
              alarm.cancel(false);
              passedOn.cancel(true);
              sent.cancel(true);
            })
        .thenApplyAsync(Function.identity(), work);
  }

  private CompletableFuture<PeerMessage> sent(String peer, PeerMessage message, Deadline deadline) {
    try {
      return channel.request(peer, message, deadline).toCompletableFuture();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Does something for each site, in threads of the executor: nobody waits for another. */
  CompletableFuture<Void> each(
      Collection<String> sites, Function<String, CompletableFuture<Void>> one) {
    return CompletableFuture.allOf(
        sites.stream()
            .map(site -> CompletableFuture.completedFuture(site).thenComposeAsync(one, work))
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    open.values().forEach(reply -> reply.completeExceptionally(Failures.closed()));
  }
}
