// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.ReadableFailure;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Requests to peers: each ends by its deadline whatever the channel does, all end on closing. */
final class Requests implements AutoCloseable {
  private final PeerChannel channel;
  private final ScheduledExecutorService executor;
  private final LongSupplier nanoTime;
  private final Map<Long, CompletableFuture<PeerMessage>> open = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  Requests(PeerChannel channel, ScheduledExecutorService executor, LongSupplier nanoTime) {
    this.channel = channel;
    this.executor = executor;
    this.nanoTime = nanoTime;
  }

  /** A peer that answered that it does not answer. */
  static final class PeerRefusedException extends RuntimeException implements ReadableFailure {
    private static final long serialVersionUID = 1L;

    PeerRefusedException(Object reason) {
      super("refused: " + Failures.said(reason));
    }
  }

  /** Sends a request; the reply is handed on in a thread of the executor. */
  CompletableFuture<PeerMessage> send(String peer, PeerMessage message, Duration timeout) {
    CompletableFuture<PeerMessage> reply = new CompletableFuture<>();
    long number = count.incrementAndGet();
    open.put(number, reply);
    ScheduledFuture<?> alarm =
        executor.schedule(
            () -> reply.completeExceptionally(new TimeoutException("no reply in " + timeout)),
            timeout.toNanos(),
            TimeUnit.NANOSECONDS);
    CompletableFuture<PeerMessage> sent = sent(peer, message, Deadline.in(timeout, nanoTime));
    CompletableFuture<PeerMessage> passedOn =
        sent.whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                reply.completeExceptionally(failure);
              } else if (answer.topic().equals(PeerMessage.REFUSED)) {
                reply.completeExceptionally(
                    new PeerRefusedException(answer.body().get(PeerMessage.REASON)));
              } else {
                reply.complete(answer);
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
        .thenApplyAsync(Function.identity(), executor);
  }

  private CompletableFuture<PeerMessage> sent(String peer, PeerMessage message, Deadline deadline) {
    try {
      return channel.request(peer, message, deadline).toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Does something for each site, in threads of the executor: nobody waits for another. */
  CompletableFuture<Void> each(
      Collection<String> sites, Function<String, CompletableFuture<Void>> one) {
    return CompletableFuture.allOf(
        sites.stream()
            .map(site -> CompletableFuture.completedFuture(site).thenComposeAsync(one, executor))
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    open.values().forEach(reply -> reply.cancel(true));
  }
}
