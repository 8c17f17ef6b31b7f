// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MailboxesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int MEGABYTE = 1 << 20;
  private static final PeerMessage REPLY = new PeerMessage("topic", Map.of());

  private final Mailboxes mailboxes = new Mailboxes(List.of("a", "b"));

  private CompletableFuture<PeerMessage> send(String to, int bytes) {
    return mailboxes.send("server", to, new byte[bytes]);
  }

  private Mailboxes.Envelope next(String site) {
    return mailboxes.next(site, PATIENCE).join().orElseThrow();
  }

  @Test
  @DisplayName("only provisioned sites have a box")
  void strangers() {
    assertThat(send("c", 1)).isCompletedExceptionally();
    assertThat(mailboxes.next("c", PATIENCE)).isCompletedExceptionally();
  }

  @Test
  @DisplayName("a message waits for its site, and its reply for whoever sent it")
  void exchange() {
    CompletableFuture<PeerMessage> reply = send("a", 1);
    Mailboxes.Envelope envelope = next("a");
    assertThat(envelope.from()).isEqualTo("server");
    mailboxes.reply("b", envelope.id(), REPLY);
    assertThat(reply).isNotDone();
    mailboxes.reply("a", envelope.id(), REPLY);
    assertThat(reply).isCompletedWithValue(REPLY);
  }

  @Test
  @DisplayName("a box is bounded in bytes: a site that fetches nothing fills nobody else's")
  void boundedInBytes() {
    List<CompletableFuture<PeerMessage>> waiting = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      waiting.add(send("a", MEGABYTE));
    }
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    assertThatThrownBy(send("a", MEGABYTE)::join)
        .hasRootCauseMessage("a fetches nothing: its box is full");
    CompletableFuture<PeerMessage> other = send("b", MEGABYTE);
    assertThat(other).isNotDone();
    mailboxes.reply("a", next("a").id(), REPLY);
    assertThat(send("a", MEGABYTE)).as("there is room again").isNotDone();
  }

  @Test
  @DisplayName("a box is bounded in messages, and room comes back when nobody waits for a reply")
  void boundedInMessages() {
    List<CompletableFuture<PeerMessage>> waiting = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      waiting.add(send("a", 1));
    }
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    assertThat(send("a", 1)).isCompletedExceptionally();
    waiting.get(0).cancel(true);
    assertThat(send("a", 1)).as("there is room again").isNotDone();
  }

  @Test
  @DisplayName("a poll without a message ends empty when the next one comes")
  void onePoll() {
    CompletableFuture<Optional<Mailboxes.Envelope>> first = mailboxes.next("a", PATIENCE);
    CompletableFuture<Optional<Mailboxes.Envelope>> second = mailboxes.next("a", PATIENCE);
    assertThat(first).isCompletedWithValue(Optional.empty());
    assertThat(second).isNotDone();
  }

  @Test
  @DisplayName("a flood of one site takes its own share of the memory and no more")
  void budget() {
    ByteBudget budget = new ByteBudget(List.of("a", "b"), 100_000, 160_000);
    ByteBudget.Share large = new ByteBudget.Share("a", 90_000);
    assertThat(budget.take(large)).isTrue();
    assertThat(budget.take(new ByteBudget.Share("a", 1))).as("small ones count, too").isFalse();
    assertThat(budget.take(new ByteBudget.Share("b", 1))).isTrue();
    assertThat(budget.take(new ByteBudget.Share("c", 90_000))).as("more than is common").isFalse();
    budget.give(large);
    assertThat(budget.take(new ByteBudget.Share("c", 70_000))).isTrue();
  }

  @Test
  @DisplayName("however many sites flood, the part of each other site is free")
  void ownPart() {
    List<String> sites = List.of("a", "b", "c", "d", "e");
    ByteBudget budget = new ByteBudget(sites, 16 * MEGABYTE, 80 * MEGABYTE);
    for (String flooding : List.of("a", "b", "c", "d", "stranger")) {
      for (int i = 0; i < 100; i++) {
        budget.take(new ByteBudget.Share(flooding, MEGABYTE));
      }
    }
    for (int i = 0; i < 8; i++) {
      assertThat(budget.take(new ByteBudget.Share("e", MEGABYTE))).isTrue();
    }
    assertThat(budget.take(new ByteBudget.Share("e", MEGABYTE))).as("its part").isFalse();
  }

  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** One site fetches nothing; the other fetches, answers, answers unasked, and polls in vain. */
  private void flood(int messages) {
    CompletableFuture<PeerMessage> waiting = new CompletableFuture<>();
    for (int i = 0; i < messages; i++) {
      waiting = send("a", 64 * 1024);
      CompletableFuture<PeerMessage> answered = send("b", 64 * 1024);
      mailboxes.reply("b", next("b").id(), REPLY);
      mailboxes.reply("b", "nobody asked " + i, REPLY);
      CompletableFuture<Optional<Mailboxes.Envelope>> vain = mailboxes.next("b", PATIENCE);
      CompletableFuture<PeerMessage> abandoned = send("b", 1);
      abandoned.cancel(true);
      assertThat(answered).isCompletedWithValue(REPLY);
      assertThat(vain).isCompleted();
    }
    assertThat(waiting).as("the box of a is full").isCompletedExceptionally();
  }

  @Test
  @DisplayName("the heap is flat under a flood of messages, polls and replies")
  void heapIsFlat() {
    flood(2_000);
    long before = heap();
    flood(50_000);
    assertThat(heap() - before).as("bytes after 6 GB of messages").isLessThan(4L * MEGABYTE);
  }
}
