// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Hands things to one piece of code of the host: in order, one at a time, in the work pool and
 * under no lock. Code that is slow delays only itself; what finds the queue full is left out and
 * counted.
 */
final class Delivery<T> implements AutoCloseable {
  private final String what;
  private final Executor work;
  private final int capacity;
  private final Consumer<T> consumer;
  private final IntConsumer leftOut;
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private boolean running;
  private boolean closed;
  private int lost;

  /**
   * Has nothing to hand over yet.
   *
   * @param what names the host's code in the log
   * @param work runs it
   * @param capacity the most that may wait
   * @param consumer the host's code
   * @param leftOut is told how many were left out, before the next one is handed over
   */
  Delivery(String what, Executor work, int capacity, Consumer<T> consumer, IntConsumer leftOut) {
    this.what = what;
    this.work = work;
    this.capacity = capacity;
    this.consumer = consumer;
    this.leftOut = leftOut;
  }

  void add(T item) {
    if (queue(item)) {
      begin();
    }
  }

  /**
   * Queues something, and runs nothing: for a caller that holds a lock.
   *
   * @return true if the caller must {@link #begin}, once it holds none
   */
  synchronized boolean queue(T item) {
    if (closed) {
      return false;
    }
    if (waiting.size() == capacity) {
      lost++;
      return false;
    }
    waiting.add(item);
    boolean idle = !running;
    running = true;
    return idle;
  }

  void begin() {
    try {
      work.execute(this::next);
    } catch (RejectedExecutionException e) {
      // The pool may only be full: the next thing to hand over begins again.
      synchronized (this) {
        running = false;
      }
    }
  }

  /** One at a time, so that a thread is not kept from other work for long. */
  private void next() {
    T item;
    int missed;
    synchronized (this) {
      if (closed || waiting.isEmpty()) {
        running = false;
        return;
      }
      item = waiting.remove();
      missed = lost;
      lost = 0;
    }
    if (missed > 0) {
      HostCode.guarded(what, () -> leftOut.accept(missed));
    }
    HostCode.guarded(what, () -> consumer.accept(item));
    synchronized (this) {
      if (closed || waiting.isEmpty()) {
        running = false;
        return;
      }
    }
    begin();
  }

  /** Hands over nothing from now on. */
  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
  }
}
