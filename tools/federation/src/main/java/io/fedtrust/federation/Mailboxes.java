// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait at the server for their site to fetch them: sites open connections, nobody
 * connects to a site. Each provisioned site has a box of its own, bounded in messages and bytes,
 * and a full one refuses: a site that fetches nothing fills nobody else's. Nobody else has a box.
 */
final class Mailboxes {
  private static final int CAPACITY = 256;
  private static final long BYTES_OF_BOX = 16L << 20;
  private static final long BYTES_OF_ALL = 64L << 20;
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Map<String, Box> boxes = new HashMap<>();
  private final ByteBudget budget;
  private final Map<String, Waiting> replies = new HashMap<>();

  /**
   * Opens a box for each site.
   *
   * @param sites who is provisioned
   */
  Mailboxes(Collection<String> sites) {
    this.budget = new ByteBudget(sites, BYTES_OF_BOX, BYTES_OF_ALL);
    sites.forEach(site -> boxes.put(site, new Box()));
  }

  /**
   * A message in a box.
   *
   * @param id of the request, for its reply
   * @param from who sent it, as the server saw
   * @param json what it says
   */
  record Envelope(String id, String from, byte[] json) {}

  private record Waiting(String to, CompletableFuture<PeerMessage> reply) {}

  private static final class Box {
    private final Queue<Envelope> waiting = new ArrayDeque<>();
    private @Nullable CompletableFuture<Optional<Envelope>> poll;
  }

  /** Puts a message into a box, and waits for its reply. */
  CompletableFuture<PeerMessage> send(String from, String to, byte[] json) {
    Box box = boxes.get(to);
    if (box == null) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("no such site is provisioned"));
    }
    Envelope envelope = new Envelope(UUID.randomUUID().toString(), from, json);
    ByteBudget.Share share = new ByteBudget.Share(to, json.length);
    if (!budget.take(share)) {
      return full(to);
    }
    CompletableFuture<PeerMessage> reply = new CompletableFuture<>();
    CompletableFuture<PeerMessage> unused =
        reply
            .orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS)
            .whenComplete(
                (answer, failure) -> {
                  forget(box, envelope);
                  budget.give(share);
                });
    remember(envelope.id(), new Waiting(to, reply));
    if (!delivered(box, envelope)) {
      reply.cancel(false);
      return full(to);
    }
    return reply;
  }

  private static CompletableFuture<PeerMessage> full(String to) {
    return CompletableFuture.failedFuture(
        new IllegalStateException(to + " fetches nothing: its box is full"));
  }

  /** To the site if it waits, else into its box; false if that is full. */
  private boolean delivered(Box box, Envelope envelope) {
    while (true) {
      CompletableFuture<Optional<Envelope>> poll;
      synchronized (this) {
        poll = box.poll;
        box.poll = null;
        if (poll == null) {
          return box.waiting.size() < CAPACITY && box.waiting.add(envelope);
        }
      }
      // A poll that ended meanwhile takes nothing.
      if (poll.complete(Optional.of(envelope))) {
        return true;
      }
    }
  }

  private synchronized void remember(String id, Waiting waiting) {
    replies.put(id, waiting);
  }

  /** Nobody waits for its reply any more: a message that still waits is not delivered. */
  private synchronized void forget(Box box, Envelope envelope) {
    replies.remove(envelope.id());
    box.waiting.removeIf(other -> other.id().equals(envelope.id()));
  }

  /** The next message of a site, as soon as there is one; empty after a while without any. */
  CompletableFuture<Optional<Envelope>> next(String site, Duration patience) {
    Box box = boxes.get(site);
    if (box == null) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("no such site is provisioned"));
    }
    CompletableFuture<Optional<Envelope>> poll = new CompletableFuture<>();
    CompletableFuture<Optional<Envelope>> former;
    synchronized (this) {
      Envelope ready = box.waiting.poll();
      if (ready != null) {
        return CompletableFuture.completedFuture(Optional.of(ready));
      }
      former = box.poll;
      box.poll = poll;
    }
    if (former != null) {
      former.complete(Optional.empty());
    }
    return poll.completeOnTimeout(Optional.empty(), patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Hands a reply to whoever waits for it; one to somebody else's message is left aside. */
  void reply(String site, String id, PeerMessage message) {
    Waiting waiting;
    synchronized (this) {
      waiting = replies.get(id);
    }
    if (waiting != null && waiting.to().equals(site)) {
      waiting.reply().complete(message);
    }
  }
}
