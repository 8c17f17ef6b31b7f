// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What the host was promised: each completes, at the latest when this site stops (T21). */
final class OpenStages implements AutoCloseable {
  private final Map<Long, Runnable> open = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();
  private volatile boolean closed;

  /**
   * Promises what another stage will give.
   *
   * @return completes as that stage does, or with {@code CLOSED}
   */
  <T> CompletableFuture<T> keep(CompletableFuture<T> inner) {
    return keep(inner, stage -> stage.completeExceptionally(Failures.closed()));
  }

  /**
   * Promises what another stage will give.
   *
   * @param onClose completes the promise when this site stops
   */
  <T> CompletableFuture<T> keep(
      CompletableFuture<T> inner, Consumer<CompletableFuture<T>> onClose) {
    CompletableFuture<T> promised = new CompletableFuture<>();
    long number = count.incrementAndGet();
    open.put(number, () -> onClose.accept(promised));
    CompletableFuture<T> unused =
        inner.whenComplete(
            (value, failure) -> {
              open.remove(number);
              if (failure == null) {
                promised.complete(value);
              } else {
                promised.completeExceptionally(Failures.cause(failure));
              }
            });
    if (closed) {
      onClose.accept(promised);
      open.remove(number);
    }
    return promised;
  }

  int size() {
    return open.size();
  }

  /** Completes all; code that waits for them runs in the thread of the caller. */
  @Override
  public void close() {
    closed = true;
    for (Runnable each : List.copyOf(open.values())) {
      each.run();
    }
    open.clear();
  }
}
