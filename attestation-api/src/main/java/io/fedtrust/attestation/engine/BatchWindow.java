// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.model.Ask;
import io.fedtrust.attestation.model.BatchTree;
import io.fedtrust.attestation.model.CCToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Gathers the asks that arrive within a short time and has one report answer them all (trust
 * protocol, section 4): one report a site and cycle instead of one a pair.
 */
final class BatchWindow {
  /** Runs a task after a while. */
  interface Timer {
    void after(Duration delay, Runnable task);
  }

  private final Duration window;
  private final Timer timer;
  private final Function<List<Ask>, CompletableFuture<List<List<CCToken>>>> answers;
  private List<Waiting> waiting = new ArrayList<>();

  /**
   * Opens no window yet.
   *
   * @param window how long the first ask waits for others
   * @param timer whose task may take as long as the hardware does
   * @param answers one answer for each ask, in their order
   */
  BatchWindow(
      Duration window,
      Timer timer,
      Function<List<Ask>, CompletableFuture<List<List<CCToken>>>> answers) {
    this.window = window;
    this.timer = timer;
    this.answers = answers;
  }

  private record Waiting(Ask ask, CompletableFuture<List<CCToken>> answer) {}

  /** Adds an ask that was verified. */
  CompletionStage<List<CCToken>> add(Ask ask) {
    CompletableFuture<List<CCToken>> answer = new CompletableFuture<>();
    synchronized (this) {
      waiting.add(new Waiting(ask, answer));
      if (waiting.size() == 1) {
        List<Waiting> opened = waiting;
        timer.after(window, () -> close(opened));
      }
      if (waiting.size() == BatchTree.MAX_LEAVES) {
        waiting = new ArrayList<>();
      }
    }
    return answer.minimalCompletionStage();
  }

  private void close(List<Waiting> opened) {
    List<Waiting> all;
    synchronized (this) {
      all = List.copyOf(opened);
      if (waiting == opened) {
        waiting = new ArrayList<>();
      }
    }
    CompletableFuture<Void> unused =
        CompletableFuture.completedFuture(all.stream().map(Waiting::ask).toList())
            .thenCompose(answers)
            .handle(
                (entries, failure) -> {
                  for (int i = 0; i < all.size(); i++) {
                    CompletableFuture<List<CCToken>> answer = all.get(i).answer();
                    if (failure == null) {
                      answer.complete(entries.get(i));
                    } else {
                      answer.completeExceptionally(failure);
                    }
                  }
                  return null;
                });
  }
}
