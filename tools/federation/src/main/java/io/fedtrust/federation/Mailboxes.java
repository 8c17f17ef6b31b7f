// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayDeque;
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
 * connects to a site. Each site has a box of its own, and a full one refuses: a site that fetches
 * nothing fills nobody else's.
 */
final class Mailboxes {
  private static final int CAPACITY = 256;
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Map<String, Box> boxes = new HashMap<>();
  private final Map<String, Waiting> replies = new HashMap<>();

  /**
   * A message in a box.
   *
   * @param id of the request, for its reply
   * @param from who sent it, as the server saw
   * @param message what it says
   */
  record Envelope(String id, String from, PeerMessage message) {}

  private record Waiting(String to, CompletableFuture<PeerMessage> reply) {}

  private static final class Box {
    private final Queue<Envelope> waiting = new ArrayDeque<>();
    private @Nullable CompletableFuture<Optional<Envelope>> poll;
  }

  /** Puts a message into a box, and waits for its reply. */
  CompletableFuture<PeerMessage> send(String from, String to, PeerMessage message) {
    Envelope envelope = new Envelope(UUID.randomUUID().toString(), from, message);
    CompletableFuture<PeerMessage> reply = new CompletableFuture<>();
    remember(envelope.id(), new Waiting(to, reply));
    if (!delivered(to, envelope)) {
      forget(envelope.id());
      return CompletableFuture.failedFuture(
          new IllegalStateException(to + " fetches nothing: its box is full"));
    }
    return reply
        .orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS)
        .whenComplete((answer, failure) -> forget(envelope.id()));
  }

  /** To the site if it waits, else into its box; false if that is full. */
  private boolean delivered(String to, Envelope envelope) {
    while (true) {
      CompletableFuture<Optional<Envelope>> poll;
      synchronized (this) {
        Box box = boxes.computeIfAbsent(to, site -> new Box());
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

  private synchronized void forget(String id) {
    replies.remove(id);
  }

  /** The next message of a site, as soon as there is one; empty after a while without any. */
  CompletableFuture<Optional<Envelope>> next(String site, Duration patience) {
    CompletableFuture<Optional<Envelope>> poll = new CompletableFuture<>();
    CompletableFuture<Optional<Envelope>> former;
    synchronized (this) {
      Box box = boxes.computeIfAbsent(site, name -> new Box());
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
