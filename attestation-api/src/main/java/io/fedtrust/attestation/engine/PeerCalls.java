// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Requests to peers: each ends by its deadline whatever the channel does, all end on closing. */
final class PeerCalls implements AutoCloseable {
  private final PeerChannel channel;
  private final ScheduledExecutorService timers;
  private final Executor work;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Set<String> nvflarePeers;
  private final Refusals refusals;
  private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();
  private final List<BiConsumer<String, Refusal>> refused = new CopyOnWriteArrayList<>();
  private final AtomicLong count = new AtomicLong();
  private volatile boolean closed;

  PeerCalls(Settings settings, Refusals refusals) {
    this.channel = settings.channel();
    this.timers = settings.timers();
    this.work = settings.work();
    this.nanoTime = settings.nanoTime();
    this.clock = settings.clock();
    this.random = settings.random();
    this.nvflarePeers = settings.nvflarePeers();
    this.refusals = refusals;
  }

  /** Calls somebody of this engine for every refusal that was verified: by whom, and what. */
  void whenRefused(BiConsumer<String, Refusal> heard) {
    refused.add(heard);
  }

  /**
   * Sends a request; what comes of it is handed on in a thread of the pool.
   *
   * @return completes exceptionally only when this site stops
   */
  CompletableFuture<Reply> send(String peer, PeerMessage message, Duration timeout) {
    if (closed) {
      return CompletableFuture.failedFuture(Failures.closed());
    }
    CompletableFuture<Reply> reply =
        opened(timeout, () -> new Reply.Silent("no reply in " + timeout));
    if (reply.isCompletedExceptionally()) {
      return reply;
    }
    // Of an NVFlare peer's refusals none counts: it is sent nothing that it does not know.
    PeerMessage request =
        nvflarePeers.contains(peer) ? message : Refusals.refusable(message, random);
    CompletableFuture<PeerMessage> sent = sent(peer, request, Deadline.in(timeout, nanoTime));
    CompletableFuture<PeerMessage> passedOn =
        sent.whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                reply.complete(new Reply.Silent(Failures.text(failure)));
              } else if (answer == null) {
                reply.complete(new Reply.Silent("the channel gave no reply"));
              } else {
                reply.complete(new Reply.Answered(answer));
              }
            });
    return reply
        .whenComplete(
            (answer, failure) -> {
              passedOn.cancel(true);
              sent.cancel(true);
            })
        .thenApplyAsync(any -> verified(peer, request, any), work);
  }

  /** What refuses must be proven, or it is silence; an NVFlare peer signs nothing. */
  private Reply verified(String peer, PeerMessage request, Reply reply) {
    if (!(reply instanceof Reply.Answered answered)
        || !answered.message().topic().equals(PeerMessage.REFUSED)) {
      return reply;
    }
    Map<String, Object> body = answered.message().body();
    String said = "refused: " + Failures.said(body.get(PeerMessage.REASON));
    if (nvflarePeers.contains(peer) || !body.containsKey(Topics.SIGNATURE)) {
      return new Reply.Silent(said);
    }
    try {
      Refusal refusal = refusals.verified(peer, request, body, clock.instant());
      refused.forEach(heard -> heard.accept(peer, refusal));
      return new Reply.Refused(refusal);
    } catch (MalformedEvidenceException e) {
      return new Reply.Silent(said + "; " + e.check());
    } catch (RuntimeException | Error e) {
      // Whatever it is made of: it concerns nobody but this peer.
      return new Reply.Silent(said + "; " + Failures.text(e));
    }
  }

  /** Waits before something is asked again. */
  CompletableFuture<Void> pause(Duration wait) {
    return opened(wait, () -> (Void) null).thenApplyAsync(Function.identity(), work);
  }

  /** Begins to wait for something, until its time is over or this site stops. */
  private <T> CompletableFuture<T> opened(Duration time, Supplier<T> otherwise) {
    CompletableFuture<T> awaited = new CompletableFuture<>();
    ScheduledFuture<?> alarm;
    try {
      alarm =
          timers.schedule(
              () -> awaited.complete(otherwise.get()), time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The host has stopped its timers: nothing would end this.
      return CompletableFuture.failedFuture(Failures.closed());
    }
    long number = count.incrementAndGet();
    open.put(number, awaited);
    CompletableFuture<T> unused =
        awaited.whenComplete(
            (value, failure) -> {
              open.remove(number);
              alarm.cancel(false);
            });
    if (closed) {
      awaited.completeExceptionally(Failures.closed());
    }
    return awaited;
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
    closed = true;
    open.values().forEach(reply -> reply.completeExceptionally(Failures.closed()));
  }
}
